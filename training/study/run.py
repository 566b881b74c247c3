"""One command per comparison; what is finished is kept, so the same command goes on where it stopped.

    python3 -m training.study.run recursion|synergy|scaling|spatial|interpolation|learnt [--seeds 3] [--minutes 60]

Timestep tokens are those of the shipped pack, spatial ones those of raster.py, made first if they are not there. It needs the
shipped pack and nothing else. Results: training/study/results/<comparison>.json; then `python3 -m training.study.figures`.
"""
import argparse
import json
from pathlib import Path

import numpy
import torch

from training.models.checkpoint import RUNS, load, save
from training.study import corpus, interpolation, learnt, raster, recursion, scaling, spatial, synergy, train_decoder
from training.study.restoring import encode
from training.study.results import Clock, results_folder
from training.study.score import detector_of
from training.study.size import SIZES, folder
from training.study.twin import TwinCodec

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "resources" / "packs" / "scenes-128"
TOKENIZERS = ("timestep", "raster")
EQUAL_DECODERS = ("spatial", "interpolation")


def raster_of(size_name, size, pictures):
    """The spatial control, its decoder untrained, and its tokens of the corpus: {"train", "val"} of uint16 [N, K]"""
    codec = raster.fitted(size_name, size, pictures["train"]["images"])
    path = folder(size_name) / "tokens-raster.pt"
    if not path.exists():
        save({split: encode(codec, part["images"]).numpy().astype(numpy.uint16) for split, part in pictures.items()}, path)
    return codec, load(path)


def count(module):
    return sum(p.numel() for p in module.parameters())


def sources_of(size_name, size, pack, wanted, cache, comparison):
    """tokenizer -> {"codec", "facts" for the results, "train", "val": {"scenes", "edits", "tokens"}, "history" of its decoder}

    Where the two tokenizers' pictures are compared, both have decoders of the same size that learnt for as long.
    """
    sets, sources = corpus.corpus(size_name, size, pack, cache), {}
    if "timestep" in wanted:
        sources["timestep"] = {"codec": corpus.shipped_codec(pack), **{split: dict(sets[split]) for split in ("train", "val")}}
    if "raster" in wanted:
        codec, tokens = raster_of(size_name, size, corpus.pictures(size_name, sets))
        sources["raster"] = {"codec": codec, **{split: {**sets[split], "tokens": tokens[split]} for split in ("train", "val")}}
    if comparison in EQUAL_DECODERS:
        if "timestep" in sources:
            sources["timestep"]["codec"] = TwinCodec(sources["timestep"]["codec"], size)
        pictures = corpus.pictures(size_name, sets)
        for kind, source in sources.items():
            known = {split: {**pictures[split], "tokens": source[split]["tokens"]} for split in ("train", "val")}
            source["history"] = train_decoder.train(kind, size_name, size, source["codec"].eval(), known)
    made_by = json.loads((pack / "pack.json").read_text())
    for kind, source in sources.items():
        codec = source["codec"]
        source["facts"] = {"tokens": f"{made_by['name']} {made_by['version']}" if kind == "timestep" else "k-means",
                           "encoder": count(codec.encoder), "decoder": count(codec.decoder),
                           "codesUsed": len(numpy.unique(source["train"]["tokens"]))}
    return sources


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("comparison", choices=("recursion", "synergy", "scaling", "spatial", "interpolation", "learnt"))
    parser.add_argument("--size", choices=SIZES, default="study")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=60, help="no training starts after them")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokenizers", nargs="+", choices=TOKENIZERS, default=TOKENIZERS, help="one side alone")
    parser.add_argument("--pack", type=Path, default=PACK, help="whose timestep tokens, text tokenizer and detector")
    parser.add_argument("--cache", type=Path, help=f"folder of training.cache_tokens, such as {RUNS / 'cache-cpu'}, with tokens "
                        "of the shipped encoder; spares the encoding")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    size, clock, seeds = SIZES[arguments.size], Clock(arguments.minutes), arguments.seeds
    models, place = folder(arguments.size), results_folder(arguments.size)
    if arguments.comparison == "learnt":
        learnt.compare(arguments.size, size, seeds, clock, place)
        return
    pack = arguments.pack
    sources = sources_of(arguments.size, size, pack, arguments.tokenizers, arguments.cache, arguments.comparison)
    if arguments.comparison == "recursion":
        recursion.compare(sources, size, seeds, clock, place)
        return
    detector = detector_of(pack / "probe.onnx")
    if arguments.comparison == "synergy":
        synergy.compare(sources, detector, pack / "tokenizer.json", size, seeds, clock, place)
    elif arguments.comparison == "scaling":
        scaling.compare(sources, detector, pack / "tokenizer.json", size, seeds, clock, place)
    elif arguments.comparison == "spatial":
        spatial.compare(sources, detector, pack, size, models, place)
    else:
        interpolation.compare(sources, detector, place)


if __name__ == "__main__":
    main()
