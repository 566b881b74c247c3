"""Scenes that differ in one thing, for what it adds to a picture's latents."""
from dataclasses import replace

import torch

from training.world.vocabulary import COLOURS, KINDS, TEXTURES

CLASSES = {"kind": len(KINDS), "colour": len(COLOURS), "texture": len(TEXTURES)}


def changed(scenes, name, generator):
    """SceneBatch with that attribute of every object another one; "ground": with the backgrounds of one another.

    Nobody asks whether the new colours stand out: what is measured is the difference."""
    if name == "ground":
        other = torch.randperm(len(scenes), generator=generator)
        return replace(scenes, **{part: getattr(scenes, part)[other] for part in ("background_kind", "background_colours", "horizon")})
    value, count = getattr(scenes, name), CLASSES[name]
    return replace(scenes, **{name: (value + torch.randint(1, count, value.shape, generator=generator)) % count})
