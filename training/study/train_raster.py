"""Makes the spatial control: the codebook by k-means, then its decoder by diffusion; goes on from its checkpoint."""
import time

import torch

from training.models import diffusion
from training.models.checkpoint import Average, autocast, load, rate_at, save
from training.models.muon import make_optimisers
from training.models.pool import from_bytes
from training.study.raster import RasterCodec, fit
from training.study.restoring import STEPS, encode, restore
from training.study.size import folder

RATES = (1e-3, 1e-3)  # matrices (Muon), the rest (AdamW)
BATCH = 32
DROP_ALL = 0.05  # the unconditional branch of guidance, as often as in the shipped codec
SAVE_EVERY = 120  # seconds
HELD_OUT = 64
SEED = 1


@torch.no_grad()
def measure(codec, images):
    """Held-out images uint8 -> PSNR in dB: of the codebook's cells alone, after one step, after STEPS steps"""
    tokens, true = encode(codec, images), from_bytes(images)
    psnr = {"book": codec.decoder.lookup(tokens), "psnr1": restore(codec, tokens, 1), "psnr": restore(codec, tokens, STEPS)}
    return {name: round(diffusion.psnr(picture, true).mean().item(), 3) for name, picture in psnr.items()}


def fitted(size_name, size, sets):
    """-> RasterCodec with its codebook; its decoder has learnt nothing yet"""
    path = folder(size_name) / "raster-codebook.pt"
    torch.manual_seed(SEED)
    codec = RasterCodec(size)
    if not path.exists():
        print("codebook:", round(fit(codec, sets["train"]["images"]), 4), "mean squared error", flush=True)
        save(codec.state_dict(), path)
    codec.load_state_dict(load(path))
    return codec.eval()


def train(size_name, size, codec, sets):
    """Trains the decoder of a `fitted` codec in place and leaves it with averaged weights -> history"""
    path, images, seconds, history = folder(size_name) / "raster-decoder.pt", 0, 0.0, []
    state = load(path) if path.exists() else None
    if state:
        codec.load_state_dict(state["model"])
    codec.encoder.requires_grad_(False)
    decoder = codec.decoder
    decoder.book.requires_grad_(False)
    average, optimisers = Average(decoder, decay=0.998), make_optimisers(decoder, *RATES)
    if state:
        average.load(state["average"], state["averageSteps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        images, seconds, history = state["images"], state["seconds"], state["history"]
    torch.manual_seed(1000 * SEED + images)
    saved_at = time.time()
    while images < size.raster_images:
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(images / size.raster_images + 1e-3)
        x0 = from_bytes(sets["train"]["images"][torch.randint(len(sets["train"]["images"]), (BATCH,))])
        t = diffusion.sample_training_times(BATCH, 0.25, "cpu")
        visible = (torch.rand(BATCH, 1) >= DROP_ALL).expand(-1, size.token_count)
        x, tokens = diffusion.add_noise(x0, torch.randn_like(x0), t), codec.encode(x0)
        with autocast("cpu"):
            drawn = decoder(x, t, tokens, visible)
        diffusion.loss_on_clean_image(drawn, x0, t).backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(decoder)
        images += BATCH
        seconds += time.time() - started
        finished = images >= size.raster_images
        if finished or images >= (len(history) + 1) * size.raster_images / 4:
            trained = {name: p.detach().clone() for name, p in decoder.named_parameters()}
            decoder.load_state_dict(average.state())
            history.append({"images": images, "seconds": round(seconds), **measure(codec, sets["val"]["images"][:HELD_OUT])})
            decoder.load_state_dict(trained)
            print("raster", history[-1], flush=True)
        if finished or time.time() - saved_at > SAVE_EVERY:
            save({"model": codec.state_dict(), "average": average.state(), "averageSteps": average.steps, "images": images,
                  "optimisers": [one.state_dict() for one in optimisers], "seconds": seconds, "history": history}, path)
            saved_at = time.time()
    decoder.load_state_dict(average.state())
    return history
