"""All stages from nothing to a pack, one after the other; every stage resumes where it was stopped.

    python3 training/run.py --size cpu
    python3 training/run.py --size gpu --chunk 9           # stages end after 9 minutes at the latest; give it again to go on
    python3 training/run.py --size gpu --rehearse          # the whole recipe of that size in a few steps, on any machine

Stages hand over by measurement (`python3 -m training.judge`): the minutes below are what they took where they were measured.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Minutes of the judge, the autoencoder, the codec, all of it end to end, the token reader, phrases and the language model; scenes and
# edits in the token cache.
BUDGETS = {"cpu": (20, 90, 20, 40, 8, 12, 90, 26_000, 13_000), "gpu": (3, 8, 12, 6, 2, 5, 15, 600_000, 300_000)}
# Long enough for a second step on a slow machine: after the first, weights behind a zero are still what they began as.
REHEARSAL = (0.02, 0.02, 0.1, 0.1, 0.02, 0.02, 0.02, 64, 32)


def stage(module, *arguments, environment):
    print(f"\n== {module} {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", f"training.{module}", *arguments], cwd=ROOT, check=True, env=environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=BUDGETS, default="cpu")
    parser.add_argument("--rehearse", action="store_true",
                        help="a few steps of every stage in a folder of their own, so that no accelerator is spent on debugging")
    parser.add_argument("--chunk", type=float, help="minutes after which a stage stops for now; the same command goes on")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", help="where checkpoints go instead of training/runs")
    parser.add_argument("--from-pack", help="pack folder whose weights a fresh run starts from")
    parser.add_argument("--target", default="resources/packs/scenes-128")
    arguments = parser.parse_args()
    runs = Path(arguments.runs).resolve() if arguments.runs else ROOT / "training" / "runs"
    environment = {**os.environ, "DDT_TRAINING_RUNS": str(runs), "PYTHONPATH": str(ROOT)}
    if arguments.rehearse:
        environment["DDT_TRAINING_REHEARSAL"] = "1"
    budget = REHEARSAL if arguments.rehearse else BUDGETS[arguments.size]
    judge, autoencoder, codec, end_to_end, token_reader, phrases, language, scenes, edits = budget
    threads = ("--threads", str(arguments.threads))
    common = ("--size", arguments.size, *threads)
    start = ("--from-pack", arguments.from_pack) if arguments.from_pack else ()
    ends = time.time() + 60 * arguments.chunk if arguments.chunk else None

    def run(module, *given):
        left = () if ends is None else ("--stop-after", str(max(0.0, (ends - time.time()) / 60)))
        stage(module, *given, *left, environment=environment)

    if not (runs / "text" / "tokenizer.json").exists():
        stage("text_tokenizer", str(runs / "text" / "tokenizer.json"), environment=environment)
    run("train_detector", *threads, "--minutes", str(judge))
    run("train_autoencoder", *common, *start, "--minutes", str(autoencoder))
    run("train_codec", *common, *start, "--minutes", str(codec))
    run("train_end_to_end", *common, "--minutes", str(end_to_end))
    stage("cache_tokens", *common, "--scenes", str(scenes), "--edits", str(edits), environment=environment)
    run("train_token_reader", *common, "--minutes", str(token_reader))
    run("train_phrases", *common, "--minutes", str(phrases))
    run("train_language_model", *common, *start, "--minutes", str(language))
    stage("export_pack", arguments.target, "--size", arguments.size, environment=environment)


if __name__ == "__main__":
    main()
