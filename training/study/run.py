"""One command per comparison; what is finished is kept, so the same command goes on where it stopped.

    python3 -m training.study.run recursion|synergy|scaling|spatial|interpolation [--seeds 3] [--minutes 60]

The codecs of both sides are trained first if they are not there. It needs the shipped pack for its text tokenizer and its
detector, and nothing else. Results: training/study/results/<comparison>.json; then `python3 -m training.study.figures`.
"""
import argparse
from pathlib import Path

import numpy
import torch
from PIL import Image

from training.models.checkpoint import load, save
from training.models.pool import to_bytes
from training.study import data, interpolation, recursion, scaling, spatial, synergy, train_codec
from training.study.codecs import KINDS
from training.study.results import Clock
from training.study.score import detector_of
from training.study.size import SIZES, folder

PACK = Path(__file__).resolve().parents[2] / "resources" / "packs" / "scenes-128"
FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures" / "study"
TOKENIZER = PACK / "tokenizer.json"
CODEC_SEED = 1  # one codec per side; seeds vary what is trained on its tokens


def sources_of(size_name, size, clock):
    """tokenizer -> {"codec", "facts", "train", "val": {"scenes", "tokens"}}, or None when the clock was over first"""
    sets, sources = data.world(size_name, size), {}
    for kind in KINDS:
        codec, history = train_codec.train(kind, size_name, size, sets, CODEC_SEED, clock)
        if codec is None:
            return None, sets
        path = folder(size_name) / f"tokens-{kind}-{CODEC_SEED}.pt"
        if not path.exists():
            save({split: data.encode(codec, part["images"]) for split, part in sets.items()}, path)
        tokens = load(path)
        facts = {"seed": CODEC_SEED, "parameters": train_codec.parameters(codec), "images": history[-1]["images"],
                 "codesUsed": len(numpy.unique(tokens["train"])), "psnr": [one["psnr"] for one in history]}
        sources[kind] = {"codec": codec, "facts": facts, "history": history, **{
            split: {"scenes": part["scenes"], "tokens": tokens[split]} for split, part in sets.items()}}
    return sources, sets


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("comparison", choices=("recursion", "synergy", "scaling", "spatial", "interpolation"))
    parser.add_argument("--size", choices=SIZES, default="study")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=60, help="no training starts after them")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokenizers", nargs="+", choices=KINDS, default=KINDS, help="one side alone")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    size, clock = SIZES[arguments.size], Clock(arguments.minutes)
    sources, sets = sources_of(arguments.size, size, clock)
    if sources is None:
        raise SystemExit("the codecs are not finished: give the same command again")
    sources = {kind: sources[kind] for kind in arguments.tokenizers}
    detector = detector_of(PACK / "probe.onnx")
    models = folder(arguments.size)

    if arguments.comparison == "recursion":
        recursion.compare({kind: tuple(one["codec"].writing_order(one[split]["tokens"]).copy() for split in ("train", "val"))
                           for kind, one in sources.items()}, size, arguments.seeds, clock)
    elif arguments.comparison == "synergy":
        synergy.compare(sources, detector, TOKENIZER, size, arguments.seeds, clock, lambda model, tokenizer, arm, seed: save(
            {"config": model.config.as_dict(), "model": model.state_dict()}, models / f"language-{tokenizer}-{arm}-{seed}.pt"))
    elif arguments.comparison == "scaling":
        scaling.compare(sources, detector, TOKENIZER, size, arguments.seeds, clock, FIGURES)
    elif arguments.comparison == "spatial":
        spatial.compare(sources, detector, sets, size, models, TOKENIZER)
    else:
        _, shown = interpolation.compare(sources, detector, sets["val"]["images"], sets["val"]["scenes"], size)
        FIGURES.mkdir(parents=True, exist_ok=True)
        for tokenizer, frames in shown.items():
            rows = [torch.cat(list(to_bytes(frames[:, pair])), dim=2) for pair in range(frames.shape[1])]
            Image.fromarray(torch.cat(rows, dim=1).permute(1, 2, 0).numpy()).save(FIGURES / f"interpolation-{tokenizer}.png")


if __name__ == "__main__":
    main()
