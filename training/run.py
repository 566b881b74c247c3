"""All stages from nothing to a pack, one after the other; every stage resumes where it was stopped.

    python3 training/run.py --size cpu
    python3 training/run.py --size gpu --minutes-codec 20 --minutes-language 8
"""
import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Minutes of the codec, of the decoder alone, of the renderer, of the language model; scenes and edits in the token cache.
BUDGETS = {"cpu": (60, 15, 12, 40, 60_000, 40_000), "gpu": (20, 4, 3, 10, 600_000, 400_000)}


def stage(module, *arguments):
    print(f"\n== {module} {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", f"training.{module}", *arguments], cwd=ROOT, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=BUDGETS, default="cpu")
    parser.add_argument("--minutes-codec", type=float)
    parser.add_argument("--minutes-polish", type=float)
    parser.add_argument("--minutes-renderer", type=float)
    parser.add_argument("--minutes-language", type=float)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--from-pack", help="pack folder whose weights a fresh run starts from")
    parser.add_argument("--target", default="resources/packs/scenes-128")
    arguments = parser.parse_args()
    codec, polish, renderer, language, scenes, edits = BUDGETS[arguments.size]
    size = ("--size", arguments.size)
    common = (*size, "--threads", str(arguments.threads))
    start = ("--from-pack", arguments.from_pack) if arguments.from_pack else ()

    tokenizer = ROOT / "training" / "runs" / "text" / "tokenizer.json"
    if not tokenizer.exists():
        stage("text_tokenizer", str(tokenizer))
    if not arguments.from_pack and not (ROOT / "training" / "runs" / f"stem-{arguments.size}.pt").exists():
        stage("train_stem", *common)
    stage("train_codec", *common, *start, "--minutes", str(arguments.minutes_codec or codec),
          "--polish", str(arguments.minutes_polish or polish))
    stage("train_renderer", *common, *start, "--minutes", str(arguments.minutes_renderer or renderer))
    stage("cache_tokens", *common, "--scenes", str(scenes), "--edits", str(edits))
    stage("train_language_model", *common, *start, "--minutes", str(arguments.minutes_language or language))
    stage("train_detector", "--threads", str(arguments.threads))
    stage("export_pack", arguments.target, *size)


if __name__ == "__main__":
    main()
