"""Finite scalar quantisation (Mentzer et al., arXiv 2309.15505): a codebook without a codebook.

Each of a few channels is squashed and rounded to a handful of levels; their combination is the code. There is
no dead code to revive and no commitment loss.
"""
import torch
from torch import nn


class FiniteScalarQuantiser(nn.Module):
    def __init__(self, levels=(8, 5, 5, 5)):
        super().__init__()
        self.size = 1
        place = []  # place value of each channel, first channel counts ones
        for level in levels:
            place.append(self.size)
            self.size *= level
        levels = torch.tensor(levels)
        self.register_buffer("levels", levels, persistent=False)
        self.register_buffer("place", torch.tensor(place), persistent=False)
        self.channels = len(place)

    def grid(self, z):
        """z [..., channels], any real -> position on the level grid, [0, levels - 1], not yet rounded."""
        return (torch.tanh(z) + 1) / 2 * (self.levels - 1)

    def forward(self, z):
        """z [..., channels] -> codes [..., channels] in [-1, 1]; the gradient passes straight through the rounding."""
        grid = self.grid(z.float())
        rounded = grid + (grid.round() - grid).detach()
        return rounded / (self.levels - 1) * 2 - 1

    def to_index(self, z):
        """z [..., channels] -> token [...] int64 in [0, size)."""
        return (self.grid(z.float()).round().long() * self.place).sum(dim=-1)

    def from_index(self, token):
        """token [...] int64 -> codes [..., channels] in [-1, 1]."""
        return self.codes_of(self.levels_of(token))

    def levels_of(self, token):
        """token [...] int64 -> the level of each channel [..., channels] int64."""
        return torch.div(token[..., None], self.place, rounding_mode="floor") % self.levels

    def codes_of(self, level):
        """levels [..., channels] int64 -> codes [..., channels] in [-1, 1]."""
        return level.float() / (self.levels - 1) * 2 - 1
