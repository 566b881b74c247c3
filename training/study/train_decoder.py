"""Trains the diffusion decoder of either tokenizer on tokens that are already there; goes on from its checkpoint.

Both sides get the same pictures, the same number of them, rate and loss. What differs is which tokens are visible at t,
and that is the codec's business.
"""
import time
import zlib

import torch

from training.models import diffusion
from training.models.checkpoint import Average, autocast, load, rate_at, save
from training.models.muon import make_optimisers
from training.models.pool import from_bytes
from training.study.restoring import STEPS, restore
from training.study.size import folder

RATES = (1e-3, 1e-3)  # matrices (Muon), the rest (AdamW)
BATCH = 32
PASSES = 3  # times `Size.raster_images`
PURE_NOISE = 0.25  # share of the samples at exactly t = 1
SAVE_EVERY = 120  # seconds
LOOKS = 6
HELD_OUT = 64
SEED = 1
RECIPE = {"passes": PASSES, "batch": BATCH, "rates": RATES, "pureNoise": PURE_NOISE}  # for the results


@torch.no_grad()
def measure(codec, images, tokens):
    """Held-out images uint8 [N, 3, H, W] and their tokens [N, K] -> PSNR in dB after one step and after STEPS steps"""
    true = from_bytes(images)
    return {name: round(diffusion.psnr(restore(codec, tokens, steps), true).mean().item(), 3)
            for name, steps in (("psnr1", 1), ("psnr", STEPS))}


def rows_of(part, rows):
    return torch.from_numpy(part["tokens"][rows].astype("int64"))


def train(kind, size_name, size, codec, sets):
    """Trains `codec.decoder` in place and leaves it with averaged weights -> history

    sets: {"train", "val"} of {"images" uint8 [N, 3, H, W], "tokens" uint16 [N, K] as the codec numbers them}
    """
    path, wanted = folder(size_name) / f"decoder-{kind}.pt", PASSES * size.raster_images
    decoder, images, seconds, history = codec.decoder, 0, 0.0, []
    average, optimisers = Average(decoder, decay=0.998), make_optimisers(decoder, *RATES)
    mark = zlib.crc32(sets["train"]["tokens"].tobytes())
    state = load(path) if path.exists() else None
    if state and state["mark"] == mark:  # another encoder's tokens begin anew
        decoder.load_state_dict(state["model"])
        average.load(state["average"], state["averageSteps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        images, seconds, history = state["images"], state["seconds"], state["history"]
    torch.manual_seed(1000 * SEED + images)
    known, saved_at = sets["train"], time.time()
    while images < wanted:
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(images / wanted + 1e-3)
        rows = torch.randint(len(known["images"]), (BATCH,))
        x0, t = from_bytes(known["images"][rows]), diffusion.sample_training_times(BATCH, PURE_NOISE, "cpu")
        x = diffusion.add_noise(x0, torch.randn_like(x0), t)
        with autocast("cpu"):
            drawn = decoder(x, t, rows_of(known, rows.numpy()), codec.training_visibility(t))
        diffusion.loss_on_clean_image(drawn, x0, t).backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(decoder)
        images += BATCH
        seconds += time.time() - started
        finished = images >= wanted
        if finished or images >= (len(history) + 1) * wanted / LOOKS:
            trained = {name: p.detach().clone() for name, p in decoder.named_parameters()}
            decoder.load_state_dict(average.state(), strict=False)
            held_out = slice(HELD_OUT)
            history.append({"images": images, "seconds": round(seconds),
                            **measure(codec, sets["val"]["images"][held_out], rows_of(sets["val"], held_out))})
            decoder.load_state_dict(trained, strict=False)
            print(kind, history[-1], flush=True)
        if finished or time.time() - saved_at > SAVE_EVERY:
            save({"model": decoder.state_dict(), "average": average.state(), "averageSteps": average.steps, "images": images,
                  "mark": mark, "optimisers": [one.state_dict() for one in optimisers], "seconds": seconds,
                  "history": history}, path)
            saved_at = time.time()
    decoder.load_state_dict(average.state(), strict=False)
    return history
