"""Encodes scenes with the finished tokenizer, once, for the language model to train on.

    python3 -m training.cache_tokens --size cpu --scenes 40000 --edits 20000

Writes runs/cache-<size>/train.pt and val.pt: scenes as plain objects, their tokens (uint16 [N, K]), and edit pairs as
(row of the source, several instructions, row of the result). Edited scenes are scenes like all others, and some of them
are edited again. A picture that the studio has drawn and reads again has slightly other tokens than the scene it shows:
`--again` of the rows are stored a second time as they come back from tokens -> picture -> tokens, once to three times
over. The language model reads those and still answers with the tokens of the true scene, so a row of edits does not drift.
"""
import argparse
import random
import time

import numpy
import torch

from training.export.checkpoints import load_codec
from training.export.storage import encoder_fingerprint, same_fingerprint
from training.models import diffusion
from training.models.arguments import rehearsed, use_processor
from training.models.checkpoint import RUNS, autocast, load, save
from training.models.pool import from_bytes, to_bytes
from training.world.language import phrase_edit, sample_edit
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch

BATCH = 256
PHRASINGS = 4  # instructions stored per edit
LONGEST_CHAIN = 3  # edits in a row
AGAIN_STEPS = (1, 4)  # Euler steps of the picture in between, batch by batch in turn


def edited_scenes(scenes, count, chained, rng):
    """-> new scenes, and edits as (source row, instructions, result row), rows counted from the end of `scenes`.

    `chained`: share of the edits that change an edited scene again, up to LONGEST_CHAIN in a row.
    """
    results, edits, open_chains = [], [], []  # chains: rows that may be edited again, and how many edits they have
    for number in range(count):
        source, depth = number % len(scenes), 0
        if open_chains and rng.random() < chained:
            source, depth = open_chains.pop(rng.randrange(len(open_chains)))
        scene = scenes[source] if source < len(scenes) else results[source - len(scenes)]
        instruction, result, edit = sample_edit(scene, rng)
        phrases = {instruction, *(phrase_edit(edit, scene, rng) for _ in range(PHRASINGS - 1))} - {None}
        row = len(scenes) + number
        edits.append((source, sorted(phrases), row))
        results.append(result)
        if depth + 1 < LONGEST_CHAIN:
            open_chains.append((row, depth + 1))
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


@torch.no_grad()
def encode_again(codec, tokens, share, device, seed):
    """Some rows of tokens [N, K] drawn and read again -> rows [M] int64 and their tokens then [M, K] uint16.

    The picture in between is what the studio would show: one or a few steps from noise, in 256 levels per channel.
    """
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    rows = numpy.array(sorted(rng.sample(range(len(tokens)), round(share * len(tokens)))), dtype=numpy.int64)
    parts = []
    decoder = lambda *inputs: codec.decoder(*inputs).float()  # noqa: E731
    for number, start in enumerate(range(0, len(rows), BATCH)):
        now = torch.from_numpy(tokens[rows[start:start + BATCH]].astype(numpy.int64)).to(device)
        for _ in range(rng.randint(1, LONGEST_CHAIN)):
            noise = torch.randn(len(now), *codec.config.latent_shape, generator=generator).to(device)
            with autocast(device):
                image = codec.pixels(diffusion.sample(decoder, now, noise, AGAIN_STEPS[number % len(AGAIN_STEPS)]))
                now = codec.encode(from_bytes(to_bytes(image)))
        parts.append(now.cpu().numpy().astype(numpy.uint16))
    return rows, numpy.concatenate(parts) if parts else numpy.zeros((0, tokens.shape[1]), dtype=numpy.uint16)


def draw(split, scene_count, edit_count, chained, seed):
    """-> {"scenes", "edits"}: everything but the tokens, so that it can be drawn while the codec still trains."""
    rng = random.Random(seed)
    generator = generator_for(split, seed)
    scenes = []
    while len(scenes) < scene_count:
        scenes += sample_batch(min(1000, scene_count), generator, split).to_scenes()
    results, edits = edited_scenes(scenes, edit_count, chained, rng)
    return {"scenes": scenes + results, "edits": edits}


def stored_tokens(path, settings, encoder):
    """-> the cache at `path` where it holds these scenes as tokens of this encoder, otherwise None."""
    found = load(path) if path.exists() else {}
    return found if found.get("settings") == settings and same_fingerprint(found["encoder"], encoder) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--scenes", type=int, default=40_000)
    parser.add_argument("--edits", type=int, default=20_000)
    parser.add_argument("--chained", type=float, default=0.4, help="share of the edits whose source is an edited scene")
    parser.add_argument("--again", type=float, default=0.1, help="share of all rows stored re-encoded as well")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--draw-only", action="store_true", help="draw scenes and edits, encode them later")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    use_processor(arguments.threads)
    folder = RUNS / f"cache-{arguments.size}"
    for split, scenes, edits in (("val", rehearsed(1000, 48), rehearsed(1000, 24)), ("train", arguments.scenes, arguments.edits)):
        wanted, drawn = (split, scenes, edits, arguments.chained, arguments.seed), folder / f"{split}-scenes.pt"
        if not drawn.exists() or load(drawn).get("settings") != wanted:
            save({**draw(*wanted), "settings": wanted}, drawn)
        if arguments.draw_only:
            continue
        started, cache = time.time(), load(drawn)
        codec = load_codec(arguments.size)[0].to(arguments.device)
        path, encoder = folder / f"{split}.pt", encoder_fingerprint(codec)
        stored = stored_tokens(path, wanted, encoder)
        if stored and stored["share"] == arguments.again:
            print(f"{split}: up to date", flush=True)
            continue
        if stored:
            tokens = stored["tokens"]
        else:  # kept at once: what follows takes as long again, and may be stopped
            tokens = encode(codec, cache["scenes"], arguments.device)
            none = numpy.zeros(0, dtype=numpy.int64)
            cache.update(encoder=encoder, share=0.0, tokens=tokens, againRows=none, againTokens=tokens[:0],
                         codebook=codec.quantiser.size, levels=list(codec.config.levels))
            save(cache, path)
        encoded = time.time()
        rows, again = encode_again(codec, tokens, arguments.again, arguments.device, arguments.seed)
        save({**(stored or cache), "share": arguments.again, "againRows": rows, "againTokens": again}, path)
        changed = (again != tokens[rows]).mean() if len(rows) else 0
        print(f"{split}: {len(cache['scenes'])} scenes, {len(cache['edits'])} edits, {len(numpy.unique(tokens))} codes in "
              f"use, {encoded - started:.0f} s; {len(rows)} encoded again, {100 * changed:.0f} % of their tokens changed, "
              f"{time.time() - encoded:.0f} s", flush=True)


if __name__ == "__main__":
    main()
