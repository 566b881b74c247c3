"""Trains the semantic autoencoder (models/autoencoder.py) on rendered scenes: the latents that the codec works on.

    python3 -m training.train_autoencoder --size cpu --minutes 40

Stop it at any time and start it again with the same command: it goes on from runs/autoencoder-<size>/last.pt.
Its stage is over when the judge reads .98 of the objects right through it (`python3 -m training.judge`).
"""
import time

import torch
import torch.nn.functional as F
from PIL import Image

from training.models.autoencoder import SIZES, Autoencoder
from training.models.arguments import CallLimit, rehearsed, training_parser
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, rate_at, record_curve, save
from training.models.diffusion import psnr
from training.models.pool import ScenePool, SceneStream, to_bytes
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import ATTRIBUTES, NOTHING, segment
from training.world.vocabulary import WORLD

# Per size: images per step and the learning rate of AdamW.
RECIPES = {"cpu": (64, 1.5e-3), "gpu": (512, 2e-3)}
NAMING_WEIGHT = 0.1  # of the naming head's cross entropy beside the error of the pixels
OBJECT_EMPHASIS = 4  # pixels of cells with an object count this much more
NOISY_SHARE, NOISE = 0.5, 0.5  # half of a batch carries Gaussian noise of up to this deviation on its latents
SHRUNK_SHARE = 0.15  # of a batch has its latents mixed towards the mean, anywhere between the two
SAVE_EVERY, LOOK_EVERY = 120, 300  # seconds


def parse():
    parser = training_parser(__doc__, 40, SIZES)
    parser.add_argument("--naming-minutes", type=float, default=8,
                        help="of them at the start for the encoder and its naming head alone, four times as many images a second")
    return parser.parse_args()


def error_of_pixels(drawn, image, labels):
    """drawn, image [B, 3, H, W], labels [B, 4, cells, cells] -> half the absolute and the squared error, scalar"""
    error = drawn.float() - image
    objects = (labels[:, :1] != NOTHING).float()
    emphasis = 1 + OBJECT_EMPHASIS * F.interpolate(objects, scale_factor=image.shape[-1] // labels.shape[-1])
    return ((0.5 * error.abs() + error.square()) * emphasis).mean()


@torch.no_grad()
def measure(model, average, scenes, device, picture=None):
    """Held-out scenes with the averaged weights: PSNR as they are and from latents with noise, and what is named right."""
    trained = {name: p.detach().clone() for name, p in model.named_parameters()}
    model.load_state_dict(average.state(), strict=False)  # the norm's statistics are the model's own
    model.eval()
    images = render(scenes).to(device)
    noise = torch.randn(len(images), model.config.channels, *[model.config.grid] * 2,
                        generator=torch.Generator().manual_seed(7)).to(device)
    with autocast(device):
        latents = model.encoder(images)
        drawn = [model.decoder(one).float().clamp(-1, 1) for one in (latents, latents + 0.3 * noise, 0.5 * latents)]
        logits = model.naming(latents)
    labels = segment(scenes, 2 * model.config.grid).to(device)
    named = model.naming.loss(logits, labels)[1]
    model.train()
    model.load_state_dict(trained, strict=False)
    if picture:
        rows = [torch.cat(list(part[:12]), dim=2) for part in (images, *drawn)]
        Image.fromarray(to_bytes(torch.cat(rows, dim=1).cpu()).permute(1, 2, 0).numpy()).save(picture)
    scores = {"psnr": psnr(drawn[0], images).mean().item(), "psnrNoisy": psnr(drawn[1], images).mean().item(),
              "deviation": latents.std().item(), **dict(zip(ATTRIBUTES, named.tolist()))}
    return {name: round(value, 3) for name, value in scores.items()}


def start_from_old_stem(model, pack):
    """The stem of a pixel codec's pack (format 1 of this repository) -> the first convolutions of this encoder."""
    from training.export.storage import weights_of
    weights = weights_of(f"{pack}/encoder.onnx")
    stem = {name.split("stem.", 1)[1]: value for name, value in weights.items() if ".stem." in name}
    model.encoder.stem.load_state_dict(stem, strict=True)


def main():
    arguments = parse()
    device, folder = arguments.device, RUNS / f"autoencoder-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    batch_size, base_rate = RECIPES[arguments.size]
    batch_size = rehearsed(batch_size, 8)
    config = SIZES[arguments.size]
    torch.manual_seed(arguments.seed)
    model = Autoencoder(config).to(device)
    if arguments.from_pack:
        start_from_old_stem(model, arguments.from_pack)
    optimiser = torch.optim.AdamW(model.parameters(), lr=base_rate, betas=(0.9, 0.95), weight_decay=1e-4)
    average = Average(model, 0.998)
    seconds, images, history = 0.0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        average.load(state["average"], state["average_steps"])
        model.load_state_dict(state["model"], strict=True)
        optimiser.load_state_dict(state["optimiser"])
        seconds, images, history = state["seconds"], state["images"], state["history"]
        print(f"resumed at {seconds / 60:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)  # never the batches of the first part again

    cells = 2 * config.grid
    source = (SceneStream(cells, arguments.seed + images, device) if device.startswith("cuda")
              else ScenePool(rehearsed(128, 1) * 64, config.image_size, cells, arguments.seed + images))
    held_out = sample_batch(rehearsed(128, 12), generator_for("val", 0))
    budget = arguments.minutes * 60
    recent, saved_at, looked_at, printed_at, images_printed = [], seconds, seconds, seconds, images
    limit = CallLimit(arguments.stop_after)
    while seconds < budget and not limit.reached():
        started = time.time()
        for group in optimiser.param_groups:
            group["lr"] = base_rate * rate_at(seconds / budget, hold=0.3)
        image, labels = source.batch(batch_size)

        def some(share):
            return torch.rand(batch_size, 1, 1, 1, device=device) < share
        shrunk = some(SHRUNK_SHARE)
        keep = torch.where(shrunk, torch.rand_like(shrunk, dtype=torch.float), torch.ones(1, device=device))
        strength = NOISE * torch.rand_like(keep) * some(NOISY_SHARE)
        with autocast(device):
            drawn, logits, _ = model(image, strength, keep, draw=seconds >= 60 * arguments.naming_minutes)
        named, right = model.naming.loss(logits, labels)
        pixels = error_of_pixels(drawn, image, labels) if drawn is not None else torch.zeros_like(named)
        (pixels + NAMING_WEIGHT * named).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update(model)

        images += batch_size
        recent.append(torch.cat([torch.stack([pixels, named]).detach(), right]))
        seconds += time.time() - started
        if seconds - printed_at > 30:
            speed = (images - images_printed) / (seconds - printed_at)
            pixels, named, *right = torch.stack(recent).mean(dim=0).tolist()
            print(f"{seconds / 60:6.1f} min  {images:8d} images  {speed:6.1f} images/s  pixels {pixels:.4f}  naming {named:.3f} nats  "
                  + "  ".join(f"{name} {share:.3f}" for name, share in zip(ATTRIBUTES, right))
                  + f"  {(budget - seconds) / 60:5.1f} min left", flush=True)
            recent, printed_at, images_printed = [], seconds, images
        finished = seconds >= budget or limit.reached()
        if finished or seconds - looked_at > LOOK_EVERY:
            scores = measure(model, average, held_out, device, folder / f"look-{int(seconds / 60):03d}.png")
            history.append({"minutes": round(seconds / 60, 1), "images": images, **scores})
            print("held out:", history[-1], flush=True)
            record_curve(f"autoencoder {arguments.size}, world {WORLD}", history)
            looked_at = seconds
        if finished or seconds - saved_at > SAVE_EVERY:
            save({"config": config.as_dict(), "model": model.state_dict(), "average": average.state(),
                  "average_steps": average.steps, "optimiser": optimiser.state_dict(), "seconds": seconds,
                  "images": images, "history": history, "seed": arguments.seed}, last)
            saved_at = seconds

    if seconds < budget:
        return
    append_log(f"autoencoder {arguments.size}", {
        "recipe": f"{config}, batch {batch_size}, AdamW at {base_rate}, naming {NAMING_WEIGHT}, objects x {1 + OBJECT_EMPHASIS}, "
                  f"noise up to {NOISE} on {NOISY_SHARE}, shrunk {SHRUNK_SHARE}, seed {arguments.seed}, "
                  f"from {arguments.from_pack or 'nothing'}",
        "time": f"{seconds / 60:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
        "held out": "; ".join(str(row) for row in history)})


if __name__ == "__main__":
    main()
