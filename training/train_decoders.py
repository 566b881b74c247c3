"""Goes on with both decoders, tokens fixed: from tokens to latents and from latents to pixels, end to end.

    python3 -m training.train_decoders --size cpu --minutes 45

The encoders stay as they are, so tokens and language models keep their meaning. Three quarters of every batch are drawn from
tokens, some of them those of a careless writer, and the error of the pixels reaches the diffusion decoder too; one quarter are
the autoencoder's own latents. A named object that is still drawn as a blur is what this stage is for.
Result: runs/decoders-<size>/last.pt, which cache and export take when it is there.
"""
import time

import torch
import torch.nn.functional as F

from training.export.checkpoints import load_codec
from training.export.storage import encoder_fingerprint, same_fingerprint
from training.judge import load_judge, objects_named, objects_right
from training.models import diffusion
from training.models.arguments import CallLimit, rehearsed, training_parser
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, rate_at, record_curve, save
from training.models.codec import SIZES
from training.models.muon import make_convolution_optimisers, make_optimisers
from training.models.pool import ScenePool, SceneStream
from training.train_autoencoder import error_of_pixels
from training.train_codec import NAMING_WEIGHT, OBJECT_EMPHASIS
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import NOTHING
from training.world.vocabulary import WORLD

BATCHES = {"cpu": 48, "gpu": 512}
# Of Muon and AdamW: the diffusion decoder goes on at half of its first rate.
DIFFUSION_RATES, PIXEL_RATES = (1e-3, 5e-4), (2e-3, 1e-3)
OWN_LATENTS = 4  # one in so many pictures is drawn from the autoencoder's own latents
LATENT_WEIGHT = 0.2  # of the error of the latents beside that of the pixels
SLIP_SHARE = 0.1  # up to this share of tokens has a code one level off in one channel: a language model misses by so much
SAVE_EVERY, LOOK_EVERY = 120, 300  # seconds


def slipped(codes, levels):
    """codes [B, K, channels] in [-1, 1] -> some of them one level off in one channel"""
    batch, count, channels = codes.shape
    device = codes.device
    step = 2 / (levels.to(device) - 1)  # [channels]
    which = F.one_hot(torch.randint(channels, (batch, count), device=device), channels)
    sign = torch.randint(2, (batch, count, 1), device=device) * 2 - 1
    slips = torch.rand(batch, count, 1, device=device) < SLIP_SHARE * torch.rand(batch, 1, 1, device=device)
    return (codes + slips * which * sign * step).clamp(-1, 1)


def decoders_of(codec):
    """Diffusion decoder and pixel decoder, under one roof for averages and checkpoints."""
    return torch.nn.ModuleDict({"diffusion": codec.decoder, "pixels": codec.autoencoder.decoder})


@torch.no_grad()
def measure(codec, decoders, average, scenes, judge, device):
    """Held-out scenes with the averaged weights: the autoencoder alone, after tokens and back in one step and in four."""
    trained = {name: p.detach().clone() for name, p in decoders.named_parameters()}
    decoders.load_state_dict(average.state(), strict=True)
    images = render(scenes).to(device)
    noise = torch.randn(len(images), *codec.config.latent_shape, generator=torch.Generator().manual_seed(7)).to(device)
    latents, tokens, scores = codec.latents(images), codec.encode(images), {}
    for name, one in (("", latents), *((str(steps), diffusion.sample(codec.decoder, tokens, noise, steps)) for steps in (1, 4))):
        drawn = codec.pixels(one)
        scores[f"psnr{name}"] = round(diffusion.psnr(drawn, images).mean().item(), 2)
        scores[f"named{name}"] = objects_named([part.cpu() for part in codec.autoencoder.naming(one)], scenes)["all"]
        if judge:
            scores[f"judged{name}"] = objects_right(judge, drawn.cpu(), scenes)
    decoders.load_state_dict(trained, strict=True)
    return scores


def main():
    arguments = training_parser(__doc__, 45, SIZES, from_pack=False).parse_args()
    device, folder = arguments.device, RUNS / f"decoders-{arguments.size}"
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(arguments.seed)
    batch_size = rehearsed(BATCHES[arguments.size], 8)
    codec = load_codec(arguments.size)[0].to(device).requires_grad_(False).eval()
    decoders, encoder = decoders_of(codec).requires_grad_(True), encoder_fingerprint(codec)
    optimisers = [*make_optimisers(codec.decoder, *DIFFUSION_RATES),
                  *make_convolution_optimisers(codec.autoencoder.decoder, *PIXEL_RATES)]
    average = Average(decoders, 0.998)
    seconds, images, history = 0.0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if not same_fingerprint(state["encoder"], encoder):
            raise SystemExit(f"{last} belongs to another codec: remove {folder} to start afresh")
        decoders.load_state_dict(state["model"])
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        seconds, images, history = state["seconds"], state["images"], state["history"]
        print(f"resumed at {seconds / 60:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)

    config = codec.config
    source = (SceneStream(2 * config.grid, arguments.seed + images, device) if device.startswith("cuda")
              else ScenePool(rehearsed(128, 1) * 64, config.image_size, 2 * config.grid, arguments.seed + 77 + images))
    held_out, judge = sample_batch(rehearsed(128, 12), generator_for("val", 5)), load_judge()
    budget, limit = arguments.minutes * 60, CallLimit(arguments.stop_after)
    own = batch_size // OWN_LATENTS
    recent, saved_at, looked_at, printed_at, images_printed = [], seconds, seconds, seconds, images
    while seconds < budget and not limit.reached():
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(seconds / budget, hold=0.3)
        image, labels = source.batch(batch_size)
        t = diffusion.sample_training_times(batch_size - own, 0.5, device)
        visible = diffusion.sample_training_visibility(t, config.token_count)
        with autocast(device):
            latents = codec.latents(image)
            with torch.no_grad():
                codes = slipped(codec.quantiser(codec.encoder(latents[own:])), codec.quantiser.levels)
            x = diffusion.add_noise(latents[own:], torch.randn_like(latents[own:]), t)
            prediction = codec.decoder.from_codes(x, t, codes, visible)
            naming = codec.autoencoder.naming(prediction)
            drawn = codec.autoencoder.decoder(torch.cat([latents[:own], prediction]))
        objects = F.max_pool2d((labels[own:, :1] != NOTHING).float(), 2)
        of_latents = diffusion.loss_on_clean_image(prediction, latents[own:], t, 1 + OBJECT_EMPHASIS * objects)
        named, _ = codec.autoencoder.naming.loss(naming, labels[own:])
        pixels = error_of_pixels(drawn, image, labels)
        (pixels + LATENT_WEIGHT * (of_latents + NAMING_WEIGHT * named)).backward()
        torch.nn.utils.clip_grad_norm_(decoders.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(decoders)

        images += batch_size
        recent.append(torch.stack([pixels, of_latents, named]).detach())
        seconds += time.time() - started
        if seconds - printed_at > 30:
            mean = torch.stack(recent).mean(dim=0).tolist()
            print(f"{seconds / 60:6.1f} min  {images:8d} images  {(images - images_printed) / (seconds - printed_at):6.1f} images/s  "
                  f"pixels {mean[0]:.4f}  latents {mean[1]:.3f}  naming {mean[2]:.3f} nats  {(budget - seconds) / 60:5.1f} min left",
                  flush=True)
            recent, printed_at, images_printed = [], seconds, images
        finished = seconds >= budget or limit.reached()
        if finished or seconds - looked_at > LOOK_EVERY or (not history and seconds > 60):
            history.append({"minutes": round(seconds / 60, 1), "images": images,
                            **measure(codec, decoders, average, held_out, judge, device)})
            print("held out:", history[-1], flush=True)
            record_curve(f"decoders {arguments.size}, world {WORLD}", history)
            looked_at = seconds
        if finished or seconds - saved_at > SAVE_EVERY:
            save({"model": decoders.state_dict(), "average": average.state(), "average_steps": average.steps,
                  "optimisers": [o.state_dict() for o in optimisers], "seconds": seconds, "images": images,
                  "history": history, "seed": arguments.seed, "encoder": encoder}, last)
            saved_at = seconds

    if seconds >= budget:
        append_log(f"decoders {arguments.size}", {
            "recipe": f"batch {batch_size}, one in {OWN_LATENTS} from the autoencoder's own latents, Muon and AdamW at "
                      f"{DIFFUSION_RATES} and {PIXEL_RATES}, latents x {LATENT_WEIGHT}, slips on up to {SLIP_SHARE}",
            "time": f"{seconds / 60:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
            "held out": "; ".join(str(row) for row in history)})


if __name__ == "__main__":
    main()
