"""Writes the model pack: ONNX graphs, tokenizer, golden vectors and pack.json.

    python3 -m training.export_pack resources/packs/scenes-128

Weights are stored small and computed with in float32 (export/storage.py). The golden vectors are computed here in
PyTorch with the rounded weights: what is tested is what is shipped.
"""
import argparse
import json
import os
import shutil
from pathlib import Path

import torch

from training.export.checkpoints import load_autoencoder, load_codec, load_language_model
from training.export.goldens import GoldenFolder, clear_images, codec_goldens, language_model_goldens, text_goldens
from training.export.graphs import export_codec, export_language_model
from training.export.manifest import language_facts, manifest
from training.export.storage import encoder_fingerprint, round_to_bytes, round_to_half, same_fingerprint
from training.models.checkpoint import RUNS
from training.text_tokenizer import TextTokenizer

LARGEST_PACK = 48 * 2 ** 20  # bytes


def replace_folder(new, target):
    """Readers see the old pack or the new one, never half of each."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.rename(target, old)
    os.rename(new, target)
    shutil.rmtree(old, ignore_errors=True)


def bytes_in(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def copy_probe(folder):
    """The detector of train_detector.py, when it has been trained: attribute names and labels for the manifest."""
    source = RUNS / "detector"
    if not (source / "probe.onnx").exists() or not (source / "probe.json").exists():
        return None
    shutil.copy(source / "probe.onnx", folder / "probe.onnx")
    return json.loads((source / "probe.json").read_text())


def export_pack(models, states, tokenizer_path, facts, images, target, version):
    """models: "codec", "languageModel"; states: of them and "autoencoder"; facts: canDraw, examples, knownWords, size;

    images: held-out [N, 3, H, W] to choose golden images from.
    """
    target = Path(target).resolve()
    folder = target.with_name(f".{target.name}.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = TextTokenizer(tokenizer_path)
    codec, model = models["codec"], models["languageModel"]
    round_to_half(codec)
    round_to_bytes(codec.decoder)
    round_to_bytes(model)

    export_codec(codec, folder)
    export_language_model(model, folder)
    shutil.copy(tokenizer_path, folder / "tokenizer.json")
    probe = copy_probe(folder)

    golden = GoldenFolder(folder / "golden")
    golden_images = clear_images(codec, images, 2)
    prompts = facts["examples"]["prompts"]
    prompt = max(prompts, key=len)
    special = tokenizer.special
    prefixes = [[special["<bos>"], *tokenizer.encode(prompt), special["<boi>"]], [special["<bos>"], special["<boi>"]]]
    vectors = {
        "format": 1,
        "tolerance": 1e-3,
        **codec_goldens(codec, golden_images, golden),
        "languageModel": {"prompts": [prompt, ""], **language_model_goldens(
            model, special, prefixes, codec.config.token_count, golden)},
        "text": text_goldens(tokenizer, facts["examples"]),
    }
    (folder / "golden" / "golden.json").write_text(json.dumps(vectors, indent=1) + "\n")
    pack = manifest(folder, models, states, tokenizer, probe, facts, version)
    (folder / "pack.json").write_text(json.dumps(pack, indent=1, ensure_ascii=False) + "\n")
    replace_folder(folder, target)
    total = bytes_in(target)
    print(f"{target}: {total / 2 ** 20:.1f} MiB of at most {LARGEST_PACK / 2 ** 20:.0f}, parameters {pack['parameters']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="resources/packs/scenes-128")
    parser.add_argument("--size", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--reinforced", action="store_true", help="the language model as train_reinforced.py left it")
    arguments = parser.parse_args()
    from training.world.render import render
    from training.world.scene import generator_for, sample_batch

    torch.set_num_threads(2)
    models, states = {}, {}
    models["codec"], states["codec"] = load_codec(arguments.size)
    models["languageModel"], states["languageModel"] = load_language_model(arguments.size, arguments.reinforced)
    states["autoencoder"] = load_autoencoder(arguments.size)[1]
    codec = models["codec"]
    if not same_fingerprint(encoder_fingerprint(codec), states["languageModel"]["encoder"]):
        raise SystemExit("the language model was trained on tokens of another encoder: make the cache and train it again")
    facts = {"size": arguments.size, **language_facts()}
    images = render(sample_batch(64, generator_for("test", 0)))
    export_pack(models, states, RUNS / "text" / "tokenizer.json", facts, images, arguments.target, arguments.version)


if __name__ == "__main__":
    main()
