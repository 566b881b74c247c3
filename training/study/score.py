"""What a language model of the studies understands and draws: the measures of synergy, scaling and the spatial control.

The judge is the shipped pack's detector, which knows rendered scenes only; pictures of a study are enlarged to its 128 pixels.
What it makes of true pictures of the same size stands beside every score.
"""
from itertools import permutations

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

from training.detector import Detector, decode_detections
from training.world.description import Scene
from training.world.language import canonical_caption, is_consistent, parse_caption
from training.world.parsing import ATTRIBUTES

TEMPERATURE = 0.5  # of drawn tokens; texts are written greedily
DETECTOR_SIDE = 128


class WithoutNorm(nn.Module):
    """A convolution that has its batch normalisation folded in, where the detector has the two of them."""

    def __init__(self, weight, bias, like):
        super().__init__()
        self.weight, self.bias, self.stride, self.padding = weight, bias, like.stride, like.padding

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding)


def fold(module, pairs):
    """Replaces each convolution and its normalisation by the next (weight, bias), in the order of the forward pass."""
    for place, part in list(module.named_children()):
        fold(part, pairs)
        if isinstance(part, nn.BatchNorm2d):
            before = str(int(place) - 1)
            module._modules[before] = WithoutNorm(*pairs.pop(0), module._modules[before])
            module._modules[place] = nn.Identity()


def detector_of(path):
    """The shipped `probe.onnx` as a torch module: its convolutions lie in the graph in the order of the network's."""
    stored = {one.name: torch.from_numpy(numpy_helper.to_array(one).astype("float32"))
              for one in onnx.load(str(path)).graph.initializer}
    detector = Detector()
    for name, parameter in detector.named_parameters():
        found = stored.get(name, stored.get(f"{name}.half"))
        if found is not None:
            parameter.data.copy_(found)
    folded = [name for name in stored if name.startswith("onnx::Conv_")]
    pairs = [(stored[weight], stored[bias]) for weight, bias in zip(folded[::2], folded[1::2])]
    fold(detector, pairs)
    assert not pairs, f"{len(pairs)} convolutions too many in {path}"
    return detector.eval()


@torch.no_grad()
def read_scenes(detector, images):
    """images [N, 3, H, W] in [-1, 1], any side -> what the detector sees, list of Scene"""
    large = F.interpolate(images, size=(DETECTOR_SIDE, DETECTOR_SIDE), mode="bilinear", align_corners=False)
    return decode_detections([torch.cat(parts) for parts in zip(*(detector(part) for part in large.split(64)))])


def facts(claim):
    """Number of attributes that a claim names, backgrounds included."""
    named = sum(getattr(one, name) is not None for one in claim.objects for name in ATTRIBUTES)
    return named + (0 if claim.background_kind is None else 1 + len(claim.background_colours))


def facts_met(claim, scene):
    """How many of them a scene, or another claim, has; objects are paired so that most agree."""
    objects = list(scene.objects)
    padded = objects + [None] * max(0, len(claim.objects) - len(objects))
    best = max(sum(getattr(one, name) is not None and getattr(one, name) == getattr(other, name, None)
                   for one, other in zip(claim.objects, chosen) for name in ATTRIBUTES)
               for chosen in permutations(padded, len(claim.objects)))
    if claim.background_kind is None:
        return best
    kind, colours = ((scene.background.kind, scene.background.colours) if hasattr(scene, "background")
                     else (scene.background_kind, scene.background_colours or []))
    return best + (claim.background_kind == kind) + sum(a == b for a, b in zip(claim.background_colours, colours))


def drawing_score(prompts, scenes):
    """prompts: list of str; scenes: what the detector saw -> {"strict", "facts"}: shares of prompts entirely right, and of
    the attributes named that are there

    Of the objects seen the surest count, as many as were asked for: among many, some would be right by chance.
    """
    claims = [parse_caption(prompt) for prompt in prompts]
    asked, surest = sum(facts(claim) for claim in claims), [
        Scene(scene.background, scene.objects[:sum(one.count for one in claim.objects)]) for claim, scene in zip(claims, scenes)]
    return {"strict": round(sum(is_consistent(claim, scene) for claim, scene in zip(claims, scenes)) / len(claims), 4),
            "facts": round(sum(facts_met(claim, scene) for claim, scene in zip(claims, surest)) / asked, 4)}


def caption_f1(captions, scenes):
    """F1 over attributes of what captions claim against the full description, over all pictures together."""
    said = [parse_caption(text) for text in captions]
    true = [parse_caption(canonical_caption(scene)) for scene in scenes]
    met = sum(facts_met(claim, truth) if claim.objects else 0 for claim, truth in zip(said, true))
    claimed, wanted = sum(map(facts, said)), sum(map(facts, true))
    return round(2 * met / max(1, claimed + wanted), 4)


@torch.no_grad()
def write(model, prefixes, length, low, high, stop=None, temperature=0.0, seed=1):
    """Continues every prefix (list of ids) by up to `length` ids of [low, high) or `stop` -> int64 [N, length], 0 after stop."""
    longest = max(map(len, prefixes))
    ids = torch.tensor([[0] * (longest - len(one)) + one for one in prefixes])
    mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prefixes])
    position, past = (mask.cumsum(1) - 1).clamp(min=0), model.empty_past(len(prefixes))
    allowed = torch.full((model.config.vocabulary,), -1e9)
    allowed[low:high] = 0
    if stop is not None:
        allowed[stop] = 0
    generator, written = torch.Generator().manual_seed(seed), []
    open_rows = torch.ones(len(prefixes), dtype=torch.bool)
    for _ in range(length):
        logits, *past = model(ids, mask, position, *past)
        scores = logits[:, -1].float() + allowed
        if temperature > 0:
            chosen = torch.multinomial((scores / temperature).softmax(-1), 1, generator=generator)[:, 0]
        else:
            chosen = scores.argmax(-1)
        open_rows &= chosen != (-1 if stop is None else stop)
        written.append(torch.where(open_rows, chosen, 0))
        if not open_rows.any():
            break
        ids = chosen[:, None]
        mask = torch.cat([mask, torch.ones(len(prefixes), 1, dtype=torch.int64)], dim=1)
        position = mask.sum(dim=1, keepdim=True) - 1
    return torch.stack(written, dim=1)
