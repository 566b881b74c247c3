"""The semantic autoencoder: images as a small grid of latents that say what stands where.

The idea of representation autoencoders (arXiv 2510.11690): the latents come from a network that recognises, a decoder
learns to draw from them, and the diffusion codec (codec.py) works on them instead of on pixels. Latents that only
reconstruct do not name anything; those do because a head reads kind, colour, texture and size from each cell alone.
"""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from training.world.segmentation import ATTRIBUTES, NOTHING


@dataclass
class AutoencoderConfig:
    image_size: int = 128
    patch: int = 16
    channels: int = 48  # of a latent cell
    stem_width: int = 384
    width: int = 256  # at the grid of the cells; a half and a quarter at twice and four times its side
    decoder_blocks: tuple = (2, 3, 4)  # at each of the three
    detail_width: int = 32  # of the decoder at eight times its side
    detail_blocks: int = 2
    naming_width: int = 256

    as_dict = asdict

    @property
    def grid(self):
        return self.image_size // self.patch


SIZES = {"cpu": AutoencoderConfig(), "gpu": AutoencoderConfig(stem_width=512, width=384)}


def convolution(inputs, outputs, side=3):
    return nn.Conv2d(inputs, outputs, side, padding=side // 2)


class Residual(nn.Module):
    """Two convolutions beside the identity, without normalisation; the second starts at zero. [B, C, h, w], same out"""

    def __init__(self, channels):
        super().__init__()
        self.first, self.second = convolution(channels, channels), convolution(channels, channels)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x):
        return x + self.second(F.gelu(self.first(F.gelu(x))))


class Stem(nn.Module):
    """The recognising convolutions: image [B, 3, H, W] in [-1, 1] -> [B, width, H / 16, W / 16]."""

    def __init__(self, config):
        super().__init__()
        self.cell = config.patch // 4
        self.first = convolution(3 * self.cell ** 2, 64)
        self.halve = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.mix = convolution(128, 128)
        self.out = nn.Conv2d(128, config.stem_width, 3, stride=2, padding=1)
        for layer in (self.first, self.halve, self.mix):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, image):
        edges = F.gelu(self.first(F.pixel_unshuffle(image, self.cell)))
        parts = F.gelu(self.halve(edges))
        return self.out(F.gelu(parts + self.mix(parts)))


class Naming(nn.Module):
    """Logits of every attribute in the 2 x 2 quarters of each latent cell, from that one cell alone. Training only.

    Without context the latent itself has to say what stands there, almost linearly. Packs do not hold this head.
    """

    def __init__(self, config):
        super().__init__()
        self.classes = [ATTRIBUTES["kind"] + 1, *list(ATTRIBUTES.values())[1:]]  # kind: "nothing" comes last
        self.hidden = convolution(config.channels, config.naming_width, 1)
        self.out = convolution(config.naming_width, 4 * sum(self.classes), 1)

    def forward(self, latents):
        """[B, channels, grid, grid] -> list of [B, classes, 2 grid, 2 grid], one per attribute"""
        logits = F.pixel_shuffle(self.out(F.gelu(self.hidden(latents))), 2)
        return logits.float().split(self.classes, dim=1)

    def loss(self, logits, labels):
        """labels [B, 4, cells, cells] of `segment` -> (mean cross entropy over attributes in nats, share of object cells
        named right [4], in the order of ATTRIBUTES)

        Kinds count over all cells, objects as much as the empty rest; the other attributes over objects alone.
        """
        labels = labels.long()
        filled = labels[:, 0] != NOTHING
        kinds = torch.where(filled, labels[:, 0], self.classes[0] - 1)
        weight = torch.where(filled, 0.5 / filled.float().mean().clamp(min=1e-3), 0.5)
        total = (F.cross_entropy(logits[0], kinds, reduction="none") * weight).mean()
        right = [(logits[0].argmax(1) == kinds)[filled].float().mean()]
        for one, label in zip(logits[1:], labels.unbind(1)[1:]):
            total = total + F.cross_entropy(one, label, ignore_index=NOTHING)
            right.append((one.argmax(1) == label)[filled].float().mean())
        return total / len(logits), torch.stack(right).detach()


class LatentEncoder(nn.Module):
    """image [B, 3, H, W] in [-1, 1] -> latents [B, channels, grid, grid], each channel of mean 0 and deviation 1."""

    def __init__(self, config):
        super().__init__()
        self.stem = Stem(config)
        self.reduce = convolution(config.stem_width, config.width, 1)
        self.mix = Residual(config.width)
        self.out = convolution(config.width, config.channels, 1)
        self.norm = nn.BatchNorm2d(config.channels, affine=False, momentum=0.02)

    @property
    def ends(self):
        """Convolutions from the image and to the latents."""
        return self.stem.first, self.out

    def forward(self, image):
        x = self.mix(self.reduce(F.gelu(self.stem(image))))
        return self.norm(self.out(F.gelu(x)).float())


class LatentDecoder(nn.Module):
    """latents [B, channels, grid, grid] -> image [B, 3, H, W], not clamped.

    A draft by one pixel shuffle from a quarter of the side, and what is finer than that from half of the side, beginning at nothing.
    Every cell learns what its place adds: convolutions alone do not know where they are, and a pattern whose period is none of the
    cells' (spots on a ground) looks otherwise in each of them.
    """

    def __init__(self, config):
        super().__init__()
        width, cell, detail = config.width, config.patch // 4, config.detail_width
        widths = (width, width // 2, width // 4)
        layers = [convolution(config.channels, width)]
        for number, (channels, blocks) in enumerate(zip(widths, config.decoder_blocks)):
            if number:
                layers += [convolution(2 * channels, 4 * channels, 1), nn.PixelShuffle(2)]
            layers += [Residual(channels) for _ in range(blocks)]
        self.layers = nn.Sequential(*layers)
        self.place = nn.Parameter(torch.zeros(width, config.grid, config.grid))
        self.draft = nn.Sequential(nn.GELU(), convolution(widths[-1], 3 * cell ** 2), nn.PixelShuffle(cell))
        self.details = nn.Sequential(
            convolution(widths[-1], 4 * detail, 1), nn.PixelShuffle(2), *(Residual(detail) for _ in range(config.detail_blocks)),
            nn.GELU(), convolution(detail, 3 * (cell // 2) ** 2), nn.PixelShuffle(cell // 2))
        for values in self.details[-2].parameters():
            nn.init.zeros_(values)

    @property
    def ends(self):
        """Convolutions from the latents and to the image."""
        return self.layers[0], self.draft[1], self.details[-2]

    def places(self, count):
        """What the places of `count` whole pictures add [count, width, grid, grid], for `forward` once they are cut."""
        return self.place.expand(count, -1, -1, -1)

    def forward(self, latents, places=None):
        """places: of crops, those that their latents came from, [B, width, h, w]; absent: whole pictures"""
        x = self.layers[1:](self.layers[0](latents) + (self.place if places is None else places))
        return self.draft(x) + self.details(x)


class Autoencoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.encoder, self.decoder, self.naming = LatentEncoder(config), LatentDecoder(config), Naming(config)

    def forward(self, image, noise_scale, keep, draw=True, places=None):
        """Training. noise_scale, keep [B, 1, 1, 1], places as the decoder has them -> (image or None, logits of the naming head, latents).

        The decoder sees latents that are shrunk towards their mean by `keep` and carry noise: a codec with few tokens
        predicts conditional means, and one with all of them still small errors. Naming is asked of the latents with noise.
        """
        latents = self.encoder(image)
        noise = noise_scale * torch.randn_like(latents)
        drawn = self.decoder(keep * latents + noise, places) if draw else None
        return drawn, self.naming(latents + noise), latents
