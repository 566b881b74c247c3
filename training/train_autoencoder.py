"""Trains the semantic autoencoder (models/autoencoder.py) on rendered scenes: the latents that the codec works on.

    python3 -m training.train_autoencoder --size cpu --minutes 40

First the encoder and its naming head learn alone to name, then all of it to draw, mostly on square crops around objects: a crop of
half the side costs a quarter of the work and holds an object all the same. What is drawn is read once more by a frozen copy of
the encoder that could name: latents and names should be the picture's (a perceptual loss with our own recogniser; the idea is
arXiv 1603.08155's). The last part sees whole pictures only.

Stop it at any time and start it again with the same command: it goes on from runs/autoencoder-<size>/last.pt.
Its stage is over when the judge reads .98 of the objects right through it (`python3 -m training.judge`).
"""
import copy

import torch
import torch.nn.functional as F
from PIL import Image

from training.models.autoencoder import SIZES, Autoencoder
from training.judge import load_judge, objects_named, objects_right
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, record_curve, save
from training.models.clock import Clock
from training.models.crops import cut_around_objects
from training.models.diffusion import psnr
from training.models.muon import make_convolution_optimisers
from training.models.pool import ScenePool, SceneStream, to_bytes
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import ATTRIBUTES, NOTHING, weight_of_cells
from training.world.vocabulary import WORLD

BATCHES = {"cpu": 64, "gpu": 512}  # whole pictures a step; of crops twice as many
# Of Muon and AdamW: the encoder, the decoder; the naming head has AdamW alone.
ENCODER_RATES, DECODER_RATES, NAMING_RATE = (7e-4, 5e-4), (2e-3, 1e-3), 1e-3
WHOLE_SHARE = 0.25  # of the time, at the end, for whole pictures
CROP = 0.5  # side of a crop, of the picture's
NAMING_WEIGHT = 0.1  # of the naming head's cross entropy beside the error of the pixels
READ_WEIGHT, READ_NAMING_WEIGHT = 0.1, 0.1  # of latents and names read from what is drawn
OBJECT_EMPHASIS = 4  # pixels of cells with an object count this much more
# So do those of a patterned ground: where colours deviate by so much within some pixels. An object's edge deviates by more.
PATTERN_EMPHASIS, FAINT, PATTERN_REACH = 12, (0.01, 0.12), 8
NOISY_SHARE, NOISE = 0.5, 0.4  # half of a batch carries Gaussian noise of up to this deviation on its latents
SHRUNK_SHARE = 0.1  # of a batch has its latents mixed towards the mean, anywhere between the two
SAVE_EVERY, LOOK_EVERY = 120, 600  # seconds


def parse():
    parser = training_parser(__doc__, 40, SIZES)
    parser.add_argument("--naming-minutes", type=float, default=8,
                        help="of them at the start for the encoder and its naming head alone, four times as many images a second")
    return parser.parse_args()


def faint_patterns(image):
    """Where a picture changes a little all around, as a patterned ground does: [B, 3, H, W] in [-1, 1] -> [B, 1, H, W], 0 or 1."""
    def around(maps):  # mean over PATTERN_REACH pixels in each direction
        side = 2 * PATTERN_REACH + 1
        for kernel, padding in (((1, side), (0, PATTERN_REACH)), ((side, 1), (PATTERN_REACH, 0))):
            maps = F.avg_pool2d(maps, kernel, 1, padding, count_include_pad=False)
        return maps
    contrast = around((image - around(image)).square().mean(dim=1, keepdim=True)).sqrt()
    return ((contrast > FAINT[0]) & (contrast < FAINT[1])).float()


def error_of_pixels(drawn, image, labels):
    """drawn, image [B, 3, H, W], labels [B, 4, cells, cells] -> half the absolute and the squared error, scalar

    What is faint is as much a part of the picture as what is not, and with its small errors would be learnt last: spotted grounds were
    drawn plain (training/LOG.md).
    """
    error = drawn.float() - image
    objects = (labels[:, :1] != NOTHING).float()
    emphasis = 1 + OBJECT_EMPHASIS * F.interpolate(objects, scale_factor=image.shape[-1] // labels.shape[-1]) + PATTERN_EMPHASIS * faint_patterns(image)
    return ((0.5 * error.abs() + error.square()) * emphasis).mean()


@torch.no_grad()
def measure(model, average, scenes, judge, device, picture=None):
    """Held-out scenes with the averaged weights: objects named in the latents, read in what is drawn, PSNR, also from latents with noise."""
    images = render(scenes).to(device)
    noise = torch.randn(len(images), model.config.channels, *[model.config.grid] * 2,
                        generator=torch.Generator().manual_seed(7)).to(device)
    model.eval()  # the norm's statistics are the model's own
    with average.lent(model), autocast(device):
        latents = model.encoder(images)
        drawn = [model.decoder(one).float().clamp(-1, 1) for one in (latents, latents + 0.3 * noise)]
        logits = model.naming(latents)
    model.train()
    if picture:
        rows = torch.cat([torch.cat(list(part[:12].cpu()), dim=2) for part in (images, *drawn)], dim=1)
        Image.fromarray(to_bytes(rows).permute(1, 2, 0).numpy()).save(picture)
    scores = {"named": objects_named([one.cpu() for one in logits], scenes)}
    for name, one in zip(("", "Noisy"), drawn):
        scores[f"psnr{name}"] = round(psnr(one, images).mean().item(), 2)
        if judge:
            scores[f"judged{name}"] = objects_right(judge, one.cpu(), scenes)
    return scores


def frozen_reader(model):
    """Encoder and naming head as they are now, for reading what is drawn."""
    return copy.deepcopy(torch.nn.ModuleList([model.encoder, model.naming])).requires_grad_(False).eval()


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
    use_processor(arguments.threads)
    batch_size = rehearsed(BATCHES[arguments.size], 8)
    config = SIZES[arguments.size]
    torch.manual_seed(arguments.seed)
    model = Autoencoder(config).to(device)
    if arguments.from_pack:
        start_from_old_stem(model, arguments.from_pack)
    optimisers = [*make_convolution_optimisers(model.encoder, *ENCODER_RATES),
                  *make_convolution_optimisers(model.decoder, *DECODER_RATES),
                  torch.optim.AdamW([{"params": model.naming.parameters(), "base_lr": NAMING_RATE}], betas=(0.9, 0.95))]
    average = Average(model, 0.998)
    clock, images, history, reader = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, [], None
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        average.load(state["average"], state["average_steps"])
        model.load_state_dict(state["model"], strict=True)
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        if state["reader"]:
            reader = frozen_reader(model)
            reader.load_state_dict(state["reader"])
        clock.resume(state["seconds"])
        images, history = state["images"], state["history"]
        print(f"resumed at {clock.minutes:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)  # never the batches of the first part again

    cells = 2 * config.grid
    source = (SceneStream(cells, arguments.seed + images, device) if device.startswith("cuda")
              else ScenePool(rehearsed(128, 1) * 64, config.image_size, cells, arguments.seed + images))
    held_out, judge = sample_batch(rehearsed(128, 12), generator_for("val", 5)), load_judge()
    recent, images_printed = [], images
    while clock.runs():
        clock.set_rates(optimisers, hold=0.4)
        draws, whole = clock.minutes >= arguments.naming_minutes, clock.progress >= 1 - WHOLE_SHARE
        image, labels, _ = source.batch(batch_size if whole else 2 * batch_size)
        places = None
        if not whole:  # two cells of the labels are one of the latents
            image, labels, places = cut_around_objects((image, labels, model.decoder.places(len(image))), labels, CROP, step=2)
        if draws and reader is None:
            reader = frozen_reader(model)

        def some(share):
            return torch.rand(len(image), 1, 1, 1, device=device) < share
        shrunk = some(SHRUNK_SHARE)
        keep = torch.where(shrunk, torch.rand_like(shrunk, dtype=torch.float), torch.ones(1, device=device))
        strength = NOISE * torch.rand_like(keep) * some(NOISY_SHARE)
        with autocast(device):
            drawn, logits, _ = model(image, strength, keep, draws, places)
        named, right = model.naming.loss(logits, labels)
        loss, pixels, read = NAMING_WEIGHT * named, torch.zeros_like(named), torch.zeros_like(named)
        if draws:
            encoder, naming = reader
            with autocast(device):
                with torch.no_grad():
                    truth = encoder(image)
                latents = encoder(drawn)
            pixels, read = error_of_pixels(drawn, image, labels), naming.loss(naming(latents), labels)[0]
            loss = loss + pixels + READ_WEIGHT * (weight_of_cells(labels, OBJECT_EMPHASIS) * (latents - truth).square()).mean() + READ_NAMING_WEIGHT * read
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(model)
        clock.pause()

        images += len(image)
        recent.append(torch.cat([torch.stack([pixels, named, read]).detach(), right]))
        speed = (images - images_printed) / max(clock.since("line"), 1e-9)
        if clock.due("line"):
            pixels, named, read, *right = torch.stack(recent).mean(dim=0).tolist()
            print(f"{clock.minutes:6.1f} min  {images:8d} images  {speed:6.1f} images/s  pixels {pixels:.4f}  naming {named:.3f} nats, read again {read:.3f}  "
                  + "  ".join(f"{name} {share:.3f}" for name, share in zip(ATTRIBUTES, right))
                  + f"  {clock.left:5.1f} min left", flush=True)
            recent, images_printed = [], images
        if clock.due("look"):
            scores = measure(model, average, held_out, judge, device, folder / f"look-{int(clock.minutes):03d}.png")
            history.append({"minutes": round(clock.minutes, 1), "images": images, **scores})
            print("held out:", history[-1], flush=True)
            record_curve(f"autoencoder {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            save({"config": config.as_dict(), "model": model.state_dict(), "average": average.state(),
                  "average_steps": average.steps, "optimisers": [o.state_dict() for o in optimisers],
                  "reader": reader.state_dict() if reader else None, "seconds": clock.seconds,
                  "images": images, "history": history, "seed": arguments.seed}, last)

    if not clock.complete:
        return
    append_log(f"autoencoder {arguments.size}", {
        "recipe": f"{config}, batch {batch_size}, crops of {CROP} but for the last {WHOLE_SHARE}, Muon and AdamW at {ENCODER_RATES} and "
                  f"{DECODER_RATES}, naming {NAMING_WEIGHT}, read again x {READ_WEIGHT} and {READ_NAMING_WEIGHT}, objects x {1 + OBJECT_EMPHASIS}, "
                  f"noise up to {NOISE} on {NOISY_SHARE}, shrunk {SHRUNK_SHARE}, seed {arguments.seed}, "
                  f"from {arguments.from_pack or 'nothing'}",
        "time": f"{clock.minutes:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
        "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
