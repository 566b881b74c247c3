"""The small world of the studies, drawn from the large one: few objects, large enough for a small codec.

One or two solid objects of six kinds, medium or large, in twelve colours, on a plain, gradient or horizon background.
"""
import torch

from training.models.checkpoint import load, save
from training.models.pool import to_bytes
from training.study.size import folder
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch
from training.world.vocabulary import BACKGROUNDS, KINDS, SIZES

STUDY_KINDS = tuple(KINDS.index(name) for name in ("circle", "square", "triangle", "star", "heart", "cross"))
STUDY_BACKGROUNDS = tuple(BACKGROUNDS.index(name) for name in ("plain", "gradient", "horizon"))
MOST_OBJECTS = 2
DRAWN_AT_A_TIME = 2000
HELD_OUT = 256
SEED = 61


def simplified(batch):
    """SceneBatch of the world -> those scenes that fit, with the study's kinds and no textures.

    Layout and colours stay as drawn, so that objects keep apart from each other and from what is behind them.
    """
    small = (batch.size == SIZES.index("small")) & batch.present
    background = torch.isin(batch.background_kind, torch.tensor(STUDY_BACKGROUNDS))
    batch = batch[(batch.count <= MOST_OBJECTS) & ~small.any(dim=1) & background]
    batch.kind = torch.tensor(STUDY_KINDS)[batch.kind % len(STUDY_KINDS)]
    batch.texture = torch.zeros_like(batch.texture)
    return batch


def draw(count, split):
    """-> list of `count` Scenes, the same on every machine."""
    generator, scenes = generator_for(split, SEED), []
    while len(scenes) < count:
        scenes += simplified(sample_batch(DRAWN_AT_A_TIME, generator, split)).to_scenes()
    return scenes[:count]


def pictures(scenes, size):
    """Scenes -> uint8 [N, 3, H, W]"""
    parts = [to_bytes(render(SceneBatch.from_scenes(scenes[start:start + 256]), size))
             for start in range(0, len(scenes), 256)]
    return torch.cat(parts)


def world(size_name, size):
    """-> {"train", "val"} of {"scenes": list, "images": uint8 [N, 3, H, W]}, drawn once and kept."""
    path = folder(size_name) / "world.pt"
    if not path.exists():
        sets = {}
        for split, count in (("train", size.pictures), ("val", min(HELD_OUT, size.pictures))):
            scenes = draw(count, split)
            sets[split] = {"scenes": scenes, "images": pictures(scenes, size.image_size)}
        save(sets, path)
    return load(path)
