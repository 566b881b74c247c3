"""How many objects of held-out scenes are read right in what a model made of them.

Two readers: the judge (detector.py, trained on rendered scenes only) in pictures, and the autoencoder's own naming head in
latents, which is there before a judge is. Training stages hand over by these figures; the scores of a pack come from
`npm run eval`.

    python3 -m training.judge --size cpu            # the autoencoder and, where there is one, the codec
"""
import argparse
import math

import torch

from training.models.checkpoint import RUNS, load
from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import ATTRIBUTES
from training.world.vocabulary import COLOURS, KINDS, SIZES, TEXTURES

NEAR = 0.1  # image sides between an object and what is read as it, in either direction together
NAMES = {"kind": KINDS, "colour": COLOURS, "texture": TEXTURES, "size": SIZES}


def load_judge():
    """The detector of runs/detector, None where none was trained."""
    from training.detector import Detector
    path = RUNS / "detector" / "last.pt"
    if not path.exists():
        return None
    judge = Detector()
    judge.load_state_dict(load(path)["average"])
    return judge.eval()


@torch.no_grad()
def objects_right(judge, images, scenes):
    """images [N, 3, 128, 128], scenes SceneBatch -> shares of objects found at their place, with each attribute, with all"""
    from training.detector import decode_detections
    found = [scene for part in images.split(32) for scene in decode_detections(judge(part))]
    total, right = 0, dict.fromkeys(("place", *ATTRIBUTES, "all"), 0)
    for truth, read in zip(scenes.to_scenes(), found):
        for one in truth.objects:
            total += 1
            near = min(read.objects, key=lambda other: math.hypot(one.x - other.x, one.y - other.y), default=None)
            if near is None or math.hypot(one.x - near.x, one.y - near.y) > NEAR:
                continue
            same = {name: getattr(one, name) == getattr(near, name) for name in ATTRIBUTES}
            for name, value in {"place": True, **same, "all": all(same.values())}.items():
                right[name] += value
    return {name: round(value / total, 3) for name, value in right.items()}


@torch.no_grad()
def objects_named(logits, scenes):
    """logits of the naming head, one [N, classes, cells, cells] per attribute -> shares of objects named right.

    The votes of an object are the log probabilities of the cells in the middle of its circle, added up.
    """
    cells = logits[0].shape[-1]
    axis = (torch.arange(cells) + 0.5) / cells
    away_x = axis[None, None, None, :] - scenes.x[:, :, None, None]
    away_y = axis[None, None, :, None] - scenes.y[:, :, None, None]
    inside = (away_x ** 2 + away_y ** 2 < (0.75 * scenes.radius[:, :, None, None]) ** 2).float()
    everything, shares = scenes.present.clone(), {}
    for name, one in zip(ATTRIBUTES, logits):
        votes = torch.einsum("nchw,nshw->nsc", one.float().log_softmax(1), inside)
        votes = votes[..., :len(NAMES[name])]  # "nothing" is no answer here
        right = votes.argmax(-1) == getattr(scenes, name)
        everything &= right
        shares[name] = right[scenes.present].float().mean().item()
    shares["all"] = (everything.sum() / scenes.present.sum()).item()
    return {name: round(value, 3) for name, value in shares.items()}


def main():
    from training.export.checkpoints import load_autoencoder, load_codec
    from training.models import diffusion
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--scenes", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    judge = load_judge()
    if judge is None:
        raise SystemExit("there is no judge yet: python3 -m training.train_detector")
    scenes = sample_batch(arguments.scenes, generator_for("val", 5))
    images = render(scenes)
    print("truth", objects_right(judge, images, scenes))

    def show(name, drawn):
        print(name, f"{diffusion.psnr(drawn, images).mean():.2f} dB", objects_right(judge, drawn, scenes), flush=True)
    with torch.no_grad():
        autoencoder = load_autoencoder(arguments.size)[0]
        show("autoencoder", autoencoder.decoder(autoencoder.encoder(images)).clamp(-1, 1))
        if not (RUNS / f"codec-{arguments.size}" / "last.pt").exists():
            return
        codec = load_codec(arguments.size)[0]
        tokens = codec.encode(images)
        noise = torch.randn(len(images), *codec.config.latent_shape, generator=torch.Generator().manual_seed(7))
        for steps in (1, 4, 8):
            show(f"{steps} steps", codec.pixels(diffusion.sample(codec.decoder, tokens, noise, steps)))
        for coarsest in (2, 4, 8, 16, 32):
            keep_from = codec.config.token_count - coarsest
            show(f"{coarsest} coarsest", codec.pixels(diffusion.sample(codec.decoder, tokens, noise, 1, keep_from=keep_from)))


if __name__ == "__main__":
    main()
