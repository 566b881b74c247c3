"""The image tokenizer: latents of the semantic autoencoder to K discrete tokens, and a diffusion decoder back.

Every token reaches the picture along two ways. The straight way is linear: principal components of the latents, turned
so that what stands where comes before what it is and how it is patterned, the largest in the coarsest tokens, four to a token;
their sum over the visible tokens is a sketch of the latents. The other
way are transformer blocks that draw clean latents from the noised ones and the sketch, and, where the encoder has any,
correct the components before they are rounded. The straight way makes the tokens an ordered, working code from the first
step; on two processor cores queries that start from nothing took ten thousand images to say anything at all (training/LOG.md).

Recursive visibility follows DDT-LLaMA (arXiv 2504.14666, section 3) and Selftok (arXiv 2505.07538, section 3), adaLN
DiT (arXiv 2212.09748), finite scalar quantisation arXiv 2309.15505.
"""
from dataclasses import asdict, dataclass

import torch
from torch import nn

from training.models.autoencoder import Autoencoder, AutoencoderConfig
from training.models.fsq import FiniteScalarQuantiser
from training.models.layers import FeedForward, PerTokenLinear, SelfAttention, TimeEmbedding, positions_2d

# Components reach the quantiser at this deviation: its tanh then uses all levels about alike.
COMPONENT_DEVIATION = 0.8
# What a change of it adds to the latents comes later (sooner, where negative), by attribute: how far directions are parted from it, and how far
# what is parted is put behind. At these, half of the pictures show their ground from 2 tokens on, layout 6, colour 10, kind 19, texture about 30 (training/LOG.md).
DELAYS = {"texture": (1.0, 0.45), "kind": (0.5, 0.4), "ground": (-1.0, -1.0)}


@dataclass
class CodecConfig:
    autoencoder: dict  # AutoencoderConfig.as_dict()
    token_count: int = 96  # K
    width: int = 256
    heads: int = 4
    encoder_blocks: int = 0  # principal components alone: with 48 tokens, 240 minutes of blocks gained nothing (training/LOG.md)
    decoder_blocks: int = 6
    time_width: int = 128
    levels: tuple = (8, 5, 5, 5)

    as_dict = asdict

    @property
    def channels(self):
        """Of a latent cell."""
        return self.autoencoder["channels"]

    @property
    def grid(self):
        return self.autoencoder["image_size"] // self.autoencoder["patch"]

    @property
    def image_size(self):
        return self.autoencoder["image_size"]

    @property
    def latent_shape(self):
        return self.channels, self.grid, self.grid


SIZES = {"cpu": {}, "gpu": dict(token_count=128, width=512, heads=8, encoder_blocks=4, decoder_blocks=10)}


def sequence(latents):
    """[B, channels, grid, grid] -> [B, cells, channels]"""
    return latents.flatten(2).transpose(1, 2)


class EncoderBlock(nn.Module):
    """Pre-norm transformer block. [B, S, width] -> [B, S, width]"""

    def __init__(self, config, length):
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.width)
        self.attention = SelfAttention(config.width, config.heads, length)
        self.norm_forward = nn.LayerNorm(config.width)
        self.forward_ = FeedForward(config.width)

    def forward(self, x):
        x = x + self.attention(self.norm_attention(x))
        return x + self.forward_(self.norm_forward(x))


class Encoder(nn.Module):
    """Latents -> one value per token and quantiser channel: principal components, corrected by what queries see where there are blocks."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.cells, self.channels = config.grid ** 2, len(config.levels)
        size = self.cells * config.channels
        self.components = nn.Linear(size, config.token_count * self.channels)
        if not config.encoder_blocks:
            return
        self.patches = nn.Linear(config.channels, config.width)
        self.register_buffer("position", positions_2d(config.grid, config.width), persistent=False)
        # Standard deviation 1: queries that start alike never part.
        self.queries = nn.Parameter(torch.randn(config.token_count, config.width))
        length = self.cells + config.token_count
        self.blocks = nn.ModuleList(EncoderBlock(config, length) for _ in range(config.encoder_blocks))
        self.norm = nn.LayerNorm(config.width)
        self.out = PerTokenLinear(config.token_count, config.width, self.channels, std=0.1 * config.width ** -0.5)

    def forward(self, latents):
        """latents [B, channels, grid, grid] -> [B, K, quantiser channels], before quantisation."""
        straight = self.components(latents.flatten(1)).reshape(-1, self.config.token_count, self.channels)
        if not self.config.encoder_blocks:
            return straight
        cells = self.patches(sequence(latents)) + self.position
        x = torch.cat([cells, self.queries.expand(cells.shape[0], -1, -1).to(cells.dtype)], dim=1)
        for block in self.blocks:
            x = block(x)
        return straight + self.out(self.norm(x[:, self.cells:]))


class DecoderBlock(nn.Module):
    """Transformer block whose norms and residuals are modulated by time and visibility: adaLN-zero."""

    def __init__(self, config):
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.width)
        self.attention = SelfAttention(config.width, config.heads, config.grid ** 2)
        self.norm_forward = nn.LayerNorm(config.width)
        self.forward_ = FeedForward(config.width)
        self.modulation = nn.Linear(config.time_width, 6 * config.width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x, time):
        """x [B, cells, width], time [B, time_width]"""
        shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = self.modulation(time)[:, None].chunk(6, dim=-1)
        # The output matrices already start at zero, so the gates start open: one zero is enough, two would block
        # the gradient of both.
        x = x + (1 + gate_a) * self.attention(self.norm_attention(x) * (1 + scale_a) + shift_a)
        return x + (1 + gate_f) * self.forward_(self.norm_forward(x) * (1 + scale_f) + shift_f)


class Decoder(nn.Module):
    """Noised latents, time and visible tokens -> clean latents."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        size = config.grid ** 2 * config.channels
        self.quantiser = FiniteScalarQuantiser(config.levels)
        self.sketch = PerTokenLinear(config.token_count, len(config.levels), size, std=0.1)
        self.sketch_mean = nn.Parameter(torch.zeros(config.channels, config.grid, config.grid))
        self.patches = nn.Linear(2 * config.channels, config.width)
        self.register_buffer("position", positions_2d(config.grid, config.width), persistent=False)
        self.time = TimeEmbedding(config.time_width)
        self.seen = nn.Linear(config.token_count, config.time_width)  # which tokens are visible
        nn.init.zeros_(self.seen.weight)
        nn.init.zeros_(self.seen.bias)
        self.blocks = nn.ModuleList(DecoderBlock(config) for _ in range(config.decoder_blocks))
        self.norm = nn.LayerNorm(config.width)
        self.modulation = nn.Linear(config.time_width, 2 * config.width)
        self.out = nn.Linear(config.width, config.channels)
        for layer in (self.modulation, self.out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def sketch_of(self, codes, visible):
        """codes [B, K, quantiser channels] in [-1, 1], visible [B, K] bool -> [B, channels, grid, grid]"""
        parts = torch.where(visible[..., None], codes, torch.zeros_like(codes))
        # One product over tokens and channels; a hidden token adds nothing, not even its bias.
        weight = self.sketch.weight.flatten(0, 1)
        total = parts.flatten(1) @ weight + visible.to(weight.dtype) @ self.sketch.bias[:, 0]
        return total.reshape(-1, *self.config.latent_shape) + self.sketch_mean

    def from_codes(self, x, t, codes, visible):
        """x [B, channels, grid, grid], t [B], codes [B, K, quantiser channels], visible [B, K] bool -> x0, as x"""
        sketch = self.sketch_of(codes, visible)
        time = self.time(t) + self.seen(visible.to(x.dtype))
        cells = self.patches(sequence(torch.cat([x, sketch], dim=1))) + self.position
        for block in self.blocks:
            cells = block(cells, time)
        shift, scale = self.modulation(time)[:, None].chunk(2, dim=-1)
        change = self.out(self.norm(cells) * (1 + scale) + shift)
        return sketch + change.transpose(1, 2).reshape(-1, *self.config.latent_shape)

    def forward(self, x, t, tokens, visible):
        """The exported graph: tokens [B, K] int64 in place of codes."""
        return self.from_codes(x, t, self.quantiser.from_index(tokens), visible)


class Codec(nn.Module):
    """The autoencoder (frozen), the encoder and the decoder on its latents."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.autoencoder = Autoencoder(AutoencoderConfig(**config.autoencoder)).requires_grad_(False).eval()
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quantiser = FiniteScalarQuantiser(config.levels)

    def train(self, mode=True):
        super().train(mode)
        self.autoencoder.eval()  # its statistics stay what they are
        return self

    def trained(self):
        """The parts that the codec's training changes."""
        return nn.ModuleDict({"encoder": self.encoder, "decoder": self.decoder})

    @torch.no_grad()
    def latents(self, image):
        return self.autoencoder.encoder(image).float()

    @torch.no_grad()
    def pixels(self, latents):
        """-> image [B, 3, H, W] in [-1, 1]"""
        return self.autoencoder.decoder(latents).float().clamp(-1, 1)

    @torch.no_grad()
    def encode(self, image):
        """image [B, 3, H, W] in [-1, 1] -> tokens [B, K] int64, index 0 the finest."""
        return self.quantiser.to_index(self.encoder(self.latents(image)))

    def forward(self, latents, x, t, visible):
        """Training: the clean latents go through the encoder, the noised ones through the decoder -> x0"""
        return self.decoder.from_codes(x, t, self.quantiser(self.encoder(latents)), visible)


@torch.no_grad()
def start_from_components(codec, latents, changes=None):
    """Sets the straight way to the principal components of latents [N, channels, grid, grid], N well above K * channels, turned
    among each other by `changes`: name -> differences [M, channels, grid, grid] that changing it makes, each name one of DELAYS.

    The first component goes to the token with the highest index. Within a token the first channel, which has the most levels,
    takes the larger one.
    """
    flat = latents.flatten(1).double()
    mean = flat.mean(dim=0)
    covariance = (flat - mean).t() @ (flat - mean) / len(flat)
    values, vectors = torch.linalg.eigh(covariance)
    count = codec.config.token_count * len(codec.config.levels)
    values, vectors = turned(values.flip(0)[:count], vectors.flip(1)[:, :count], changes or {})  # [count], [size, count]
    # Token K-1 holds components 0, 1, 2, 3; token K-2 the next four, and so on.
    order = torch.arange(count).reshape(codec.config.token_count, -1).flip(0).flatten()
    values, vectors = values[order], vectors[:, order]
    # Directions in which nothing varies, as latents of an untrained autoencoder have them, are not blown up.
    scale = COMPONENT_DEVIATION / values.clamp(min=1e-6 * values.max()).sqrt()
    codec.encoder.components.weight.copy_((vectors * scale).t())
    codec.encoder.components.bias.copy_(-(mean @ vectors) * scale)
    # Least squares from codes back to latents: rounding and tanh shrink each component a little differently.
    codes = codec.quantiser(codec.encoder.components(flat.float())
                            .reshape(len(flat), codec.config.token_count, -1)).double()
    centred = codes.flatten(1) - codes.flatten(1).mean(dim=0)
    gain = (centred * ((flat - mean) @ vectors)).mean(dim=0) / centred.square().mean(dim=0).clamp(min=1e-6)
    weight = (vectors * gain).t()  # [count, size]
    codec.decoder.sketch.weight.copy_(weight.reshape(codec.config.token_count, -1, weight.shape[1]))
    codec.decoder.sketch.bias.copy_(-(codes.mean(dim=0)[..., None] * codec.decoder.sketch.weight).sum(1, keepdim=True))
    codec.decoder.sketch_mean.copy_(mean.reshape(codec.config.latent_shape))
    left = (flat - codec.decoder.sketch_of(codes.float(), torch.ones(codes.shape[:2], dtype=torch.bool)).flatten(1)).square().mean()
    return {"variance kept by the components": (values.sum() / covariance.trace()).item(),
            "error after rounding, share of the variance": (left / (flat - mean).square().mean()).item()}


def turned(values, vectors, changes):
    """Principal components, their variances [count] and directions [size, count], turned so that what DELAYS names comes later or
    sooner -> the same of the new ones, in their order.

    They span what the old ones spanned, and as every component has the same levels, rounding costs as much as before: the order is for free.
    """
    spread = {name: difference.flatten(1).double() @ vectors for name, difference in changes.items()}
    spread = {name: rows.t() @ rows / (2 * len(rows)) for name, rows in spread.items()}  # [count, count], as covariances

    def delayed(which):
        return torch.diag(values) - sum(DELAYS[name][which] * each for name, each in spread.items())
    turn = torch.linalg.eigh(delayed(0)).eigenvectors.flip(1)

    def along(matrix):
        return (turn * (matrix @ turn)).sum(dim=0)
    turn = turn[:, along(delayed(1)).argsort(descending=True)]
    return along(torch.diag(values)), vectors @ turn
