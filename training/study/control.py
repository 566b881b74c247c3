"""The two kinds of tokens that the comparisons are about, equal in everything but what a token is of.

Both stand on the latents of the shipped autoencoder, with its decoder of pixels, the shipped quantiser and equal decoders. Timestep tokens hold
four turned principal components of the whole picture each, the coarsest written first, as the shipped codec's do. Spatial tokens hold the four leading principal
components of one cell's own channels, written row by row; where a cell has several tokens they follow each other. On both sides the token with the
highest index is written first, so what draws "the first tokens" of one draws them of the other.

    python3 -m training.study.control    # how much of the pictures both can hold with 64 and with 128 tokens

It needs the checkpoints of the codec and of the judge; latents and whatever the comparisons train lie in runs/study.
"""
import math
import time

import torch
import torch.nn.functional as F

from training.detector import decode_detections
from training.export.checkpoints import load_codec
from training.judge import NEAR, load_judge, objects_right
from training.models import diffusion
from training.models.arguments import REHEARSING, rehearsed, use_processor
from training.models.checkpoint import RUNS, TRAINING, autocast, load, save, write_json
from training.models.codec import COMPONENT_DEVIATION, Codec, CodecConfig, turned
from training.train_codec import latents_of_changes
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import ATTRIBUTES

SIDES = ("timestep", "spatial")
TOKENS = 128  # K of the comparisons, two for each cell: with one, spatial tokens bring too few objects back
PICTURES, HELD_OUT = rehearsed(20_480, 256), rehearsed(256, 16)
CHANGED_SCENES = rehearsed(1024, 128)  # pairs of scenes that turn the components
COMPONENT_PICTURES = 8192  # of the pictures: those that components and sketches are fitted to
DECODER = dict(width=192, heads=4, decoder_blocks=4)  # of both sides
RIDGE = 1e-3  # codes have a deviation of about a half
FOLDER = RUNS / "study"
RESULTS = FOLDER / "results" if REHEARSING else TRAINING / "study" / "results"


def write_results(name, found):
    """results/<name>.json, with what all comparisons share."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    write_json(RESULTS / f"{name}.json", {
        "comparison": name, "date": time.strftime("%Y-%m-%d"), "hardware": f"one core, {time.process_time() / 60:.0f} minutes of it, torch {torch.__version__}", **found})


@torch.no_grad()
def latents_of(codec, scenes):
    """SceneBatch -> latents [N, channels, grid, grid] as bfloat16 of float32: half of the room"""
    with autocast("cpu"):
        return torch.cat([codec.latents(render(scenes[start:start + 128])).bfloat16() for start in range(0, len(scenes), 128)])


def corpus(shipped):
    """-> {"train", "val": {"scenes": SceneBatch, "latents"}, "changes"}; what the held-out part is drawn from never occurs in training"""
    path = FOLDER / "corpus.pt"
    if not path.exists():
        found = {}
        for split, count, seed in (("train", PICTURES, 301), ("val", HELD_OUT, 5)):
            scenes = sample_batch(count, generator_for(split, seed), split)
            found[split] = {"scenes": scenes, "latents": latents_of(shipped, scenes)}
        with autocast("cpu"):
            found["changes"] = latents_of_changes(shipped, CHANGED_SCENES, "cpu")
        save(found, path)
    return load(path)


def directions(side, flat, data, count, config):
    """flat [N, size] latents without their mean -> `count` components as columns [size, count], the first written first"""
    if side == "timestep":
        values, vectors = torch.linalg.eigh(flat.t() @ flat / len(flat))
        return turned(values.flip(0)[:count], vectors.flip(1)[:, :count], data["changes"])[1]
    cells = config.grid ** 2
    every = flat.reshape(-1, config.channels, cells).transpose(1, 2).flatten(0, 1)
    leading = torch.linalg.eigh(every.t() @ every / len(every)).eigenvectors.flip(1)[:, :count // cells]  # [channels, of a cell]
    return torch.einsum("ck,ab->cabk", leading, torch.eye(cells, dtype=leading.dtype)).reshape(flat.shape[1], count)


def blank_codec(shipped, token_count=TOKENS):
    """On the shipped autoencoder, with components and decoder that say nothing. Always the same weights."""
    torch.manual_seed(1)
    codec = Codec(CodecConfig(shipped.config.autoencoder, token_count=token_count, levels=shipped.config.levels, **DECODER))
    codec.autoencoder = shipped.autoencoder
    return codec.eval()


@torch.no_grad()
def make_codec(side, shipped, data, token_count=TOKENS):
    """A codec of `token_count` tokens of that kind: components, the sketch of least squares from their codes, a decoder that adds nothing to it yet."""
    codec = blank_codec(shipped, token_count)
    config = codec.config
    latents = data["train"]["latents"][:COMPONENT_PICTURES].double().flatten(1)
    mean = latents.mean(dim=0)
    flat, channels = latents - mean, len(config.levels)
    columns = directions(side, flat, data, token_count * channels, config)
    columns = columns.reshape(-1, token_count, channels).flip(1).flatten(1)  # the first written has the highest index
    columns = columns * COMPONENT_DEVIATION / (flat @ columns).std(dim=0).clamp(min=1e-3)
    codec.encoder.components.weight.copy_(columns.t())
    codec.encoder.components.bias.copy_(-(mean @ columns))
    codes = codec.quantiser(codec.encoder(latents.float())).double().flatten(1)
    middle = codes.mean(dim=0)
    codes = codes - middle
    weight = torch.linalg.solve(codes.t() @ codes / len(codes) + RIDGE * torch.eye(len(middle), dtype=codes.dtype), codes.t() @ flat / len(codes))
    weight = weight.reshape(token_count, channels, -1)
    codec.decoder.sketch.weight.copy_(weight)
    codec.decoder.sketch.bias.copy_(-(middle.reshape(token_count, 1, channels) @ weight))
    codec.decoder.sketch_mean.copy_(mean.reshape(config.latent_shape))
    return codec


@torch.no_grad()
def tokens_of(codec, latents):
    """-> [N, K] int64, index 0 written last"""
    return torch.cat([codec.quantiser.to_index(codec.encoder(part.float())) for part in latents.split(512)])


@torch.no_grad()
def drawn(codec, tokens, first=None):
    """Pictures [N, 3, H, W] in one step from the `first` tokens written, all where none is given."""
    keep_from, parts = 0 if first is None else codec.config.token_count - first, []
    for start in range(0, len(tokens), 64):
        some = tokens[start:start + 64]
        noise = torch.randn(len(some), *codec.config.latent_shape, generator=torch.Generator().manual_seed(start))
        with autocast("cpu"):
            parts.append(codec.pixels(diffusion.sample(lambda *inputs: codec.decoder(*inputs).float(), some, noise, 1, keep_from=keep_from)))
    return torch.cat(parts)


@torch.no_grad()
def read_scenes(judge, images):
    return [scene for part in images.split(32) for scene in decode_detections(judge(part))]


def ground(scene):
    return scene.background.kind, tuple(scene.background.colours)


def alike(one, other):
    return math.hypot(one.x - other.x, one.y - other.y) <= NEAR and all(getattr(one, name) == getattr(other, name) for name in ATTRIBUTES)


def right(judge, images, scenes):
    """SceneBatch -> shares of objects found at their place, with each attribute and with all; of grounds; and of pictures in which every object,
    their number and the ground are right."""
    pairs = list(zip(scenes.to_scenes(), read_scenes(judge, images)))
    grounds = [ground(one) == ground(other) for one, other in pairs]
    pictures = [same and len(one.objects) == len(other.objects) and all(any(alike(a, b) for b in other.objects) for a in one.objects)
                for same, (one, other) in zip(grounds, pairs)]
    return {**objects_right(judge, images, scenes), "ground": round(sum(grounds) / len(grounds), 3), "pictures": round(sum(pictures) / len(pictures), 3)}


def psnr(images, scenes):
    return round(diffusion.psnr(images, render(scenes)).mean().item(), 2)


def share_left(codec, latents):
    """Mean squared error of the sketch, share of the latents' variance"""
    latents = latents.float()
    codes = codec.quantiser(codec.encoder(latents))
    sketch = codec.decoder.sketch_of(codes, torch.ones(codes.shape[:2], dtype=torch.bool))
    return (F.mse_loss(sketch, latents) / F.mse_loss(codec.decoder.sketch_mean.expand_as(latents), latents)).item()


def opened():
    """-> the shipped codec, the judge, the corpus"""
    use_processor(1)
    shipped, judge = load_codec("cpu")[0], load_judge()
    if judge is None:
        raise SystemExit("there is no judge yet: python3 -m training.train_detector")
    return shipped, judge, corpus(shipped)


def main():
    shipped, judge, data = opened()
    held_out, found = data["val"], []
    for token_count in (TOKENS // 2, TOKENS):
        for side in SIDES:
            codec = make_codec(side, shipped, data, token_count)
            with torch.no_grad():
                left = share_left(codec, held_out["latents"])
            images = drawn(codec, tokens_of(codec, held_out["latents"]))
            found.append({"tokens": token_count, "side": side, "varianceKept": round(1 - left, 3), "psnr": psnr(images, held_out["scenes"]),
                          "right": right(judge, images, held_out["scenes"])})
            print(found[-1], flush=True)
    write_results("control", {"pictures": COMPONENT_PICTURES, "heldOut": HELD_OUT, "drawn": "the sketch of least squares, nothing trained", "runs": found})


if __name__ == "__main__":
    main()
