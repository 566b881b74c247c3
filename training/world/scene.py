"""Scenes as tensors and their vectorised sampler.

`sample_batch(n, generator)` draws n scenes on the generator's device without a Python loop over scenes.
Unit coordinates as in description.py. B = scenes, 3 = object slots (empty slots come last).
"""

from dataclasses import dataclass, fields
from functools import lru_cache

import torch

from training.world.contrast import (BACKGROUND_CONTRAST, MINIMUM_BACKGROUND_CONTRAST, MINIMUM_OBJECT_CONTRAST,
                                     MIX_STEPS, OBJECT_CONTRAST)
from training.world.description import Background, Scene, SceneObject
from training.world.vocabulary import (BACKGROUNDS, BORDER_MARGIN, CELL_MARGIN, COLOURS, HELD_OUT_TRIPLES, KINDS,
                                       MAXIMUM_OBJECTS, SIZE_RADII, SIZES, TEXTURES)

BACKGROUND_SHARES = (0.35, 0.25, 0.25, 0.05, 0.05, 0.05)
TEXTURE_SHARES = (0.60, 0.20, 0.20)
SIZE_SHARES = (0.3, 0.4, 0.3)
COUNT_SHARES = (0.40, 0.35, 0.25)           # 1, 2, 3 objects
COUNTING_SHARE = 0.2                        # scenes with 2-3 objects of one kind, colour and texture
ALIGNED_SHARE = 0.5                         # scenes whose first two objects stand in one row or column
HORIZON_RANGE = (0.54, 0.70)
LAYOUT_CANDIDATES = 64
GAP = 0.012                                 # wanted distance between two bounding circles

GRADIENT, HORIZON = BACKGROUNDS.index('gradient'), BACKGROUNDS.index('horizon')
SPLITS = ('train', 'val', 'test', 'unseen')


@dataclass
class SceneBatch:
    count: torch.Tensor                 # [B] int64, 1-3 (0 is legal: an empty scene)
    kind: torch.Tensor                  # [B, 3] int64 index into KINDS
    colour: torch.Tensor                # [B, 3] int64 index into COLOURS
    texture: torch.Tensor               # [B, 3] int64 index into TEXTURES
    size: torch.Tensor                  # [B, 3] int64 index into SIZES
    x: torch.Tensor                     # [B, 3] float32 unit coordinates
    y: torch.Tensor                     # [B, 3] float32
    radius: torch.Tensor                # [B, 3] float32
    background_kind: torch.Tensor       # [B] int64 index into BACKGROUNDS
    background_colours: torch.Tensor    # [B, 2] int64 index into COLOURS; equal for one-colour kinds
    horizon: torch.Tensor               # [B] float32, height of the horizon line

    def __len__(self) -> int:
        return self.count.shape[0]

    def __getitem__(self, index) -> 'SceneBatch':
        """A sub-batch: slice, index tensor or boolean mask."""
        return SceneBatch(**{one.name: getattr(self, one.name)[index] for one in fields(self)})

    def to(self, device) -> 'SceneBatch':
        return SceneBatch(**{one.name: getattr(self, one.name).to(device) for one in fields(self)})

    @property
    def present(self) -> torch.Tensor:
        """[B, 3] bool: which slots hold an object."""
        return torch.arange(MAXIMUM_OBJECTS, device=self.count.device) < self.count[:, None]

    def to_scenes(self) -> list:
        lists = {one.name: getattr(self, one.name).tolist() for one in fields(self)}
        scenes = []
        for b, count in enumerate(lists['count']):
            objects = [SceneObject(KINDS[lists['kind'][b][s]], COLOURS[lists['colour'][b][s]],
                                   TEXTURES[lists['texture'][b][s]], SIZES[lists['size'][b][s]],
                                   lists['x'][b][s], lists['y'][b][s], lists['radius'][b][s])
                       for s in range(count)]
            background = Background(BACKGROUNDS[lists['background_kind'][b]],
                                    [COLOURS[c] for c in lists['background_colours'][b]], lists['horizon'][b])
            scenes.append(Scene(background, objects))
        return scenes

    @staticmethod
    def from_scenes(scenes: list) -> 'SceneBatch':
        def slots(values, empty):
            return [list(row) + [empty] * (MAXIMUM_OBJECTS - len(row)) for row in values]

        def indices(name, names):
            return torch.tensor(slots([[names.index(getattr(o, name)) for o in s.objects] for s in scenes], 0))

        def numbers(name):
            return torch.tensor(slots([[getattr(o, name) for o in s.objects] for s in scenes], 0.0))
        return SceneBatch(
            count=torch.tensor([len(s.objects) for s in scenes]),
            kind=indices('kind', KINDS), colour=indices('colour', COLOURS),
            texture=indices('texture', TEXTURES), size=indices('size', SIZES),
            x=numbers('x'), y=numbers('y'), radius=numbers('radius'),
            background_kind=torch.tensor([BACKGROUNDS.index(s.background.kind) for s in scenes]),
            background_colours=torch.tensor([[COLOURS.index(c) for c in s.background.colours] for s in scenes]),
            horizon=torch.tensor([float(s.background.horizon) for s in scenes]))


def generator_for(split: str, seed: int, device='cpu') -> torch.Generator:
    """A generator whose stream differs between splits even for the same seed."""
    return torch.Generator(device=device).manual_seed(seed * len(SPLITS) + SPLITS.index(split))


@lru_cache(maxsize=None)
def _tables(device: str) -> dict:
    held_out = torch.zeros(len(COLOURS), len(KINDS), len(TEXTURES), dtype=torch.bool)
    triples = torch.tensor(HELD_OUT_TRIPLES)
    held_out[triples[:, 0], triples[:, 1], triples[:, 2]] = True
    return {name: value.to(device) for name, value in {
        'contrast': torch.tensor(OBJECT_CONTRAST),                  # [12, 12, 17, 12]
        'background_contrast': torch.tensor(BACKGROUND_CONTRAST),   # [12, 12]
        'held_out': held_out,                                       # [12, 14, 3]
        'triples': triples,                                         # [U, 3]
        'radii': torch.tensor(SIZE_RADII),                          # [3, 2]
    }.items()}


def sample_batch(n: int, generator: torch.Generator, split: str = 'train') -> SceneBatch:
    """Draws n scenes. 'train', 'val' and 'test' hold no held-out triple, 'unseen' scenes at least one."""
    assert split in SPLITS, split
    device = generator.device
    tables = _tables(str(device))

    def uniform(*shape):
        return torch.rand(*shape, generator=generator, device=device)

    def choose(shares, *shape):
        edges = torch.tensor(shares, device=device).cumsum(0)[:-1]
        return torch.bucketize(uniform(*shape), edges, right=True)

    # How many objects, and which of them form a group of equals (slots 0 ... group - 1).
    count = choose(COUNT_SHARES, n) + 1
    counting = uniform(n) < COUNTING_SHARE
    count = torch.where(counting, 2 + (uniform(n) * 2).long().clamp(max=1), count)
    group = torch.where(counting, 2 + (uniform(n) * (count - 1)).long().clamp(max=1), torch.ones_like(count))
    slot = torch.arange(MAXIMUM_OBJECTS, device=device)
    grouped = slot < group[:, None]                                             # [B, 3]
    leader = torch.where(grouped, torch.zeros_like(slot), slot)                 # [B, 3]
    present = slot < count[:, None]

    size, x, y, radius = _sample_layout(n, present, leader, counting, choose, uniform, tables['radii'])

    background_kind = choose(BACKGROUND_SHARES, n)
    first = (uniform(n) * len(COLOURS)).long().clamp(max=len(COLOURS) - 1)
    second = (uniform(n, len(COLOURS))
              - 2.0 * (tables['background_contrast'][first] < MINIMUM_BACKGROUND_CONTRAST)).argmax(1)
    two_colours = (background_kind == GRADIENT) | (background_kind == HORIZON)
    second = torch.where(two_colours, second, first)
    horizon = HORIZON_RANGE[0] + (HORIZON_RANGE[1] - HORIZON_RANGE[0]) * uniform(n)

    # Distance of every possible colour to the background beneath each object: the worst of three heights.
    heights = y[..., None] + radius[..., None] * torch.tensor([-0.8, 0.0, 0.8], device=device)      # [B, 3, 3]
    mixture = torch.where((background_kind == GRADIENT)[:, None, None], heights.clamp(0, 1),
                          ((background_kind == HORIZON)[:, None, None] & (heights > horizon[:, None, None])).float())
    step = (mixture * MIX_STEPS + 0.5).long()
    contrast = tables['contrast'][first[:, None, None], second[:, None, None], step].amin(2)        # [B, 3, 12]
    shared = contrast.masked_fill(~grouped[..., None], 9.0).amin(1, keepdim=True)
    contrast = torch.where(grouped[..., None], shared, contrast)

    kind = (uniform(n, MAXIMUM_OBJECTS) * len(KINDS)).long().clamp(max=len(KINDS) - 1).gather(1, leader)
    texture = choose(TEXTURE_SHARES, n, MAXIMUM_OBJECTS).gather(1, leader)
    held_out = tables['held_out'][:, kind, texture].permute(1, 2, 0)                                # [B, 3, 12]
    noise = uniform(n, MAXIMUM_OBJECTS, len(COLOURS))
    noise = noise.gather(1, leader[..., None].expand_as(noise))
    colour = (noise - 2.0 * (contrast < MINIMUM_OBJECT_CONTRAST) - 4.0 * held_out).argmax(2)

    if split == 'unseen':
        triples = tables['triples']
        poor = contrast[:, 0][:, triples[:, 0]] < MINIMUM_OBJECT_CONTRAST                           # [B, U]
        chosen = triples[(uniform(n, len(triples)) - 2.0 * poor).argmax(1)]                         # [B, 3]
        colour, kind, texture = (torch.where(leader == 0, chosen[:, i:i + 1], values)
                                 for i, values in enumerate((colour, kind, texture)))

    return SceneBatch(count, kind, colour, texture, size, x, y, radius, background_kind,
                      torch.stack([first, second], 1), horizon)


def _sample_layout(n, present, leader, counting, choose, uniform, radii):
    """Sizes, centres and radii [B, 3] of the first of several candidate layouts that does not overlap.

    Objects of one scene stand in different cells. A group of equals shares its size in most scenes.
    """
    device, candidates = present.device, LAYOUT_CANDIDATES
    leader = leader[:, None].expand(n, candidates, MAXIMUM_OBJECTS)
    size = choose(SIZE_SHARES, n, candidates, MAXIMUM_OBJECTS)
    same_size = (counting & (uniform(n) < 0.8))[:, None, None]
    size = torch.where(same_size, size.gather(2, leader), size)                                     # [B, C, 3]
    radius = radii[size, 0] + (radii[size, 1] - radii[size, 0]) * uniform(n, candidates, MAXIMUM_OBJECTS)

    cell = uniform(n, candidates, 9).argsort(2)[..., :MAXIMUM_OBJECTS]                              # [B, C, 3]
    # Relations read naturally when two objects share a row or a column: pull the second one into line.
    aligned = (uniform(n) < ALIGNED_SHARE)[:, None, None]
    is_second = torch.arange(MAXIMUM_OBJECTS, device=device) == 1
    in_row = (uniform(n) < 0.5)[:, None, None]
    first, second = cell[..., :1], cell[..., 1:2]
    partner = torch.where(in_row, 3 * (first // 3) + second % 3, 3 * (second // 3) + first % 3)
    cell = torch.where(aligned & is_second, partner, cell)
    row, column = cell.div(3, rounding_mode='floor'), cell % 3

    def within(index):
        lowest = torch.maximum(index / 3 + CELL_MARGIN * (index > 0), radius + BORDER_MARGIN)
        highest = torch.minimum((index + 1) / 3 - CELL_MARGIN * (index < 2), 1 - radius - BORDER_MARGIN)
        return lowest + (highest - lowest) * uniform(n, candidates, MAXIMUM_OBJECTS)
    x, y = within(column), within(row)

    # Slack of the tightest pair: negative means that two bounding circles overlap.
    slack = torch.full((n, candidates), 9.0, device=device)
    for a in range(MAXIMUM_OBJECTS):
        for b in range(a + 1, MAXIMUM_OBJECTS):
            distance = torch.hypot(x[..., a] - x[..., b], y[..., a] - y[..., b])
            room = distance - radius[..., a] - radius[..., b] - GAP
            room = room - 2.0 * (cell[..., a] == cell[..., b])
            slack = torch.where(present[:, None, b], torch.minimum(slack, room), slack)
    order = torch.arange(candidates, device=device) * 1e-3
    best = torch.where(slack >= 0, 1.0 - order, slack - 1.0).argmax(1)[:, None, None].expand(n, 1, MAXIMUM_OBJECTS)
    return tuple(values.gather(1, best)[:, 0] for values in (size, x, y, radius))
