"""Finite scalar quantisation (Mentzer et al., arXiv 2309.15505): a codebook without a codebook.

Each of a few channels is squashed and rounded to a handful of levels; their combination is the code. There is
no dead code to revive and no commitment loss.
"""
import torch
import torch.nn.functional as F
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

    def slips(self, shape, share, device="cpu"):
        """Steps of one level in one channel, as a careless writer makes them: [*shape, channels] of -1, 0 and 1.

        shape: [B, K] of tokens; share: the most of a row's tokens that slip, each row up to a random part of it.
        """
        which = F.one_hot(torch.randint(self.channels, shape, device=device), self.channels)
        sign = torch.randint(2, (*shape, 1), device=device) * 2 - 1
        slips = torch.rand(*shape, 1, device=device) < share * torch.rand(shape[0], 1, 1, device=device)
        return slips * which * sign
