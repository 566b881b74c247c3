"""Trains the image tokenizer (encoder, quantiser, diffusion decoder) on rendered scenes.

    python3 -m training.train_codec --size cpu --minutes 60

Run train_stem first: an encoder that recognises kinds from its first step puts them into the tokens.
Stop it at any time and start it again with the same command: it goes on from runs/codec-<size>/last.pt.
With `--polish 15` the decoder alone goes on for 15 more minutes. The tokens stay as they are, so a language model
trained meanwhile, or before, keeps its meaning. Half of its batches then starts from the decoder's own first step, as
in sampling: whoever has only seen true images on the way trusts the blur of its own.
"""
import argparse
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image

from training.export.checkpoints import load_codec_weights
from training.models import diffusion
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, rate_at, record_curve, save
from training.models.codec import SIZES, Codec
from training.models.muon import make_optimisers
from training.models.pool import ScenePool, SceneStream, to_bytes
from training.models.speed import codec_operations, describe_rate
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import NOTHING

# Per size: images per step, learning rates of the matrices (Muon) and of the rest (AdamW).
RECIPES = {"cpu": (64, 2e-3, 1e-3), "gpu": (512, 3e-3, 1.5e-3)}
# Weight of the cross entropy of naming (models/codec.py, Reading) beside the squared error: both near 0.02 early on.
READING_WEIGHT = 0.04
# Objects are 8 % of the pixels: those of cells with an object count this much more.
OBJECT_EMPHASIS = 4
# Weight of what the frozen stem sees (models/codec.py, Stem.distance): as strong a pull on the pixels as the squared
# error (training/LOG.md).
LOOK_WEIGHT = 0.25
SAVE_EVERY = 180  # seconds
LOOK_EVERY = 480  # seconds between measurements on held-out scenes


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="cpu")
    parser.add_argument("--minutes", type=float, default=60, help="training time in all, across restarts")
    parser.add_argument("--polish", type=float, default=0, help="minutes for the decoder alone, after --minutes")
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available(),
                        help="torch.compile (2.x): a sixth faster on the CPU, needs a C++ compiler there")
    parser.add_argument("--from-pack", help="pack folder whose weights a fresh run starts from")
    return parser.parse_args()


def freeze_tokens(codec, average, rates):
    """Goes on from the averaged weights with the encoder fixed -> optimisers of the decoder, at a third of the rate."""
    codec.load_state_dict(average.state(), strict=True)
    codec.encoder.requires_grad_(False)
    return make_optimisers(codec.decoder, *(rate / 3 for rate in rates))


@torch.no_grad()
def measure(codec, average, scenes, device, picture=None):
    """Reconstruction of held-out scenes with the averaged weights: mean PSNR after 16 steps and after one."""
    trained = {name: p.detach().clone() for name, p in codec.named_parameters()}
    codec.load_state_dict(average.state(), strict=True)
    noise = torch.randn(scenes.shape, generator=torch.Generator().manual_seed(7)).to(device)
    with autocast(device):
        tokens = codec.encode(scenes)
        decoder = lambda *inputs: codec.decoder(*inputs).float()  # noqa: E731
        restored = diffusion.sample(decoder, tokens, noise, steps=16)
        at_once = diffusion.sample(decoder, tokens, noise, steps=1)
    codec.load_state_dict(trained, strict=True)
    if picture:
        rows = [torch.cat(list(images[:12]), dim=2) for images in (scenes, restored, at_once)]
        Image.fromarray(to_bytes(torch.cat(rows, dim=1).cpu()).permute(1, 2, 0).numpy()).save(picture)
    return {"psnr16": diffusion.psnr(restored, scenes).mean().item(),
            "psnr1": diffusion.psnr(at_once, scenes).mean().item(),
            "codes": len(tokens.unique())}


def main():
    arguments = parse()
    device, folder = arguments.device, RUNS / f"codec-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    batch_size, *rates = RECIPES[arguments.size]
    config = SIZES[arguments.size]

    torch.manual_seed(arguments.seed)
    codec = Codec(config).to(device)
    stem = RUNS / f"stem-{arguments.size}.pt"
    origin = ""
    if arguments.from_pack:
        load_codec_weights(codec, arguments.from_pack)
        pack = json.loads((Path(arguments.from_pack) / "pack.json").read_text())
        origin = f"that of {pack['name']} {pack['version']} ({pack['provenance']['recipe']})"
    elif stem.exists():
        codec.encoder.stem.load_state_dict(load(stem, device)["stem"])
    # A stem that can name things stays as it is; without one the codec learns it along with the rest, much slower.
    codec.encoder.stem.requires_grad_(not (arguments.from_pack or stem.exists()))
    optimisers, polishing = make_optimisers(codec, *rates), False
    average = Average(codec)
    seconds, images, history = 0.0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        average.load(state["average"], state["average_steps"])
        polishing = state.get("polishing", False)
        if polishing:
            optimisers = freeze_tokens(codec, average, rates)
        codec.load_state_dict(state["model"], strict=True)
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        seconds, images, history = state["seconds"], state["images"], state["history"]
        origin = state.get("origin", "")
        print(f"resumed at {seconds / 60:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)  # never the batches of the first part again

    if device.startswith("cuda"):
        source = SceneStream(2 * config.grid, arguments.seed + images, device)
    else:
        source = ScenePool(128 * 64, config.image_size, 2 * config.grid, arguments.seed + images)
    held_out = render(sample_batch(64, generator_for("val", 0))).to(device)
    compiled = torch.compile if arguments.compile else lambda function: function
    step_model, codes_of, draw, draw_at_once = map(compiled, (codec, codec.codes, codec.draw, codec.draw_at_once))
    work = codec_operations(codec)

    joint, budget = arguments.minutes * 60, (arguments.minutes + arguments.polish) * 60
    losses, saved_at, looked_at, printed_at = [], seconds, seconds, seconds
    images_printed = images
    while seconds < budget:
        started = time.time()
        if seconds >= joint and not polishing:
            optimisers, polishing = freeze_tokens(codec, average, rates), True
        rate = rate_at((seconds - joint) / (budget - joint), hold=0.2) if polishing else rate_at(seconds / joint)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate

        x0, labels = source.batch(batch_size)
        t = diffusion.sample_training_times(batch_size, 0.6 if seconds < 0.6 * joint else 0.25, device)
        visible = diffusion.sample_training_visibility(t, config.token_count)
        noise = torch.randn_like(x0)
        x = diffusion.add_noise(x0, noise, t)
        with autocast(device):
            if polishing:
                half = batch_size // 2
                with torch.no_grad():
                    codes = codes_of(x0)
                    own = draw_at_once(codes[:half], noise[:half]).float()
                x[:half] = diffusion.add_noise(own, noise[:half], t[:half])
                prediction, reading, look = draw(codes, x0, x, t, visible)
            else:
                prediction, reading, look = step_model(x0, x, t, visible)
        objects = (labels[:, :1] != NOTHING).float()
        emphasis = 1 + OBJECT_EMPHASIS * F.interpolate(objects, scale_factor=config.patch // 2)
        loss = diffusion.loss_on_clean_image(prediction, x0, t, emphasis)
        named, correct = codec.reading.loss(reading, labels)
        (loss + READING_WEIGHT * named + LOOK_WEIGHT * look).backward()
        torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(codec)

        images += batch_size
        losses.append(torch.stack([loss, look, named, correct]).detach())
        seconds += time.time() - started
        if seconds - printed_at > 30:
            speed = (images - images_printed) / (seconds - printed_at)
            mean = torch.stack(losses).mean(dim=0).tolist()
            print(f"{seconds / 60:6.1f} min  {images:8d} images  {speed:6.1f} images/s  "
                  f"{describe_rate(work, speed, device)}  loss {mean[0]:.4f}  "
                  f"look {mean[1]:.3f}  naming {mean[2]:.3f} nats, kinds {mean[3]:.2f}  {(budget - seconds) / 60:5.1f} min left", flush=True)
            losses, printed_at, images_printed = [], seconds, images
        finished = seconds >= budget
        if finished or seconds - looked_at > LOOK_EVERY or (not history and seconds > 120):
            scores = measure(codec, average, held_out, device, folder / f"look-{int(seconds / 60):03d}.png")
            history.append({"minutes": round(seconds / 60, 1), "images": images, **scores})
            print("held out:", history[-1], flush=True)
            record_curve(f"codec {arguments.size}", history)
            looked_at = seconds
        if finished or seconds - saved_at > SAVE_EVERY:
            save({"config": config.as_dict(), "model": codec.state_dict(), "average": average.state(),
                  "average_steps": average.steps, "optimisers": [o.state_dict() for o in optimisers],
                  "polishing": polishing, "seconds": seconds, "images": images, "history": history,
                  "seed": arguments.seed, "origin": origin,
                  "weights": {"objects": 1 + OBJECT_EMPHASIS, "look": LOOK_WEIGHT}}, last)
            saved_at = seconds

    table = ", ".join(f"{row['images']} images {row['psnr16']:.2f} dB" for row in history)
    append_log(f"codec {arguments.size}", {
        "recipe": f"{config}, batch {batch_size}, Muon and AdamW at {rates}, seed {arguments.seed}",
        "time": f"{seconds / 60:.0f} minutes ({arguments.polish:.0f} of them polish) on {device}, "
                f"{arguments.threads} threads, {images} images",
        "PSNR, 16 steps": table,
        "PSNR, one step": f"{history[-1]['psnr1']:.2f} dB", "codes in use": history[-1]["codes"]})


if __name__ == "__main__":
    main()
