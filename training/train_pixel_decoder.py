"""Trains the pixel decoder alone to draw what the finished codec predicts: latents after tokens and back.

    python3 -m training.train_pixel_decoder --size cpu --minutes 30

End to end (train_end_to_end.py) most of the work is in the transformers. Here they are frozen: what they predict is kept in a ring
and drawn several times, mostly as crops around objects, so a processor core sees six times as many crops a second. What is drawn is
read again as there. Most predictions are those of one step with all tokens; some are of four steps, of the coarsest tokens alone, or
the autoencoder's own latents. The last part sees whole pictures only.
Result: runs/pixel-decoder-<size>/last.pt, which cache and export take when it belongs to their codec.
"""
import time

import torch

from training.export.checkpoints import load_codec
from training.export.storage import codec_fingerprint, same_fingerprint
from training.judge import load_judge
from training.models import diffusion
from training.models.arguments import CallLimit, rehearsed, training_parser
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, rate_at, record_curve, save
from training.models.codec import SIZES
from training.models.crops import corners_around_objects, cut
from training.models.muon import make_convolution_optimisers
from training.models.pool import ScenePool, SceneStream, from_bytes, to_bytes
from training.train_autoencoder import error_of_pixels
from training.train_codec import measure
from training.train_end_to_end import CROP, READ_NAMING_WEIGHT, READ_WEIGHT, slipped
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import weight_of_cells
from training.world.vocabulary import WORLD

BATCHES = {"cpu": 32, "gpu": 256}  # whole pictures a step; of crops three times as many
RATES = (1.5e-3, 7e-4)  # of Muon and AdamW
WHOLE_SHARE = 0.2  # of the time, at the end, for whole pictures
OBJECT_EMPHASIS = 3
RING = 8192  # predictions kept
EACH_DRAWN = 6  # times, on average, before it is replaced
# Of the predictions: the autoencoder's own latents, those of four steps, those of the coarsest tokens; the rest is one step with all.
OWN, FOUR_STEPS, COARSEST = 0.1, 0.1, 0.2
SAVE_EVERY, LOOK_EVERY = 120, 300  # seconds


class Predictions:
    """A ring of scenes and of their latents after tokens and back."""

    def __init__(self, codec, source, size, device):
        self.codec, self.source, self.device, self.written = codec, source, device, 0
        config = codec.config
        self.images = torch.zeros(size, 3, config.image_size, config.image_size, dtype=torch.uint8)
        self.labels = torch.zeros(size, 4, 2 * config.grid, 2 * config.grid, dtype=torch.uint8)
        self.latents = torch.zeros(size, *config.latent_shape, dtype=torch.float16)

    @torch.no_grad()
    def add(self, count):
        """`count` more; they replace the oldest."""
        images, labels = self.source.batch(count)
        rows = torch.arange(self.written, self.written + count) % len(self.images)
        self.images[rows], self.labels[rows] = to_bytes(images).cpu(), labels.cpu()
        self.latents[rows] = self.predict(images).half().cpu()
        self.written += count

    def predict(self, images):
        """[B, 3, H, W] -> [B, channels, grid, grid]"""
        codec, batch, count = self.codec, len(images), self.codec.config.token_count
        own, four = round(OWN * batch), round(FOUR_STEPS * batch)
        with autocast(self.device):
            latents = codec.latents(images)
            codes = slipped(codec.quantiser(codec.encoder(latents[own:])), codec.quantiser.levels)
            noise = torch.randn_like(latents[own:])
            # Codes in place of tokens: the sampler only hands them on.
            decoder = lambda *inputs: codec.decoder.from_codes(*inputs).float()  # noqa: E731
            t = torch.ones(batch - own - four, device=self.device)
            fewest = torch.randint(0, count, (len(t), 1), device=self.device)
            fewest *= torch.rand(len(t), 1, device=self.device) < COARSEST
            visible = torch.arange(count, device=self.device) >= fewest
            x = noise[four:] * diffusion.NOISE_SCALE
            return torch.cat([latents[:own].float(), diffusion.sample(decoder, codes[:four], noise[:four], 4),
                              decoder(x, t, codes[four:], visible)])

    def batch(self, count):
        """-> images [count, 3, H, W] in [-1, 1], labels [count, 4, cells, cells], latents [count, channels, grid, grid]"""
        chosen = torch.randint(0, min(self.written, len(self.images)), (count,))
        return (from_bytes(self.images[chosen]).to(self.device), self.labels[chosen].to(self.device),
                self.latents[chosen].float().to(self.device))


def main():
    arguments = training_parser(__doc__, 30, SIZES, from_pack=False).parse_args()
    device, folder = arguments.device, RUNS / f"pixel-decoder-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(arguments.seed)
    whole_batch = rehearsed(BATCHES[arguments.size], 8)
    codec = load_codec(arguments.size, pixels=False)[0].to(device).requires_grad_(False).eval()
    start, naming = codec_fingerprint(codec), codec.autoencoder.naming
    parts = torch.nn.ModuleDict({"pixels": codec.autoencoder.decoder}).requires_grad_(True)
    optimisers = make_convolution_optimisers(parts["pixels"], *RATES)
    average = Average(parts, 0.998)
    seconds, images, history = 0.0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if not same_fingerprint(state["start"], start):
            raise SystemExit(f"{last} draws for another codec: remove {folder} to start afresh")
        parts.load_state_dict(state["model"])
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        seconds, images, history = state["seconds"], state["images"], state["history"]
        print(f"resumed at {seconds / 60:.1f} minutes, {images} pictures and crops", flush=True)
        torch.manual_seed(arguments.seed + images)

    config = codec.config
    seed = arguments.seed + 177 + images
    source = (SceneStream(2 * config.grid, seed, device) if device.startswith("cuda")
              else ScenePool(rehearsed(64, 1) * 64, config.image_size, 2 * config.grid, seed))
    ring = Predictions(codec, source, rehearsed(RING, 64), device)
    while ring.written < len(ring.images) // 4:
        ring.add(rehearsed(64, 32))
    held_out, judge = sample_batch(rehearsed(128, 12), generator_for("val", 5)), load_judge()
    budget, limit = arguments.minutes * 60, CallLimit(arguments.stop_after)
    recent, saved_at, looked_at, printed_at, images_printed, drawn_since = [], seconds, seconds, seconds, images, 0
    while seconds < budget and not limit.reached():
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(seconds / budget)
        whole = seconds > (1 - WHOLE_SHARE) * budget
        image, labels, latents = ring.batch(whole_batch if whole else 3 * whole_batch)
        if not whole:
            cells = labels.shape[-1]
            side = int(CROP * cells)
            corners = corners_around_objects(labels, side, step=2)
            image, labels, latents = (cut(maps, corners, side, cells) for maps in (image, labels, latents))
        with autocast(device):
            truth = codec.latents(image)
            drawn = codec.autoencoder.decoder(latents)
            read = codec.autoencoder.encoder(drawn)
            named = naming(read)
        found = {"pixels": error_of_pixels(drawn, image, labels),
                 "read": READ_WEIGHT * (weight_of_cells(labels, OBJECT_EMPHASIS) * (read - truth).square()).mean(),
                 "read naming": READ_NAMING_WEIGHT * naming.loss(named, labels)[0]}
        sum(found.values()).backward()
        torch.nn.utils.clip_grad_norm_(parts.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(parts)
        images += len(image)
        drawn_since += len(image)
        while drawn_since >= 64 * EACH_DRAWN:
            ring.add(rehearsed(64, 32))
            drawn_since -= 64 * EACH_DRAWN
        recent.append(torch.stack(list(found.values())).detach())
        seconds += time.time() - started
        if seconds - printed_at > 30:
            mean = ", ".join(f"{name} {value:.4f}" for name, value in zip(found, torch.stack(recent).mean(dim=0).tolist()))
            print(f"{seconds / 60:6.1f} min  {images:8d} images  {(images - images_printed) / (seconds - printed_at):6.1f} images/s  "
                  f"{mean}  {(budget - seconds) / 60:5.1f} min left", flush=True)
            recent, printed_at, images_printed = [], seconds, images
        finished = seconds >= budget or limit.reached()
        if finished or seconds - looked_at > LOOK_EVERY or not history:
            history.append({"minutes": round(seconds / 60, 1), "images": images,
                            **measure(codec, parts, average, held_out, judge, device, folder / f"look-{int(seconds / 60):03d}.png")})
            for name, value in history[-1].items():
                print("  held out:", name, value, flush=True)
            record_curve(f"pixel decoder {arguments.size}, world {WORLD}", history)
            looked_at = seconds
        if finished or seconds - saved_at > SAVE_EVERY:
            save({"model": parts.state_dict(), "average": average.state(), "average_steps": average.steps,
                  "optimisers": [o.state_dict() for o in optimisers], "seconds": seconds, "images": images,
                  "history": history, "seed": arguments.seed, "start": start}, last)
            saved_at = seconds

    if seconds >= budget:
        append_log(f"pixel decoder {arguments.size}", {
            "recipe": f"predictions of the frozen codec, each drawn {EACH_DRAWN} times; {OWN} own latents, {FOUR_STEPS} of four steps, {COARSEST} of coarsest "
                      f"tokens; crops of {CROP} in batches of {3 * whole_batch}, whole pictures in the last {WHOLE_SHARE}; Muon and AdamW at {RATES}, read "
                      f"again x {READ_WEIGHT}, names read again x {READ_NAMING_WEIGHT}",
            "time": f"{seconds / 60:.0f} minutes on {device}, {arguments.threads} threads, {images} pictures and crops",
            "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
