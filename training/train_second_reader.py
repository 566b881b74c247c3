"""Trains a second reader of pictures, whose opinion the language model is reinforced with (train_reinforced.py), so that the
judge stays a stranger to every training.

    python3 -m training.train_second_reader --minutes 10

It shares nothing with the judge (detector.py) but the rendered scenes, softened as a decoder would leave them: other seed, and
another architecture, that of the semantic autoencoder's encoder (models/autoencoder.py), which names what covers each of
16 x 16 places, without heatmap or offsets. Stop it at any time; it goes on from runs/second-reader/last.pt.
"""
import torch
import torch.nn.functional as F
from torch import nn

from training.judge import objects_named
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.autoencoder import AutoencoderConfig, LatentEncoder, Naming
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, save
from training.models.clock import Clock
from training.models.muon import make_convolution_optimisers
from training.train_detector import draw_scenes, soften
from training.world.description import Background, Scene, SceneObject
from training.world.language import canonical_caption, is_consistent, parse_caption
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import segment
from training.world.vocabulary import BACKGROUNDS, COLOURS, KINDS, SIZE_RADII, SIZES, TEXTURES, TWO_COLOUR_BACKGROUNDS

# Pictures a step; rates of Muon for the encoder's convolutions, and of AdamW for the rest of it and for the heads. The rates are the
# autoencoder's: with AdamW alone kinds were not named within minutes.
BATCH, ENCODER_RATES, HEAD_RATE = 64, (7e-4, 5e-4), 1e-3
SAVE_EVERY, LOOK_EVERY = 60, 120  # seconds
NAMING_WEIGHT = 4.0  # of the attributes' mean cross entropy beside that of the ground
BANDS = 4  # of the picture from top to bottom, of which the ground is read
PLACES = 16  # a side, at which it names
LEAST_PLACES = 8  # that make an object: a small one covers eighteen
VALUES = (KINDS, COLOURS, TEXTURES, SIZES)  # of the attributes, in their order
TWO_COLOURS = torch.tensor([kind in TWO_COLOUR_BACKGROUNDS for kind in BACKGROUNDS])


class SecondReader(nn.Module):
    """image [B, 3, 128, 128] in [-1, 1] -> logits of every attribute at 16 x 16 places as `Naming` has them, and of the ground:
    kind [B, 6], colours [B, 2, 12]"""

    def __init__(self):
        super().__init__()
        config = AutoencoderConfig(stem_width=256)
        self.encoder, self.naming = LatentEncoder(config), Naming(config)
        self.ground = nn.Sequential(nn.Linear(BANDS * config.channels, 192), nn.GELU(), nn.Linear(192, len(BACKGROUNDS) + 2 * len(COLOURS)))

    def forward(self, image):
        latents = self.encoder(image)
        ground = self.ground(F.adaptive_avg_pool2d(latents, (BANDS, 1)).flatten(1)).float()
        kind, colours = ground.split([len(BACKGROUNDS), 2 * len(COLOURS)], dim=1)
        return self.naming(latents), kind, colours.reshape(-1, 2, len(COLOURS))

    def loss(self, read, scenes):
        """What `forward` returned, and the truth on the same device -> mean cross entropy, scalar."""
        named, kind, colours = read
        first, second = scenes.background_colours.unbind(1)
        two = TWO_COLOURS.to(kind.device)[scenes.background_kind].float()
        return (NAMING_WEIGHT * self.naming.loss(named, segment(scenes, PLACES))[0] + F.cross_entropy(kind, scenes.background_kind)
                + F.cross_entropy(colours[:, 0], first) + (F.cross_entropy(colours[:, 1], second, reduction="none") * two).mean())

    @torch.no_grad()
    def scenes(self, image):
        """What it sees in every picture, as list of Scene: connected places that it calls the same kind are an object, whose other
        attributes they vote on; its middle is theirs."""
        named, kind, colours = self(image)
        votes = [one.float().log_softmax(1).cpu() for one in named]
        kinds = votes[0].argmax(1).tolist()
        found = []
        for number, rows in enumerate(kinds):
            objects = []
            for places in islands(rows, nothing=len(KINDS)):
                row, column = torch.tensor(places).unbind(1)
                best = [VALUES[at][one[number][:, row, column].sum(dim=1)[:len(VALUES[at])].argmax()] for at, one in enumerate(votes)]
                x, y = ((float(axis.float().mean()) + 0.5) / PLACES for axis in (column, row))
                objects.append(SceneObject(*best, x, y, sum(SIZE_RADII[SIZES.index(best[-1])]) / 2))
            ground = BACKGROUNDS[int(kind[number].argmax())]
            first, second = (COLOURS[int(one.argmax())] for one in colours[number])
            found.append(Scene(Background(ground, [first, second if ground in TWO_COLOUR_BACKGROUNDS else first]), objects))
        return found


def islands(rows, nothing):
    """rows: lists of labels -> lists of (row, column) of places with one label that touch by their sides, small ones left out."""
    left = {(row, column) for row, labels in enumerate(rows) for column, label in enumerate(labels) if label != nothing}
    found = []
    while left:
        places = [left.pop()]
        for row, column in places:  # grows while it is walked through
            for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if near in left and rows[near[0]][near[1]] == rows[row][column]:
                    left.remove(near)
                    places.append(near)
        if len(places) >= LEAST_PLACES:
            found.append(places)
    return found


def agrees(texts, scenes):
    """Whether what was read in a picture is what its text says, and no object more -> [B] float, 1 or 0."""
    return torch.tensor([float(fulfils(parse_caption(text), scene)) for text, scene in zip(texts, scenes)])


def fulfils(claim, scene):
    return len(scene.objects) == (claim.total or sum(one.count for one in claim.objects)) and is_consistent(claim, scene)


def measure(model, average, scenes, softened):
    """Objects named right and pictures all right on held-out scenes, with the averaged weights."""
    model.eval()
    images = render(scenes)
    if softened:
        images = soften(images, torch.Generator().manual_seed(3))
    with average.lent(model), torch.no_grad():
        named = model(images)[0]
        read = model.scenes(images)
    model.train()
    texts = [canonical_caption(scene) for scene in scenes.to_scenes()]
    return {**objects_named(named, scenes), "pictures": round(agrees(texts, read).mean().item(), 3)}


def load_second_reader():
    model = SecondReader()
    model.load_state_dict(load(RUNS / "second-reader" / "last.pt")["average"])
    return model.eval()


def main():
    arguments = training_parser(__doc__, 10, from_pack=False).parse_args()
    use_processor(arguments.threads)
    torch.manual_seed(arguments.seed + 4000)
    device, last = arguments.device, RUNS / "second-reader" / "last.pt"
    model = SecondReader().to(device)
    heads = [*model.naming.parameters(), *model.ground.parameters()]
    optimisers = [*make_convolution_optimisers(model.encoder, *ENCODER_RATES),
                  torch.optim.AdamW([{"params": heads, "base_lr": HEAD_RATE}], betas=(0.9, 0.95))]
    average = Average(model, 0.998)
    clock, steps, found = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, None
    if last.exists():
        state = load(last, device)
        model.load_state_dict(state["model"])
        average.load({name: state["average"][name] for name in average.names}, state["steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        clock.resume(state["seconds"])
        steps = state["steps"]
    generator = generator_for("train", arguments.seed + 4000 + steps, device)
    held_out = sample_batch(rehearsed(512, 16), generator_for("val", 6))
    batch_size = rehearsed(BATCH, 12)
    while clock.runs():
        clock.set_rates(optimisers, hold=0.4)
        scenes = draw_scenes(generator, batch_size)[torch.randperm(batch_size, generator=generator, device=device)]
        with autocast(device):
            read = model(soften(render(scenes), generator))
        loss = model.loss(read, scenes)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 4.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(model)
        steps += 1
        clock.pause()
        if clock.due("line"):
            print(f"{clock.minutes:5.1f} min  step {steps}  {steps * batch_size / clock.seconds:.0f} images/s  loss {loss.item():.3f}", flush=True)
        if clock.due("look"):
            found = {"clean": measure(model, average, held_out, False), "soft": measure(model, average, held_out, True)}
            print("held out:", found, flush=True)
        if clock.due("save"):
            save({"model": model.state_dict(), "average": {**model.state_dict(), **average.state()}, "optimisers": [o.state_dict() for o in optimisers],
                  "seconds": clock.seconds, "steps": steps}, last)
    if clock.complete and found:  # nothing to add where it had been complete before
        append_log("second reader", {"recipe": f"batch {batch_size}, Muon and AdamW at {ENCODER_RATES}, heads {HEAD_RATE}, seed {arguments.seed}",
                                     "time": f"{clock.minutes:.0f} minutes on {device}, {arguments.threads} threads, {steps * batch_size} images",
                                     "held out": found})


if __name__ == "__main__":
    main()
