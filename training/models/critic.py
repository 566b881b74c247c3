"""Who tells drawn pictures from rendered ones, patch by patch, knowing what should stand there. Training only.

A decoder that is asked for the smallest error draws what it is not sure of as a blur, however clearly the latents name it. The critic
knows the labels of every patch and has seen true ones: a blur is no star (projection discriminator, arXiv 1802.05637; patches and
hinge loss as in VQGAN, arXiv 2012.09841). It looks through the autoencoder's finished first convolutions, so that it can tell after
a few hundred pictures (Projected GANs, arXiv 2111.01007).
"""
import copy

import torch
import torch.nn.functional as F
from torch import nn

from training.models.autoencoder import convolution
from training.world.segmentation import ATTRIBUTES, NOTHING


class Critic(nn.Module):
    def __init__(self, stem, width=128):
        """stem: of the autoencoder; its first two convolutions are copied and stay what they are."""
        super().__init__()
        self.cell = stem.cell
        self.first, self.halve = copy.deepcopy(nn.ModuleList([stem.first, stem.halve])).requires_grad_(False)
        self.edges = nn.Conv2d(self.first.out_channels, width, 4, 2, 1)
        self.mixes = nn.ModuleList([convolution(width + self.halve.out_channels, width), convolution(width, width)])
        self.real = nn.Conv2d(width, 1, 1)
        # One more of each: nothing there.
        self.labels = nn.ModuleList(nn.Embedding(count + 1, width) for count in ATTRIBUTES.values())
        for one in self.labels:
            nn.init.normal_(one.weight, std=width ** -0.5)

    def looks(self):
        """What learns."""
        return [p for p in self.parameters() if p.requires_grad]

    def forward(self, image, labels):
        """image [B, 3, H, W], labels [B, 4, h, w] uint8, two cells of theirs a patch of 16 pixels -> [B, h, w]: above 0 for rendered"""
        edges = F.gelu(self.first(F.pixel_unshuffle(image, self.cell)))
        x = torch.cat([F.leaky_relu(self.edges(edges), 0.2), F.gelu(self.halve(edges))], dim=1)
        for layer in self.mixes:
            x = F.leaky_relu(layer(x), 0.2)
        score = self.real(x)[:, 0]
        for one, embedding in zip(labels.long().unbind(1), self.labels):
            known = embedding(torch.where(one == NOTHING, embedding.num_embeddings - 1, one))  # [B, h, w, width]
            score = score + torch.einsum("bchw,bhwc->bhw", x, known.to(x.dtype)) / len(self.labels)
        return score


def hinge(rendered, drawn):
    """Scores of both -> what the critic has to make small."""
    return F.relu(1 - rendered.float()).mean() + F.relu(1 + drawn.float()).mean()
