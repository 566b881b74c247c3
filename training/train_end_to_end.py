"""Goes on with the finished codec end to end: from latents to tokens, back to latents, and to pixels that are read again.

    python3 -m training.train_end_to_end --size cpu --minutes 120
    python3 -m training.train_end_to_end --size cpu --minutes 180 --fixed-tokens

Until here the pixel decoder has never seen predicted latents and the tokens have never seen what is drawn from them; a named
object that is still drawn as a blur is what this stage is for. What is drawn goes through the autoencoder's frozen encoder once
more: latents and names should be those of the picture it was made from (a perceptual loss with our own recogniser; arXiv
1603.08155 for the idea). The judge has no part in it.
Three of four steps draw only a crop around an object of every picture, which costs a quarter of the work.
Once a language model has learnt to write the tokens, `--fixed-tokens` trains both decoders alone, so that its tokens keep their
meaning; tokens that are components alone are fixed from the start. Where there is a reader of phrases (train_phrases.py), a third of the
pictures are drawn from tokens that it writes for their plans: the decoders learn which of its mistakes mean nothing. Otherwise part of the tokens are those of a careless writer. Part of the batch
are always the autoencoder's own latents. The last fifth of the time belongs to the decoder of pixels alone.
Result: runs/end-to-end-<size>/last.pt, which cache and export take when it is there.
"""
import torch

from training.export.checkpoints import LATER_PARTS, later_parts, load_codec, load_phrases
from training.export.storage import encoder_fingerprint, same_fingerprint
from training.judge import load_judge
from training.models import diffusion
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, record_curve, save, weights_under
from training.models.clock import Clock
from training.models.codec import SIZES
from training.models.crops import cut_around_objects
from training.models.muon import make_convolution_optimisers, make_optimisers
from training.models.phrases import PlanWriter, written_codes
from training.models.pool import ScenePool, SceneStream
from training.train_autoencoder import error_of_pixels
from training.train_codec import OBJECT_EMPHASIS, measure
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import weight_of_cells
from training.world.vocabulary import WORLD

BATCHES = {"cpu": 48, "gpu": 512}
# Of Muon and AdamW. While tokens change, a quarter of what each part began with: at twice this, names were lost faster than pixels
# gained. With fixed tokens the decoder bears more, and gains while its rates fall.
CODEC_RATES, PIXEL_RATES = ((5e-4, 2.5e-4), (1e-3, 5e-4)), (1e-3, 5e-4)
HOLD = (0.75, 0.3)  # share of the time at these rates
# From here on, of the time, the decoder of pixels goes on alone, from true tokens and its rate full once more: it sees three times as
# many pictures a minute. Part of them from few tokens: of those alone it would learn to see dots where latents only hesitate.
ALONE_FROM, OWN_SHARE_ALONE, COARSE_SHARE_ALONE = 0.8, 0.4, 0.25
WHOLE_STEPS = 4  # one in so many steps draws whole pictures, the others crops of this side
CROP = 0.5
# Shares of the samples at t = 1, and without their finest tokens; with fixed tokens the case that the pack recommends, one step from
# all tokens, has the most.
NOISE_SHARES, COARSE_SHARES = (0.5, 0.85), (0.40, 0.15)
OWN_LATENTS = 6  # one in so many pictures is drawn from the autoencoder's own latents
# Beside the error of the pixels: squared error and names of the predicted latents, and of the latents read from what is drawn.
LATENT_WEIGHT, NAMING_WEIGHT = 0.3, 0.3
READ_WEIGHT, READ_NAMING_WEIGHT = 0.1, 0.3
SLIP_SHARE = 0.1  # up to this share of tokens has a code one level off in one channel: a language model misses by so much
WRITTEN_SHARE, WRITTEN_TEMPERATURE = 1 / 3, 0.5  # with fixed tokens: pictures drawn from what phrases say, and how freely
SAVE_EVERY, LOOK_EVERY = 120, 600  # seconds


def losses(codec, image, labels, own, fixed, whole, written=None):
    """image [B, 3, H, W], of which the first `own` are drawn from their own latents -> dict of scalars, weighted and to be added.

    fixed: whether the tokens keep their meaning. `whole`: all of each picture is drawn, otherwise a crop around an object. written
    [n, K, channels]: codes in place of those of the last n pictures.
    """
    config, naming, device = codec.config, codec.autoencoder.naming, str(image.device)
    batch, faithful = len(image), len(image) - (0 if written is None else len(written))
    t = diffusion.sample_training_times(batch - own, NOISE_SHARES[fixed], device)
    visible = diffusion.sample_training_visibility(t, config.token_count, COARSE_SHARES[fixed])
    with autocast(device):
        latents = codec.latents(image)
        with torch.set_grad_enabled(not fixed):
            codes = codec.quantiser(codec.encoder(latents[own:]))
        step = 2 / (codec.quantiser.levels - 1)
        codes = (codes + step * codec.quantiser.slips(codes.shape[:2], SLIP_SHARE, device)).clamp(-1, 1)
        if written is not None:
            codes = torch.cat([codes[:faithful - own], written.to(codes.dtype)])
        x = diffusion.add_noise(latents[own:], torch.randn_like(latents[own:]), t)
        prediction = codec.decoder.from_codes(x, t, codes, visible)
        of_latents = diffusion.loss_on_clean_image(prediction, latents[own:], t, weight_of_cells(labels[own:], OBJECT_EMPHASIS))
        of_names = naming.loss(naming(prediction), labels[own:])[0]
    shown, places = torch.cat([latents[:own], prediction]), codec.autoencoder.decoder.places(batch)
    if not whole:  # two cells of the labels are one of the latents
        shown, places, image, labels = cut_around_objects((shown, places, image, labels), labels, CROP, step=2)
    with autocast(device):
        with torch.no_grad():
            truth = latents if whole else codec.latents(image)  # of a crop, as what is drawn is read
        drawn = codec.autoencoder.decoder(shown, places)
        read = codec.autoencoder.encoder(drawn)
        read_named = naming(read)
    # Written tokens say what is there, not where each stripe lies: to match those pixels would teach blur.
    return {"pixels": error_of_pixels(drawn[:faithful], image[:faithful], labels[:faithful]),
            "latents": LATENT_WEIGHT * of_latents,
            "naming": NAMING_WEIGHT * of_names,
            "read": READ_WEIGHT * (weight_of_cells(labels, OBJECT_EMPHASIS) * (read - truth).square()).mean(),
            "read naming": READ_NAMING_WEIGHT * naming.loss(read_named, labels)[0]}


def losses_of_pixels(codec, image, labels, own, whole):
    """The same of the decoder of pixels alone: the first `own` pictures from their own latents, the others from tokens in one step, most from all."""
    device, count = str(image.device), codec.config.token_count
    with torch.no_grad(), autocast(device):
        latents = codec.latents(image)
        t = torch.ones(len(image) - own, device=device)
        codes = codec.quantiser(codec.encoder(latents[own:]))
        visible = diffusion.sample_training_visibility(t, count, COARSE_SHARE_ALONE)
        prediction = codec.decoder.from_codes(torch.randn_like(latents[own:]), t, codes, visible)
    shown, places = torch.cat([latents[:own], prediction]), codec.autoencoder.decoder.places(len(image))
    if not whole:  # two cells of the labels are one of the latents
        shown, places, image, labels = cut_around_objects((shown, places, image, labels), labels, CROP, step=2)
    with autocast(device):
        drawn = codec.autoencoder.decoder(shown, places)
    return {"pixels": error_of_pixels(drawn, image, labels)}


def main():
    parser = training_parser(__doc__, 120, SIZES, from_pack=False)
    parser.add_argument("--fixed-tokens", action="store_true", help="tokens keep their meaning: train both decoders alone")
    arguments = parser.parse_args()
    device, folder = arguments.device, RUNS / f"end-to-end-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    use_processor(arguments.threads)
    torch.manual_seed(arguments.seed)
    batch_size = rehearsed(BATCHES[arguments.size], 8)
    codec = load_codec(arguments.size, later=False)[0].to(device).requires_grad_(False).eval()
    start, fixed = encoder_fingerprint(codec), arguments.fixed_tokens or not codec.config.encoder_blocks
    parts = later_parts(codec).requires_grad_(True)
    optimisers = [*make_optimisers(torch.nn.ModuleList([codec.encoder, codec.decoder]), *CODEC_RATES[fixed]),
                  *make_convolution_optimisers(codec.autoencoder.decoder, *PIXEL_RATES)]
    average = Average(parts, 0.998)
    clock, images, history = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if not same_fingerprint(state["start"], start):
            raise SystemExit(f"{last} went on from another codec: remove {folder} to start afresh")
        parts.load_state_dict(state["model"])
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        if fixed:  # from here on tokens are those of the averaged weights
            parts["encoder"].load_state_dict(weights_under("encoder.", average.state()), strict=True)
        clock.resume(state["seconds"])
        images, history = state["images"], state["history"]
        print(f"resumed at {clock.minutes:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)
    parts["encoder"].requires_grad_(not fixed)

    config = codec.config
    writes = fixed and (RUNS / f"phrases-{arguments.size}" / "last.pt").exists()
    reader = load_phrases(arguments.size)[0].to(device) if writes else None
    write_plans = PlanWriter(RUNS / "text" / "tokenizer.json") if reader else None
    source = (SceneStream(2 * config.grid, arguments.seed + images, device, write_plans) if device.startswith("cuda")
              else ScenePool(rehearsed(128, 1) * 64, config.image_size, 2 * config.grid, arguments.seed + 77 + images,
                             write_plans=write_plans))
    held_out, judge = sample_batch(rehearsed(128, 12), generator_for("val", 5)), load_judge()
    recent, images_printed = [], images
    while clock.runs():
        alone = clock.progress >= ALONE_FROM
        clock.set_rates(optimisers, HOLD[fixed], *((ALONE_FROM, 1.0) if alone else (0.0, ALONE_FROM)))
        image, labels, plans = source.batch(batch_size)
        whole, written = images // batch_size % WHOLE_STEPS == 0, None
        if reader and not alone:
            plans = plans[batch_size - round(WRITTEN_SHARE * batch_size):]
            with torch.no_grad():
                written = written_codes(reader(plans, plans > 0), codec.quantiser, WRITTEN_TEMPERATURE)
        found = (losses_of_pixels(codec, image, labels, round(OWN_SHARE_ALONE * batch_size), whole) if alone
                 else losses(codec, image, labels, batch_size // OWN_LATENTS, fixed, whole, written))
        sum(found.values()).backward()
        torch.nn.utils.clip_grad_norm_([p for p in parts.parameters() if p.requires_grad], 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(parts)
        clock.pause()

        images += batch_size
        recent.append(torch.stack(list(found.values())).detach())
        since = clock.since("line")
        if clock.due("line"):
            mean = torch.stack([values for values in recent if len(values) == len(found)]).mean(dim=0)
            mean = ", ".join(f"{name} {value:.4f}" for name, value in zip(found, mean.tolist()))
            print(f"{clock.minutes:6.1f} min  {images:8d} images  {(images - images_printed) / since:6.1f} images/s  "
                  f"{mean}  {clock.left:5.1f} min left", flush=True)
            recent, images_printed = [], images
        if clock.due("look") or (not history and clock.seconds > 120):
            history.append({"minutes": round(clock.minutes, 1), "images": images,
                            **measure(codec, parts, average, held_out, judge, device, folder / f"look-{int(clock.minutes):03d}.png")})
            for name, value in history[-1].items():
                print("  held out:", name, value, flush=True)
            record_curve(f"end to end {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            save({"model": parts.state_dict(), "average": average.state(), "average_steps": average.steps,
                  "optimisers": [o.state_dict() for o in optimisers], "seconds": clock.seconds, "images": images,
                  "history": history, "seed": arguments.seed, "start": start}, last)

    if clock.complete:
        append_log(f"end to end {arguments.size}", {
            "recipe": f"{', '.join(LATER_PARTS)}; batch {batch_size}, one in {OWN_LATENTS} from the autoencoder's own latents, crops of {CROP} in all but one of "
                      f"{WHOLE_STEPS} steps, Muon and AdamW at {CODEC_RATES[fixed]} and {PIXEL_RATES}, latents x {LATENT_WEIGHT}, names x {NAMING_WEIGHT}, read again x "
                      f"{READ_WEIGHT}, names read again x {READ_NAMING_WEIGHT}, slips on up to {SLIP_SHARE}, pixels alone from {ALONE_FROM} of the time"
                      f"{', tokens fixed' if fixed else ''}{f', {WRITTEN_SHARE:.2f} of them written from phrases at {WRITTEN_TEMPERATURE}' if writes else ''}",
            "time": f"{clock.minutes:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
            "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
