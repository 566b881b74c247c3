"""Trains the one-step renderer: tokens of the finished encoder -> clean image in one evaluation, for live previews.

    python3 -m training.train_renderer --size cpu --minutes 12

Stop it at any time and start it again with the same command: it goes on from runs/renderer-<size>/last.pt. It starts as
the trained decoder at t = 1 (models/renderer.py); with `--from-pack` codec and renderer come from a shipped pack.
"""
import argparse
import time
from pathlib import Path

import torch
from PIL import Image

from training.export.checkpoints import codec_of_pack, load_codec
from training.export.storage import fingerprint, round_to_half, same_fingerprint, weights_of
from training.models import diffusion
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, rate_at, record_curve, save
from training.models.codec import SIZES as CODEC_SIZES
from training.models.muon import make_optimisers
from training.models.pool import ScenePool, SceneStream, to_bytes
from training.models.renderer import SIZES, start_from
from training.models.speed import describe_rate, operations
from training.world.render import render
from training.world.scene import generator_for, sample_batch

# Per size: images per step, learning rates of the matrices (Muon) and of the rest (AdamW).
RECIPES = {"cpu": (64, 3e-4, 2e-4), "gpu": (512, 5e-4, 3e-4)}
SHARE_PARTIAL, SHARE_NOTHING = 0.35, 0.05  # samples that show only the coarsest tokens, and none at all
EDGES_FROM, EDGE_WEIGHT = 0.6, 0.05  # when, as a share of the minutes, sharp edges join the loss
SAVE_EVERY = 120  # seconds
LOOK_EVERY = 240  # seconds between measurements on held-out scenes


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="cpu")
    parser.add_argument("--minutes", type=float, default=12, help="training time in all, across restarts")
    parser.add_argument("--blocks", help="decoder blocks it starts from, for example 0,3")
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available(),
                        help="torch.compile (2.x); needs a C++ compiler on the CPU")
    parser.add_argument("--from-pack", help="pack folder whose codec, and renderer if it has one, a fresh run starts from")
    parser.add_argument("--folder", help="where the run lives, in place of runs/renderer-<size>")
    return parser.parse_args()


def sample_visibility(batch, count, device):
    """Tokens shown while training, [batch, count] bool: all, or the coarse ones of a sequence being written, or none."""
    index = torch.arange(count, device=device)
    partial = torch.rand(batch, 1, device=device) < SHARE_PARTIAL
    keep_from = torch.randint(1, count, (batch, 1), device=device)
    nothing = torch.rand(batch, 1, device=device) < SHARE_NOTHING
    return ~(partial & (index < keep_from)) & ~nothing


def edges(image):
    """Differences of neighbouring pixels across and down, [B, 3, H, W-1] and [B, 3, H-1, W]"""
    return image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]


def edge_error(prediction, x0):
    """Mean absolute error of the edges, scalar. Absolute, because squared error prefers many soft edges to a sharp one."""
    return sum((a - b).abs().mean() for a, b in zip(edges(prediction), edges(x0))) / 2


@torch.no_grad()
def measure(codec, renderer, average, scenes, device, picture=None):
    """Held-out scenes with the averaged weights: PSNR in dB of the renderer, whole and from half of the tokens, and of

    the decoder's own ways: one step from noise, one step from nothing, 16 steps; error of edges of the first and last.
    """
    trained = {name: p.detach().clone() for name, p in renderer.named_parameters()}
    renderer.load_state_dict(average.state(), strict=True)
    noise = torch.randn(scenes.shape, generator=torch.Generator().manual_seed(7)).to(device)
    with autocast(device):
        tokens = codec.encode(scenes)
        everything = torch.ones_like(tokens, dtype=torch.bool)
        half = everything.clone()
        half[:, :tokens.shape[1] // 2] = False
        decoder = lambda *inputs: codec.decoder(*inputs).float()  # noqa: E731
        images = {"renderer": renderer(tokens, everything), "half": renderer(tokens, half),
                  "noise": diffusion.sample(decoder, tokens, noise, steps=1),
                  "nothing": diffusion.sample(decoder, tokens, 0 * noise, steps=1),
                  "steps16": diffusion.sample(decoder, tokens, noise, steps=16)}
    renderer.load_state_dict(trained, strict=True)
    images = {name: image.float().clamp(-1, 1) for name, image in images.items()}
    if picture:
        rows = [torch.cat(list(shown[:12]), dim=2) for shown in (scenes, images["renderer"], images["half"],
                                                                 images["nothing"], images["steps16"])]
        Image.fromarray(to_bytes(torch.cat(rows, dim=1).cpu()).permute(1, 2, 0).numpy()).save(picture)
    scores = {name: round(diffusion.psnr(image, scenes).mean().item(), 2) for name, image in images.items()}
    return {**scores, "edges": round(edge_error(images["renderer"], scenes).item(), 5),
            "edges16": round(edge_error(images["steps16"], scenes).item(), 5)}


def main():
    arguments = parse()
    device = arguments.device
    folder = Path(arguments.folder) if arguments.folder else RUNS / f"renderer-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    batch_size, *rates = RECIPES[arguments.size]
    blocks = tuple(map(int, arguments.blocks.split(","))) if arguments.blocks else SIZES[arguments.size]

    if arguments.from_pack:
        codec = codec_of_pack(arguments.from_pack, CODEC_SIZES[arguments.size])
    else:
        codec = load_codec(arguments.size)[0]
        round_to_half(codec)  # the tokens of the encoder that will be shipped
    codec = codec.requires_grad_(False).to(device)
    encoder = fingerprint(codec.encoder)
    renderer = start_from(codec.decoder, blocks).to(device)
    if arguments.from_pack and (Path(arguments.from_pack) / "renderer.onnx").exists():
        renderer.load_state_dict(weights_of(Path(arguments.from_pack) / "renderer.onnx"), strict=True)
    optimisers, average = make_optimisers(renderer, *rates), Average(renderer)
    seconds, images, history = 0.0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if not same_fingerprint(state["encoder"], encoder):
            raise SystemExit(f"{last} belongs to tokens of another encoder: remove {folder} to start afresh")
        renderer.load_state_dict(state["model"], strict=True)
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        seconds, images, history = state["seconds"], state["images"], state["history"]
        print(f"resumed at {seconds / 60:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)  # never the batches of the first part again

    config = codec.config
    if device.startswith("cuda"):
        source = SceneStream(2 * config.grid, arguments.seed + images, device)
    else:
        source = ScenePool(128 * 64, config.image_size, 2 * config.grid, arguments.seed + images)
    held_out = render(sample_batch(64, generator_for("val", 0))).to(device)
    step_model = torch.compile(renderer) if arguments.compile else renderer
    one = held_out[:1]
    tokens = codec.encode(one)
    work = (3 * operations(renderer, lambda: renderer(tokens, tokens >= 0))
            + operations(codec, lambda: codec.encode(one)))  # per image
    print(f"{sum(p.numel() for p in renderer.parameters()) / 1e6:.2f} M parameters, "
          f"{work / 1e9:.2f} G operations per image", flush=True)
    if not history:
        history.append({"minutes": 0, "images": 0, **measure(codec, renderer, average, held_out, device)})
        print("held out:", history[0], flush=True)

    budget = arguments.minutes * 60
    losses, saved_at, looked_at, printed_at, images_printed = [], seconds, seconds, seconds, images
    while seconds < budget:
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(seconds / budget, hold=0.3)
        x0, _ = source.batch(batch_size)
        with autocast(device):
            with torch.no_grad():
                tokens = codec.encode(x0)
            prediction = step_model(tokens, sample_visibility(batch_size, config.token_count, device)).float()
        squared = (prediction - x0).square().mean()
        loss = squared + EDGE_WEIGHT * edge_error(prediction, x0) if seconds > EDGES_FROM * budget else squared
        loss.backward()
        torch.nn.utils.clip_grad_norm_(renderer.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(renderer)

        images += batch_size
        losses.append(squared.detach())
        seconds += time.time() - started
        if seconds - printed_at > 30:
            speed = (images - images_printed) / (seconds - printed_at)
            print(f"{seconds / 60:6.1f} min  {images:8d} images  {speed:6.1f} images/s  "
                  f"{describe_rate(work, speed, device)}  squared error {torch.stack(losses).mean():.5f}  "
                  f"{(budget - seconds) / 60:5.1f} min left", flush=True)
            losses, printed_at, images_printed = [], seconds, images
        finished = seconds >= budget
        if finished or seconds - looked_at > LOOK_EVERY:
            history.append({"minutes": round(seconds / 60, 1), "images": images, **measure(
                codec, renderer, average, held_out, device, folder / f"look-{int(seconds / 60):03d}.png")})
            print("held out:", history[-1], flush=True)
            record_curve(f"renderer {arguments.size}", history)
            looked_at = seconds
        if finished or seconds - saved_at > SAVE_EVERY:
            save({"config": renderer.config.as_dict(), "model": renderer.state_dict(), "average": average.state(),
                  "average_steps": average.steps, "optimisers": [o.state_dict() for o in optimisers],
                  "seconds": seconds, "images": images, "history": history, "seed": arguments.seed,
                  "encoder": encoder}, last)
            saved_at = seconds

    if images:
        append_log(f"renderer {arguments.size}", {
            "recipe": f"decoder blocks {renderer.config.decoder_blocks}, batch {batch_size}, Muon and AdamW "
                      f"at {rates}, seed {arguments.seed}",
            "time": f"{seconds / 60:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
            "PSNR in dB (whole, half of the tokens; decoder in one step from noise, from nothing; 16 steps)":
                "; ".join(str(row) for row in history)})


if __name__ == "__main__":
    main()
