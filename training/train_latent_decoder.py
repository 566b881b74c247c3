"""Goes on with the autoencoder's decoder on what the finished codec gives it: latents after tokens and back.

    python3 -m training.train_latent_decoder --size cpu --minutes 20

Encoder and codec stay as they are, so tokens and language models keep their meaning. Half of every batch are the encoder's
own latents, half those that one step of the codec's decoder makes of tokens, now and then with few of them: crisp pictures
of imperfect latents, plain ones of vague ones. Result: runs/latent-decoder-<size>/last.pt, which export takes when it is there.
"""
import time

import torch

from training.export.checkpoints import load_codec
from training.export.storage import encoder_fingerprint, same_fingerprint
from training.judge import load_judge, objects_right
from training.models import diffusion
from training.models.arguments import CallLimit, rehearsed, training_parser
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, rate_at, record_curve, save
from training.models.codec import SIZES
from training.models.muon import make_convolution_optimisers
from training.models.pool import ScenePool, SceneStream
from training.train_autoencoder import RECIPES, error_of_pixels
from training.world.render import render
from training.world.scene import generator_for, sample_batch

RATES = 2e-3, 1e-3  # of Muon and AdamW: convolutions learn twice as fast with Muon (LOG.md)
FEW_TOKENS_SHARE = 0.25  # of the latents from tokens are made of the coarse end alone
SAVE_EVERY, LOOK_EVERY = 120, 240  # seconds


@torch.no_grad()
def from_tokens(codec, latents):
    """latents [B, ...] -> those that one step makes of their tokens, for some of their coarse end alone"""
    batch, count = len(latents), codec.config.token_count
    index = torch.arange(count, device=latents.device)
    keep_from = torch.randint(count, (batch, 1), device=latents.device)
    whole = torch.rand(batch, 1, device=latents.device) >= FEW_TOKENS_SHARE
    noise, t = diffusion.NOISE_SCALE * torch.randn_like(latents), torch.ones(batch, device=latents.device)
    codes = codec.quantiser(codec.encoder(latents))
    return codec.decoder.from_codes(noise, t, codes, whole | (index >= keep_from)).float()


@torch.no_grad()
def measure(codec, decoder, average, scenes, judge, device):
    """Held-out scenes with the averaged weights, from the encoder's latents and after tokens and back in one step."""
    trained = {name: p.detach().clone() for name, p in decoder.named_parameters()}
    decoder.load_state_dict(average.state(), strict=True)
    images = render(scenes).to(device)
    noise = torch.randn(len(images), *codec.config.latent_shape, generator=torch.Generator().manual_seed(7)).to(device)
    latents = codec.latents(images)
    back = diffusion.sample(codec.decoder, codec.encode(images), noise, 1)
    scores = {}
    for name, one in (("", latents), ("Tokens", back)):
        drawn = decoder(one).float().clamp(-1, 1)
        scores[f"psnr{name}"] = round(diffusion.psnr(drawn, images).mean().item(), 2)
        if judge:
            scores[f"judged{name}"] = objects_right(judge, drawn.cpu(), scenes)
    decoder.load_state_dict(trained, strict=True)
    return scores


def main():
    arguments = training_parser(__doc__, 20, SIZES, from_pack=False).parse_args()
    device, folder = arguments.device, RUNS / f"latent-decoder-{arguments.size}"
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(arguments.seed)
    batch_size = rehearsed(RECIPES[arguments.size][0], 8)
    codec = load_codec(arguments.size)[0].to(device).requires_grad_(False).eval()
    decoder, encoder = codec.autoencoder.decoder.requires_grad_(True), encoder_fingerprint(codec)
    optimisers = make_convolution_optimisers(decoder, *RATES)
    average = Average(decoder, 0.998)
    seconds, images, history = 0.0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if not same_fingerprint(state["encoder"], encoder):
            raise SystemExit(f"{last} belongs to another codec: remove {folder} to start afresh")
        decoder.load_state_dict(state["model"])
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        seconds, images, history = state["seconds"], state["images"], state["history"]
        torch.manual_seed(arguments.seed + images)

    cells = 2 * codec.config.grid
    source = (SceneStream(cells, arguments.seed + images, device) if device.startswith("cuda")
              else ScenePool(rehearsed(128, 1) * 64, codec.config.image_size, cells, arguments.seed + 77 + images))
    held_out, judge = sample_batch(rehearsed(128, 12), generator_for("val", 5)), load_judge()
    budget, limit = arguments.minutes * 60, CallLimit(arguments.stop_after)
    recent, saved_at, looked_at, printed_at, images_printed = [], seconds, seconds, seconds, images
    while seconds < budget and not limit.reached():
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(seconds / budget, hold=0.3)
        image, labels = source.batch(batch_size)
        half = batch_size // 2
        with autocast(device):
            latents = codec.latents(image)
            latents[:half] = from_tokens(codec, latents[:half])
            drawn = decoder(latents)
        loss = error_of_pixels(drawn, image, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(decoder)
        images += batch_size
        recent.append(loss.detach())
        seconds += time.time() - started
        if seconds - printed_at > 30:
            print(f"{seconds / 60:6.1f} min  {images:8d} images  {(images - images_printed) / (seconds - printed_at):6.1f} images/s  "
                  f"pixels {torch.stack(recent).mean():.4f}  {(budget - seconds) / 60:5.1f} min left", flush=True)
            recent, printed_at, images_printed = [], seconds, images
        finished = seconds >= budget or limit.reached()
        if finished or seconds - looked_at > LOOK_EVERY:
            history.append({"minutes": round(seconds / 60, 1), "images": images,
                            **measure(codec, decoder, average, held_out, judge, device)})
            print("held out:", history[-1], flush=True)
            record_curve(f"latent decoder {arguments.size}", history)
            looked_at = seconds
        if finished or seconds - saved_at > SAVE_EVERY:
            save({"model": decoder.state_dict(), "average": average.state(), "average_steps": average.steps,
                  "optimisers": [o.state_dict() for o in optimisers], "seconds": seconds, "images": images, "history": history,
                  "seed": arguments.seed, "encoder": encoder}, last)
            saved_at = seconds

    if seconds >= budget:
        append_log(f"latent decoder {arguments.size}", {
            "recipe": f"batch {batch_size}, half from tokens, {FEW_TOKENS_SHARE} of those from few, Muon and AdamW at {RATES}",
            "time": f"{seconds / 60:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
            "held out": "; ".join(str(row) for row in history)})


if __name__ == "__main__":
    main()
