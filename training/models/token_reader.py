"""What the tokens of a finished picture show in every cell, read at once.

A token adds something to every cell of the latents (models/codec.py), and no token means anything alone: a transformer that
looks at them one by one took a hundred thousand pictures to name half of what it saw, and a network of all codes at once
learnt its pictures by heart. Here the codes are laid out over the cells first, as the decoder's sketch does it, and convolutions
read what stands there; a thing looks the same wherever it stands, so they need few pictures (training/LOG.md).

The language model looks at these cells from everything that follows the picture. Training has heads of its own, one object a
cell (Objects as Points, arXiv 1904.07850), which packs do not hold.
"""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from training.models.autoencoder import Residual
from training.models.fsq import FiniteScalarQuantiser
from training.world.vocabulary import BACKGROUNDS, COLOURS, KINDS, SIZES, TEXTURES

PER_CENT = 101  # places are said in per cent of the side
OBJECT_HEADS = {"kind": len(KINDS), "colour": len(COLOURS), "texture": len(TEXTURES), "size": len(SIZES), "x": PER_CENT, "y": PER_CENT}
GROUND_HEADS = {"ground": len(BACKGROUNDS), "first": len(COLOURS), "second": len(COLOURS), "horizon": PER_CENT}
NONE = -1  # label of what is not there
CENTRE_WEIGHT = 2.0  # of the cross entropy of centres, which is counted per object, beside each attribute's


class TokenReader(nn.Module):
    def __init__(self, token_count, levels, grid, width, blocks):
        super().__init__()
        self.quantiser = FiniteScalarQuantiser(levels)
        self.shape, self.cells = (width, grid, grid), grid ** 2
        self.lay_out = nn.Linear(token_count * len(levels), width * self.cells)
        self.position = nn.Parameter(torch.zeros(self.shape))
        self.blocks = nn.ModuleList(Residual(width) for _ in range(blocks))

    @classmethod
    def of(cls, config):
        """The one of a LanguageModelConfig."""
        return cls(config.token_count, config.levels, config.grid, config.reader_width, config.reader_blocks)

    @torch.no_grad()
    def start_from(self, decoder):
        """Lays codes out as the sketch of a codec's decoder does, its channels spread over the width at random."""
        channels = decoder.config.channels
        sketch = decoder.sketch.weight.flatten(0, 1).reshape(-1, channels, self.cells)  # [K * quantiser channels, channels, cells]
        spread = torch.randn(self.shape[0], channels) * channels ** -0.5
        self.lay_out.weight.copy_(torch.einsum("wc,kcp->wpk", spread, sketch).reshape(-1, len(sketch)))
        nn.init.zeros_(self.lay_out.bias)

    def forward(self, tokens):
        """tokens [B, K] int64, index 0 the finest -> [B, cells, width]"""
        codes = self.quantiser.from_index(tokens).flatten(1)
        x = self.lay_out(codes).reshape(-1, *self.shape) + self.position
        for block in self.blocks:
            x = block(x)
        return x.flatten(2).transpose(1, 2)


@dataclass
class CellLabels:
    cell: torch.Tensor  # [B, 3] int64: where the centre of each object lies, the number of cells where there is none
    objects: torch.Tensor  # [B, 3, OBJECT_HEADS] int64, NONE where there is none
    ground: torch.Tensor  # [B, GROUND_HEADS] int64, NONE for the height of a horizon that is not there

    def __getitem__(self, rows):
        return CellLabels(self.cell[rows], self.objects[rows], self.ground[rows])

    @classmethod
    def of(cls, scenes, grid):
        """scenes: SceneBatch"""
        present = scenes.present
        column, row = ((value * grid).long().clamp(0, grid - 1) for value in (scenes.x, scenes.y))
        cell = torch.where(present, row * grid + column, torch.full_like(row, grid ** 2))
        values = [scenes.kind, scenes.colour, scenes.texture, scenes.size, (100 * scenes.x).round().long(), (100 * scenes.y).round().long()]
        objects = torch.stack(values, dim=-1).masked_fill(~present[..., None], NONE)
        horizon = (100 * scenes.horizon).round().long().masked_fill(scenes.background_kind != BACKGROUNDS.index("horizon"), NONE)
        return cls(cell, objects, torch.cat([scenes.background_kind[:, None], scenes.background_colours, horizon[:, None]], dim=1))


class CellHeads(nn.Module):
    """Whether an object's centre lies in a cell, and what it is; from the mean of all cells, what stands behind everything."""

    def __init__(self, width):
        super().__init__()
        self.cell = nn.Linear(width, 1 + sum(OBJECT_HEADS.values()))
        self.picture = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, sum(GROUND_HEADS.values())))

    def forward(self, cells):
        """[B, cells, width] -> centre [B, cells], a list of [B, cells, classes] and one of [B, classes], all logits"""
        of_cells = self.cell(cells)
        return (of_cells[..., 0], of_cells[..., 1:].split(list(OBJECT_HEADS.values()), dim=-1),
                self.picture(cells.mean(dim=1)).split(list(GROUND_HEADS.values()), dim=-1))

    def loss(self, cells, labels):
        """Cross entropies in nats, added up."""
        centre, objects, ground = self(cells)
        there = torch.zeros(len(cells), centre.shape[1] + 1).scatter_(1, labels.cell, 1.0)[:, :-1]
        total = CENTRE_WEIGHT * F.binary_cross_entropy_with_logits(centre, there, reduction="sum") / there.sum().clamp(min=1)
        for number, logits in enumerate(objects):
            total = total + mean_cross_entropy(at_cells(logits, labels.cell).flatten(0, 1), labels.objects[..., number].flatten())
        for number, logits in enumerate(ground):
            total = total + mean_cross_entropy(logits, labels.ground[:, number])
        return total

    @torch.no_grad()
    def right(self, cells, labels, near=10):
        """-> shares of objects with each attribute right, read in the likeliest cell at or beside the true one; a place is right
        within `near` per cent of each side. "all": with every attribute; "count": pictures with the right number of centres."""
        centre, objects, ground = self(cells)
        side = round(centre.shape[1] ** 0.5)
        map_ = centre.reshape(-1, 1, side, side)
        peak = (F.max_pool2d(map_, 3, 1, 1) == map_).flatten(1)
        present = labels.cell < side ** 2
        found = {"count": ((peak & (centre > 0)).sum(dim=1) == present.sum(dim=1)).float().mean()}
        true = labels.cell.clamp(max=side ** 2 - 1)
        every = torch.arange(side ** 2)
        apart = torch.maximum((every % side - (true % side)[..., None]).abs(), (every // side - (true // side)[..., None]).abs())
        where = centre[:, None].expand(-1, true.shape[1], -1).masked_fill(apart > 1, -1e9).argmax(dim=2)
        together = present.clone()
        for number, (name, logits) in enumerate(zip(OBJECT_HEADS, objects)):
            read, truth = at_cells(logits, where).argmax(dim=-1), labels.objects[..., number]
            same = (read - truth).abs() <= (near if name in "xy" else 0)
            found[name] = same[present].float().mean()
            together &= same
        found["all"] = together[present].float().mean()
        for number, (name, logits) in enumerate(zip(list(GROUND_HEADS)[:3], ground)):
            found[name] = (logits.argmax(dim=1) == labels.ground[:, number]).float().mean()
        return {name: round(value.item(), 3) for name, value in found.items()}


def mean_cross_entropy(logits, labels):
    """Over the labels that are there; 0 where none is, as heights of horizons in a small batch."""
    return F.cross_entropy(logits, labels, ignore_index=NONE, reduction="sum") / (labels != NONE).sum().clamp(min=1)


def at_cells(logits, cell):
    """logits [B, cells, classes], cell [B, n] -> [B, n, classes]; a cell that is none counts as the last one"""
    index = cell.clamp(max=logits.shape[1] - 1)[..., None].expand(-1, -1, logits.shape[2])
    return logits.gather(1, index)
