"""Encodes scenes with the finished tokenizer, once, for the language model to train on.

    python3 -m training.cache_tokens --size cpu --scenes 60000 --edits 40000

Writes runs/cache-<size>/train.pt and val.pt: scenes as plain objects, their tokens (uint16 [N, K]), and edit pairs as
(row of the source, several instructions, row of the result). Edited scenes are scenes like all others.
"""
import argparse
import random
import time

import numpy
import torch

from training.export_pack import load_codec
from training.models.checkpoint import RUNS, autocast, save
from training.world.language import phrase_edit, sample_edit
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch

BATCH = 256
PHRASINGS = 4  # instructions stored per edit


def edited_scenes(scenes, count, rng):
    """-> new scenes, and edits as (source row, instructions, result row), rows counted from the end of `scenes`."""
    results, edits = [], []
    for number in range(count):
        source = number % len(scenes)
        instruction, result, edit = sample_edit(scenes[source], rng)
        phrases = {instruction, *(phrase_edit(edit, scenes[source], rng) for _ in range(PHRASINGS - 1))} - {None}
        edits.append((source, sorted(phrases), len(scenes) + number))
        results.append(result)
    return results, edits


@torch.no_grad()
def encode(codec, scenes, device):
    """Scenes -> tokens [N, K] uint16"""
    parts = []
    for start in range(0, len(scenes), BATCH):
        images = render(SceneBatch.from_scenes(scenes[start:start + BATCH]).to(device))
        with autocast(device):
            parts.append(codec.encode(images).cpu().numpy().astype(numpy.uint16))
    return numpy.concatenate(parts)


def draw(split, scene_count, edit_count, seed):
    """-> {"scenes", "edits"}: everything but the tokens, so that it can be drawn while the codec still trains."""
    rng = random.Random(seed)
    generator = generator_for(split, seed)
    scenes = []
    while len(scenes) < scene_count:
        scenes += sample_batch(1000, generator, split).to_scenes()
    results, edits = edited_scenes(scenes, edit_count, rng)
    return {"scenes": scenes + results, "edits": edits}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--scenes", type=int, default=60_000)
    parser.add_argument("--edits", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--draw-only", action="store_true", help="draw scenes and edits, encode them later")
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = RUNS / f"cache-{arguments.size}"
    for split, scenes, edits in (("val", 1000, 1000), ("train", arguments.scenes, arguments.edits)):
        drawn = folder / f"{split}-scenes.pt"
        if not drawn.exists():
            save(draw(split, scenes, edits, arguments.seed), drawn)
        if arguments.draw_only:
            continue
        started, cache = time.time(), torch.load(drawn)
        codec = load_codec(arguments.size)[0].to(arguments.device)
        cache.update(tokens=encode(codec, cache["scenes"], arguments.device), codebook=codec.quantiser.size)
        save(cache, folder / f"{split}.pt")
        print(f"{split}: {len(cache['scenes'])} scenes, {len(cache['edits'])} edits, "
              f"{len(numpy.unique(cache['tokens']))} codes in use, {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
