"""Teaches the decoder of pixels to draw what predicted latents name, against a critic (models/critic.py).

    python3 -m training.train_pixels --size cpu --minutes 60

The latents that are drawn from tokens name more than is shown of them: they are means over what the tokens leave open, and the
smallest error draws means as blurs. Here encoder and diffusion decoder are finished; a process of its own predicts latents from
tokens as they are read and, where phrases have learnt to write, as they are written for plans; only the decoder of pixels learns, on
crops around objects. What is drawn is also read again by the autoencoder's encoder, as in train_end_to_end.py.
The judge has no part in it.
Result: runs/pixels-<size>/last.pt, which cache and export take when it is there.
"""
import torch

from training.export.checkpoints import load_codec, load_phrases
from training.export.storage import encoder_fingerprint, same_fingerprint
from training.judge import load_judge, objects_right
from training.models import diffusion
from training.models.arguments import rehearsed, training_parser
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, record_curve, save
from training.models.clock import Clock
from training.models.codec import SIZES
from training.models.critic import Critic, hinge
from training.models.crops import corners_around_objects, cut
from training.models.muon import make_convolution_optimisers
from training.models.phrases import PlanWriter, likeliest_tokens, written_codes
from training.models.pool import RENDER_BATCH, Pool, draw_scenes, from_bytes, to_bytes
from training.train_autoencoder import error_of_pixels
from training.train_codec import OBJECT_EMPHASIS
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import segment, weight_of_cells
from training.world.vocabulary import WORLD

BATCHES = {"cpu": 32, "gpu": 256}
RATES, CRITIC_RATE = (1e-3, 5e-4), 1e-3  # of Muon and AdamW; of the critic's Adam
WHOLE_STEPS = 8  # one in so many steps draws whole pictures, a quarter as many, the others crops of this side
CROP = 0.5
READ_WEIGHT, READ_NAMING_WEIGHT = 0.3, 1.0  # of latents and names read from what is drawn, beside the error of the pixels
CRITIC_SHARE = 1.0  # the critic pulls at the last layer with this share of the pixels' strength
CRITIC_STARTS = 120  # steps in which it learns alone
OWN, HIDDEN, LATER, WRITTEN = 8, 8, 8, 32  # of 64 pictures: from own latents, from coarse tokens alone, at a later t, from written tokens
WRITTEN_TEMPERATURE, SLIP_SHARE = 0.5, 0.1
SAVE_EVERY, LOOK_EVERY = 120, 300  # seconds


class Predicted:
    """generator -> images uint8, labels, predicted latents float16 and whether all tokens were seen; may be sent to another process."""

    def __init__(self, size, device="cpu"):
        self.size, self.device, self.codec = size, device, None

    def __getstate__(self):
        return {"size": self.size, "device": self.device, "codec": None}  # every process opens its own

    def open(self):
        self.codec = load_codec(self.size, pixels=False)[0].to(self.device)
        written = (RUNS / f"phrases-{self.size}" / "last.pt").exists()
        self.reader = load_phrases(self.size)[0].to(self.device) if written else None
        self.write_plans = PlanWriter(RUNS / "text" / "tokenizer.json") if written else None

    @torch.no_grad()
    def __call__(self, generator):
        if self.codec is None:
            self.open()
        codec, count = self.codec, self.codec.config.token_count
        scenes = draw_scenes(RENDER_BATCH, generator)
        images = render(scenes)
        with autocast(self.device):
            latents = codec.latents(images)
            codes = codec.quantiser(codec.encoder(latents))
            step = 2 / (codec.quantiser.levels - 1)
            codes = (codes + step * codec.quantiser.slips(codes.shape[:2], SLIP_SHARE, self.device)).clamp(-1, 1)
            if self.reader:
                plans = self.write_plans(scenes[torch.arange(WRITTEN)]).to(self.device)
                codes = torch.cat([written_codes(self.reader(plans, plans > 0), codec.quantiser, WRITTEN_TEMPERATURE), codes[WRITTEN:]])
            t = torch.ones(len(images), device=self.device)
            t[-OWN - LATER:] = diffusion.sample_training_times(OWN + LATER, 0, self.device)
            visible = diffusion.visibility(t, count)
            hidden = slice(len(images) - OWN - LATER - HIDDEN, len(images) - OWN - LATER)
            visible[hidden] &= torch.arange(count, device=self.device) >= torch.randint(0, count, (HIDDEN, 1), device=self.device)
            x = diffusion.add_noise(latents, torch.randn_like(latents), t)
            predicted = codec.decoder.from_codes(x, t, codes, visible).float()
        predicted[-OWN:] = latents[-OWN:]
        whole = torch.ones(len(images), dtype=torch.bool, device=self.device)
        whole[hidden] = False
        return to_bytes(images), segment(scenes, 2 * codec.config.grid), predicted.half(), whole


class Stream:
    """As Pool.sample, computed on the accelerator."""

    def __init__(self, make, seed, device):
        self.make, self.generator = make, generator_for("train", seed, device)

    def sample(self, count):
        batches = [self.make(self.generator) for _ in range(-(-count // RENDER_BATCH))]
        return [torch.cat(parts)[:count] for parts in zip(*batches)]


def held_out_latents(codec, scenes, size):
    """dict of predicted latents of held-out scenes, one step: from their tokens and, where phrases can, from the likeliest for their plans"""
    images, config = render(scenes), codec.config
    noise = torch.randn(len(images), *config.latent_shape, generator=torch.Generator().manual_seed(7))
    result = {}
    with torch.no_grad():
        result["Read"] = diffusion.sample(codec.decoder, codec.encode(images), noise, 1)
        if (RUNS / f"phrases-{size}" / "last.pt").exists():
            plans = PlanWriter(RUNS / "text" / "tokenizer.json")(scenes)
            tokens = likeliest_tokens(load_phrases(size)[0](plans, plans > 0), codec.quantiser)
            result["Written"] = diffusion.sample(codec.decoder, tokens, noise, 1)
    return images, result


@torch.no_grad()
def measure(decoder, average, images, latents, scenes, judge, picture):
    """Held-out scenes with the averaged weights: PSNR and objects right of what is drawn from each of the latents."""
    scores, rows = {}, [images]
    with average.lent(decoder):
        for name, one in latents.items():
            drawn = decoder(one.to(next(decoder.parameters()).device)).float().clamp(-1, 1).cpu()
            rows.append(drawn)
            scores[f"psnr{name}"] = round(diffusion.psnr(drawn, images).mean().item(), 2)
            if judge:
                scores[f"judged{name}"] = objects_right(judge, drawn, scenes)
    from PIL import Image
    sheet = torch.cat([torch.cat(list(part[:12]), dim=2) for part in rows], dim=1)
    Image.fromarray(to_bytes(sheet).permute(1, 2, 0).numpy()).save(picture)
    return scores


def strength(loss, weight):
    """How strongly a loss pulls at a weight, scalar."""
    return torch.autograd.grad(loss, weight, retain_graph=True)[0].norm()


def main():
    arguments = training_parser(__doc__, 60, SIZES, from_pack=False).parse_args()
    device, folder = arguments.device, RUNS / f"pixels-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(arguments.seed)
    batch_size = rehearsed(BATCHES[arguments.size], 8)
    codec = load_codec(arguments.size, pixels=False)[0].requires_grad_(False).eval()
    start = encoder_fingerprint(codec)
    held_out, judge = sample_batch(rehearsed(192, 12), generator_for("val", 5)), load_judge()
    held_out_images, held_out_latent = held_out_latents(codec, held_out, arguments.size)
    codec = codec.to(device)
    encoder, naming, decoder = codec.autoencoder.encoder, codec.autoencoder.naming, codec.autoencoder.decoder.requires_grad_(True)
    critic = Critic(codec.autoencoder.encoder.stem).to(device)
    last_weight = [p for p in decoder.parameters() if p.ndim == 4][-1]
    optimisers = [*make_convolution_optimisers(decoder, *RATES),
                  torch.optim.Adam([{"params": critic.looks(), "base_lr": CRITIC_RATE}], lr=CRITIC_RATE, betas=(0.5, 0.99))]
    average = Average(decoder, 0.998)
    clock, images, history = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if not same_fingerprint(state["start"], start):
            raise SystemExit(f"{last} went on from another codec: remove {folder} to start afresh")
        decoder.load_state_dict(state["model"])
        critic.load_state_dict(state["critic"])
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        clock.resume(state["seconds"])
        images, history = state["images"], state["history"]
        print(f"resumed at {clock.minutes:.1f} minutes, {images} images", flush=True)
        torch.manual_seed(arguments.seed + images)
    make = Predicted(arguments.size, device)
    source = (Stream(make, arguments.seed + images, device) if device.startswith("cuda")
              else Pool(make, rehearsed(192, 16) * RENDER_BATCH, arguments.seed + 99 + images, share_of_core=0.25))
    recent, images_printed, weight, steps = [], images, 0.0, images // batch_size
    if not history:
        history.append({"minutes": 0.0, "images": 0, **measure(decoder, average, held_out_images, held_out_latent, held_out, judge, folder / "look-000.png")})
        print("held out:", history[-1], flush=True)
    while clock.runs():
        clock.set_rates(optimisers, hold=0.6)
        is_whole = steps % WHOLE_STEPS == 0
        image, labels, shown, complete = (part.to(device) for part in source.sample(batch_size // 4 if is_whole else batch_size))
        image, shown = from_bytes(image), shown.float()
        cells = labels.shape[-1]
        if not is_whole:
            side = int(CROP * cells)
            corners = corners_around_objects(labels, side, step=2)  # two cells of the labels are one of the latents
            shown, image, labels = (cut(maps, corners, side, cells) for maps in (shown, image, labels))
        with autocast(device):
            drawn = decoder(shown)
            read = encoder(drawn)
            with torch.no_grad():
                truth = encoder(image)
            of_naming = naming.loss(naming(read), labels)[0]
        of_pixels = error_of_pixels(drawn, image, labels)
        of_read = (weight_of_cells(labels, OBJECT_EMPHASIS) * (read - truth).square()).mean()
        loss = of_pixels + READ_WEIGHT * of_read + READ_NAMING_WEIGHT * of_naming
        judged = loss.new_zeros(())
        with autocast(device):
            if steps >= CRITIC_STARTS:
                # What was drawn from a part of the tokens cannot know what it should be.
                judged = -(critic(drawn, labels).float() * complete[:, None, None]).mean()
        if steps >= CRITIC_STARTS:
            if steps % 10 == 0 or not weight:
                found = (strength(of_pixels, last_weight) / strength(judged, last_weight).clamp(min=1e-6)).clamp(max=10).item()
                weight = found if not weight else 0.9 * weight + 0.1 * found
            loss = loss + CRITIC_SHARE * weight * judged
        loss.backward()
        optimisers[-1].zero_grad(set_to_none=True)  # the critic does not learn to be fooled
        with autocast(device):
            told = hinge(critic(image, labels), critic(drawn.detach()[complete], labels[complete]))
        told.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(decoder)
        clock.pause()

        steps, images = steps + 1, images + len(image)
        recent.append(torch.stack([of_pixels, of_read, of_naming, judged, told]).detach().float())
        since = clock.since("line")
        if clock.due("line"):
            mean = torch.stack(recent).mean(dim=0).tolist()
            words = ", ".join(f"{name} {value:.4f}" for name, value in zip(("pixels", "read", "read naming", "critic", "told apart"), mean))
            print(f"{clock.minutes:6.1f} min  {images:8d} images  {(images - images_printed) / since:6.1f} images/s  {words}, "
                  f"weight {weight:.3f}  {clock.left:5.1f} min left", flush=True)
            recent, images_printed = [], images
        if clock.due("look"):
            history.append({"minutes": round(clock.minutes, 1), "images": images,
                            **measure(decoder, average, held_out_images, held_out_latent, held_out, judge, folder / f"look-{int(clock.minutes):03d}.png")})
            print("held out:", history[-1], flush=True)
            record_curve(f"pixels {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            save({"model": decoder.state_dict(), "critic": critic.state_dict(), "average": average.state(), "average_steps": average.steps,
                  "optimisers": [o.state_dict() for o in optimisers], "seconds": clock.seconds, "images": images,
                  "history": history, "seed": arguments.seed, "start": start}, last)

    if clock.complete:
        append_log(f"pixels {arguments.size}", {
            "recipe": f"batch {batch_size}, crops of {CROP} in all but one of {WHOLE_STEPS} steps, Muon and AdamW at {RATES}, critic at {CRITIC_RATE} "
                      f"with {CRITIC_SHARE} of the pixels' strength, read again x {READ_WEIGHT}, names read again x {READ_NAMING_WEIGHT}, of {RENDER_BATCH} "
                      f"{WRITTEN} written at {WRITTEN_TEMPERATURE}, {LATER} at a later t, {HIDDEN} from coarse tokens, {OWN} own latents",
            "time": f"{clock.minutes:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
            "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
