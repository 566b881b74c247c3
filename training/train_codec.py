"""Trains the image tokenizer (models/codec.py) on the latents of the finished autoencoder.

    python3 -m training.train_codec --size cpu --minutes 60

Stop it at any time and start it again with the same command: it goes on from runs/codec-<size>/last.pt.
Afterwards all of it goes on end to end, pixels included (train_end_to_end.py).
"""
import argparse

import torch
from PIL import Image

from training.export.checkpoints import load_autoencoder
from training.judge import load_judge, objects_named, objects_right
from training.models import diffusion
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, record_curve, save
from training.models.clock import Clock
from training.models.codec import DELAYS, SIZES, Codec, CodecConfig, start_from_components
from training.models.muon import make_optimisers
from training.models.pool import ScenePool, SceneStream, to_bytes
from training.models.speed import codec_operations, describe_rate
from training.world.changes import changed
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import weight_of_cells
from training.world.vocabulary import WORLD

# Per size: images per step, learning rates of the matrices (Muon) and of the rest (AdamW).
RECIPES = {"cpu": (64, 2e-3, 1e-3), "gpu": (512, 3e-3, 1.5e-3)}
COMPONENT_SCENES = 8192  # latents that the principal components are taken from
CHANGED_SCENES = 4096  # and pairs of scenes that turn them
NAMING_WEIGHT = 1.0  # of the frozen naming head's cross entropy on the predicted latents, beside the squared error
OBJECT_EMPHASIS = 3  # cells with objects count this much more
SAVE_EVERY, LOOK_EVERY = 120, 480  # seconds
COARSEST = (4, 8, 16, 32)  # tokens kept when the coarse end is measured


def parse():
    parser = training_parser(__doc__, 60, SIZES)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available(),
                        help="torch.compile (2.x); does nothing on the CPU")
    return parser.parse_args()


@torch.no_grad()
def latents_of_changes(codec, count, device, batch=128):
    """Name of a change -> how the latents of `count` scenes differ from those of the changed scenes [count, channels, grid, grid]"""
    generator, found = generator_for("train", 977), {name: [] for name in DELAYS}
    for _ in range(count // batch):
        scenes = sample_batch(batch, generator)
        latents = codec.latents(render(scenes).to(device))
        for name, parts in found.items():
            parts.append((codec.latents(render(changed(scenes, name, generator)).to(device)) - latents).cpu())
    return {name: torch.cat(parts) for name, parts in found.items()}


@torch.no_grad()
def measure(codec, parts, average, scenes, judge, device, picture=None):
    """Held-out scenes with the averaged weights of the trained parts: PSNR and objects right as the autoencoder draws them, after
    tokens and back in one step and in four, and from the coarse end."""
    images = render(scenes).to(device)
    noise = torch.randn(len(images), *codec.config.latent_shape, generator=torch.Generator().manual_seed(7)).to(device)
    scores, rows = {}, [images]
    with average.lent(parts), autocast(device):
        true_latents = codec.latents(images)
        tokens = codec.encode(images)

        def show(name, latents):
            drawn = codec.pixels(latents)
            rows.append(drawn)
            scores[f"psnr{name}"] = round(diffusion.psnr(drawn, images).mean().item(), 2)
            scores[f"named{name}"] = objects_named([one.cpu() for one in codec.autoencoder.naming(latents)], scenes)
            if judge:
                scores[f"judged{name}"] = objects_right(judge, drawn.cpu(), scenes)

        def decode(name, steps, keep_from=0):
            show(name, diffusion.sample(lambda *inputs: codec.decoder(*inputs).float(), tokens, noise, steps, keep_from=keep_from))
        show("Own", true_latents)
        decode("1", 1)
        decode("4", 4)
        for count in COARSEST:
            decode(f"Coarsest{count}", 1, codec.config.token_count - count)
    if picture:
        drawn = torch.cat([torch.cat(list(part[:12]), dim=2) for part in rows], dim=1)
        Image.fromarray(to_bytes(drawn.cpu()).permute(1, 2, 0).numpy()).save(picture)
    return {**scores, "codes": len(tokens.unique())}


def main():
    arguments = parse()
    device, folder = arguments.device, RUNS / f"codec-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    use_processor(arguments.threads)
    batch_size, *rates = RECIPES[arguments.size]
    batch_size, component_scenes = rehearsed(batch_size, 8), rehearsed(COMPONENT_SCENES, 512)

    torch.manual_seed(arguments.seed)
    last = folder / "last.pt"
    state = load(last, device) if last.exists() else None
    if state:
        codec = Codec(CodecConfig(**state["config"])).to(device)
        codec.load_state_dict(state["codec"], strict=True)
    elif arguments.from_pack:
        from training.export.checkpoints import codec_of_pack
        codec = codec_of_pack(arguments.from_pack).to(device)
    else:
        autoencoder = load_autoencoder(arguments.size)[0]
        codec = Codec(CodecConfig(autoencoder.config.as_dict(), **SIZES[arguments.size])).to(device)
        codec.autoencoder.load_state_dict(autoencoder.state_dict())
    config = codec.config
    clock = Clock(arguments, SAVE_EVERY, LOOK_EVERY)
    images, history = (state["images"], state["history"]) if state else (0, [])
    cells = 2 * config.grid
    source = (SceneStream(cells, arguments.seed + images, device) if device.startswith("cuda")
              else ScenePool(rehearsed(COMPONENT_SCENES, 64), config.image_size, cells, arguments.seed + images))
    if not state and not arguments.from_pack:
        with torch.no_grad():
            latents = torch.cat([codec.latents(source.batch(256)[0]) for _ in range(component_scenes // 256)])
        changes = latents_of_changes(codec, rehearsed(CHANGED_SCENES, 128), device)
        print("principal components:", start_from_components(codec, latents.cpu(), changes), flush=True)
    codec.train()
    codec.encoder.requires_grad_(config.encoder_blocks > 0)  # components alone stay what they are
    optimisers = make_optimisers(codec.trained(), *rates)
    average = Average(codec.trained())
    if state:
        average.load(state["average"], state["average_steps"])
        codec.trained().load_state_dict(state["trained"], strict=True)
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        clock.resume(state["seconds"])
        print(f"resumed at {clock.minutes:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)  # never the batches of the first part again

    held_out, judge = sample_batch(rehearsed(128, 12), generator_for("val", 5)), load_judge()
    compiled = torch.compile if arguments.compile else lambda function: function
    encode, decode = compiled(codec.encoder), compiled(codec.decoder.from_codes)
    work = codec_operations(codec)
    recent, images_printed = [], images
    while clock.runs():
        clock.set_rates(optimisers, hold=0.4)
        image, labels, _ = source.batch(batch_size)
        t = diffusion.sample_training_times(batch_size, 0.6 if clock.progress < 0.6 else 0.25, device)
        visible = diffusion.sample_training_visibility(t, config.token_count)
        with autocast(device):
            latents = codec.latents(image)
            noise = torch.randn_like(latents)
            x = diffusion.add_noise(latents, noise, t)
            codes = codec.quantiser(encode(latents))
            prediction = decode(x, t, codes, visible)
            naming = codec.autoencoder.naming(prediction)
        loss = diffusion.loss_on_clean_image(prediction, latents, t, weight_of_cells(labels, OBJECT_EMPHASIS))
        named, right = codec.autoencoder.naming.loss(naming, labels)
        (loss + NAMING_WEIGHT * named).backward()
        torch.nn.utils.clip_grad_norm_(codec.trained().parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(codec.trained())
        clock.pause()

        images += batch_size
        recent.append(torch.cat([torch.stack([loss, named]).detach(), right]))
        speed = (images - images_printed) / max(clock.since("line"), 1e-9)
        if clock.due("line"):
            mean = torch.stack(recent).mean(dim=0).tolist()
            print(f"{clock.minutes:6.1f} min  {images:8d} images  {speed:6.1f} images/s  {describe_rate(work, speed, device)}  "
                  f"loss {mean[0]:.4f}  naming {mean[1]:.3f} nats, cells right {[round(share, 3) for share in mean[2:]]}  "
                  f"{clock.left:5.1f} min left", flush=True)
            recent, images_printed = [], images
        if clock.due("look") or (not history and clock.seconds > 120):
            scores = measure(codec, codec.trained(), average, held_out, judge, device, folder / f"look-{int(clock.minutes):03d}.png")
            history.append({"minutes": round(clock.minutes, 1), "images": images, **scores})
            for name, value in history[-1].items():
                print("  held out:", name, value, flush=True)
            record_curve(f"codec {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            with average.lent(codec.trained()) as trained:
                save({"config": config.as_dict(), "codec": codec.state_dict(), "trained": trained, "average": average.state(),
                      "average_steps": average.steps, "optimisers": [o.state_dict() for o in optimisers],
                      "seconds": clock.seconds, "images": images, "history": history,
                      "seed": arguments.seed}, last)

    if not clock.complete:
        return
    append_log(f"codec {arguments.size}", {
        "recipe": f"{config}, batch {batch_size}, Muon and AdamW at {rates}, naming {NAMING_WEIGHT}, cells with objects "
                  f"x {1 + OBJECT_EMPHASIS}, seed {arguments.seed}",
        "time": f"{clock.minutes:.0f} minutes on {device}, "
                f"{arguments.threads} threads, {images} images",
        "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
