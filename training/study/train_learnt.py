"""Trains a tokenizer from nothing for a given number of images; goes on from its checkpoint when given again."""
import time

import torch

from training.models import diffusion
from training.models.checkpoint import Average, autocast, load, rate_at, save
from training.models.muon import make_optimisers
from training.models.pool import from_bytes
from training.study.learnt_codecs import make_codec
from training.study.restoring import restore
from training.study.size import folder

RATES = (2e-3, 1e-3)  # matrices (Muon), the rest (AdamW)
SAVE_EVERY = 120  # seconds
LOOKS = 5
HELD_OUT = 64


@torch.no_grad()
def measure(codec, images):
    """Held-out images in [-1, 1] -> PSNR in dB after some steps and after one, and the number of codes in use"""
    tokens = codec.encode(images)
    return {"psnr": round(diffusion.psnr(restore(codec, tokens), images).mean().item(), 3),
            "psnr1": round(diffusion.psnr(restore(codec, tokens, 1), images).mean().item(), 3),
            "codes": len(tokens.unique())}


def train(kind, size_name, size, sets, seed, clock):
    """-> (codec with averaged weights, history), or (None, history) when the clock was over first"""
    path = folder(size_name) / f"codec-{kind}-{seed}.pt"
    codec = make_codec(kind, size, seed)
    average, images, seconds, history = Average(codec, decay=0.998), 0, 0.0, []
    optimisers = make_optimisers(codec, *RATES)
    if path.exists():
        state = load(path)
        codec.load_state_dict(state["model"])
        average.load(state["average"], state["averageSteps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        images, seconds, history = state["images"], state["seconds"], state["history"]
    held_out = from_bytes(sets["val"]["images"][:HELD_OUT])
    torch.manual_seed(1000 * seed + images)
    saved_at = time.time()
    while images < size.codec_images and not clock.is_over():
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(images / size.codec_images + 1e-3)
        x0 = from_bytes(sets["train"]["images"][torch.randint(len(sets["train"]["images"]), (size.codec_batch,))])
        # Early on more of the samples are pure noise, where only the tokens can tell what there was.
        t = diffusion.sample_training_times(len(x0), 0.6 if images < 0.6 * size.codec_images else 0.25, "cpu")
        x = diffusion.add_noise(x0, torch.randn_like(x0), t)
        with autocast("cpu"):
            codes = codec.quantiser(codec.encoder(x0))
            drawn = codec.decoder.head(codec.decoder.features(x, t, codes, codec.training_visibility(t)))
        diffusion.loss_on_clean_image(drawn, x0, t).backward()
        torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(codec)
        images += len(x0)
        seconds += time.time() - started
        finished = images >= size.codec_images
        if finished or images >= (len(history) + 1) * size.codec_images / LOOKS:
            trained = {name: p.detach().clone() for name, p in codec.named_parameters()}
            codec.load_state_dict(average.state())
            history.append({"images": images, "seconds": round(seconds), **measure(codec, held_out)})
            codec.load_state_dict(trained)
            print(kind, seed, history[-1], flush=True)
        if finished or time.time() - saved_at > SAVE_EVERY:
            save({"model": codec.state_dict(), "average": average.state(), "averageSteps": average.steps, "images": images,
                  "optimisers": [one.state_dict() for one in optimisers], "seconds": seconds, "history": history}, path)
            saved_at = time.time()
    if images < size.codec_images:
        return None, history
    codec.load_state_dict(average.state())
    return codec.eval(), history


def parameters(codec):
    return {name: sum(p.numel() for p in getattr(codec, name).parameters()) for name in ("encoder", "decoder")}
