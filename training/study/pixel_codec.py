"""The image tokenizer: an encoder with finite scalar quantisation, and a diffusion decoder.

Image to tokens: 16 x 16 patches and K learnable queries share two transformer blocks; each query ends as one
discrete token. Tokens to image: patches of the noised image and the K codes share adaLN-zero blocks (DiT, arXiv
2212.09748); a small convolutional head draws the pixels. Dual-stream encoding and the recursive visibility of
tokens follow DDT-LLaMA (arXiv 2504.14666, section 3) and Selftok (arXiv 2505.07538, section 3).
"""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from training.models.diffusion import NOISE_SCALE
from training.models.fsq import FiniteScalarQuantiser
from training.models.layers import FeedForward, PerTokenLinear, SelfAttention, TimeEmbedding, positions_2d
from training.world.segmentation import ATTRIBUTES, NOTHING


@dataclass
class CodecConfig:
    image_size: int = 128
    patch: int = 16
    token_count: int = 32  # K
    width: int = 384
    heads: int = 6
    encoder_blocks: int = 2
    decoder_blocks: int = 4
    bottleneck: int = 128  # patches pass through it on their way in (JiT)
    time_width: int = 128
    head_width: int = 128  # channels of the convolutional head, at an eighth of the image size
    levels: tuple = (8, 5, 5, 5)

    as_dict = asdict

    @property
    def grid(self):
        return self.image_size // self.patch

    @property
    def length(self):
        """Positions that attend to each other: patches, then queries or codes."""
        return self.grid ** 2 + self.token_count


SIZES = {
    "cpu": CodecConfig(),
    "gpu": CodecConfig(token_count=64, width=512, heads=8, encoder_blocks=4, decoder_blocks=10, head_width=192),
}


class PatchEmbedding(nn.Module):
    """[B, 3, H, W] -> [B, patches, width]: one linear map through a bottleneck, plus fixed positions."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.reduce = nn.Linear(3 * config.patch ** 2, config.bottleneck, bias=False)
        self.expand = nn.Linear(config.bottleneck, config.width)
        self.register_buffer("position", positions_2d(config.grid, config.width), persistent=False)

    def forward(self, image):
        grid, patch = self.config.grid, self.config.patch
        patches = image.reshape(-1, 3, grid, patch, grid, patch).permute(0, 2, 4, 1, 3, 5)
        patches = patches.reshape(-1, grid ** 2, 3 * patch ** 2)
        return self.expand(self.reduce(patches)) + self.position


class Stem(nn.Module):
    """Convolutions beside the patch embedding: [B, 3, H, W] -> [B, patches, width].

    Through a linear bottleneck alone, and two blocks, the encoder knew places and colours but no kinds: an outline is
    a non-linear matter of a few pixels (training/LOG.md).
    """

    def __init__(self, config):
        super().__init__()
        self.cell = config.patch // 4
        self.first = nn.Conv2d(3 * self.cell ** 2, 64, 3, padding=1)
        self.halve = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.mix = nn.Conv2d(128, 128, 3, padding=1)
        self.out = nn.Conv2d(128, config.width, 3, stride=2, padding=1)
        for layer in (self.first, self.halve, self.mix):
            nn.init.kaiming_normal_(layer.weight)
        nn.init.normal_(self.out.weight, std=0.01)

    def features(self, image):
        """image [B, 3, H, W] -> four maps [B, channels, side, side], from edges to kinds"""
        edges = F.gelu(self.first(F.pixel_unshuffle(image, self.cell)))
        parts = F.gelu(self.halve(edges))
        mixed = F.gelu(parts + self.mix(parts))
        return [edges, parts, mixed, self.out(mixed)]

    def forward(self, image):
        return self.features(image)[-1].flatten(2).transpose(1, 2)

    def distance(self, image, other):
        """How different two batches of images [B, 3, H, W] look to this stem, scalar in [0, 4].

        Squared distance of feature vectors of unit length, averaged over places and maps (LPIPS, arXiv 1801.03924,
        with this stem, which has learnt to name kinds, in a classifier's place).
        """
        pairs = zip(self.features(image), self.features(other))
        parts = [(F.normalize(a.float(), dim=1) - F.normalize(b.float(), dim=1)).square().sum(dim=1).mean()
                 for a, b in pairs]
        return torch.stack(parts).mean()


class EncoderBlock(nn.Module):
    """Pre-norm transformer block. [B, S, width] -> [B, S, width]"""

    def __init__(self, config):
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.width)
        self.attention = SelfAttention(config.width, config.heads, config.length)
        self.norm_forward = nn.LayerNorm(config.width)
        self.forward_ = FeedForward(config.width)

    def forward(self, x):
        x = x + self.attention(self.norm_attention(x))
        return x + self.forward_(self.norm_forward(x))


class Encoder(nn.Module):
    """Image -> one value per token and quantiser channel."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.patches = PatchEmbedding(config)
        self.stem = Stem(config)
        # Standard deviation 1: queries that start alike never part.
        self.queries = nn.Parameter(torch.randn(config.token_count, config.width))
        self.blocks = nn.ModuleList(EncoderBlock(config) for _ in range(config.encoder_blocks))
        self.norm = nn.LayerNorm(config.width)
        # Unit variance before tanh: all levels are in use from the start.
        self.out = PerTokenLinear(config.token_count, config.width, len(config.levels), std=config.width ** -0.5)

    def forward(self, image):
        """image [B, 3, H, W] -> [B, K, channels], before quantisation."""
        patches = self.patches(image) + self.stem(image)
        x = torch.cat([patches, self.queries.expand(patches.shape[0], -1, -1).to(patches.dtype)], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.out(self.norm(x[:, self.config.grid ** 2:]))


class DecoderBlock(nn.Module):
    """Transformer block whose norms and residuals are modulated by the time: adaLN-zero."""

    def __init__(self, config):
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.width)
        self.attention = SelfAttention(config.width, config.heads, config.length)
        self.norm_forward = nn.LayerNorm(config.width)
        self.forward_ = FeedForward(config.width)
        self.modulation = nn.Linear(config.time_width, 6 * config.width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x, time):
        """x [B, S, width], time [B, time_width]"""
        shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = self.modulation(time)[:, None].chunk(6, dim=-1)
        # The output matrices already start at zero, so the gates start open: one zero is enough, two would block
        # the gradient of both.
        x = x + (1 + gate_a) * self.attention(self.norm_attention(x) * (1 + scale_a) + shift_a)
        return x + (1 + gate_f) * self.forward_(self.norm_forward(x) * (1 + scale_f) + shift_f)


class PixelHead(nn.Module):
    """Patches -> pixels: each patch unfolds to 4 x 4 cells, two 3 x 3 convolutions join neighbours, cells unfold.

    A linear head alone draws every patch for itself from a low-rank set of pictures, which leaves edges rough.
    """

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.cell = config.patch // 2
        self.unfold = nn.Linear(config.width, 4 * config.head_width)
        self.mix = nn.Conv2d(config.head_width, config.head_width, 3, padding=1)
        self.mix_again = nn.Conv2d(config.head_width, config.head_width, 3, padding=1)
        self.out = nn.Conv2d(config.head_width, 3 * self.cell ** 2, 1)
        nn.init.zeros_(self.mix_again.weight)
        nn.init.zeros_(self.mix_again.bias)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, patches):
        """[B, patches, width] -> [B, 3, H, W]"""
        grid, width = self.config.grid, self.config.head_width
        cells = self.unfold(patches).reshape(-1, grid, grid, 2, 2, width).permute(0, 5, 1, 3, 2, 4)
        cells = cells.reshape(-1, width, 2 * grid, 2 * grid)
        cells = cells + self.mix_again(F.gelu(self.mix(F.gelu(cells))))
        return F.pixel_shuffle(self.out(cells), self.cell)


class Decoder(nn.Module):
    """Noised image, time and visible tokens -> clean image."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.quantiser = FiniteScalarQuantiser(config.levels)
        self.patches = PatchEmbedding(config)
        self.codes = PerTokenLinear(config.token_count, len(config.levels), config.width, std=1.0)
        self.code_position = nn.Parameter(torch.randn(config.token_count, config.width))
        self.hidden_code = nn.Parameter(torch.zeros(config.width))  # stands for a token that is not visible
        self.time = TimeEmbedding(config.time_width)
        self.blocks = nn.ModuleList(DecoderBlock(config) for _ in range(config.decoder_blocks))
        self.norm = nn.LayerNorm(config.width)
        self.modulation = nn.Linear(config.time_width, 2 * config.width)
        self.head = PixelHead(config)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def features(self, x, t, codes, visible):
        """x [B, 3, H, W], t [B], codes [B, K, channels] in [-1, 1], visible [B, K] bool -> [B, patches, width]"""
        time = self.time(t)
        codes = torch.where(visible[..., None], self.codes(codes), self.hidden_code.to(codes.dtype))
        x = torch.cat([self.patches(x), codes + self.code_position], dim=1)
        for block in self.blocks:
            x = block(x, time)
        shift, scale = self.modulation(time)[:, None].chunk(2, dim=-1)
        return self.norm(x[:, :self.config.grid ** 2]) * (1 + scale) + shift

    def forward(self, x, t, tokens, visible):
        """The exported graph: tokens [B, K] int64 in place of codes -> x0 [B, 3, H, W]"""
        return self.head(self.features(x, t, self.quantiser.from_index(tokens), visible))


class Reading(nn.Module):
    """What a network takes the scene to be: logits of each attribute in 2 x 2 cells per patch. Training only.

    The pixels of an outline are few, so squared error teaches kinds and textures last; naming them asks for them at
    once. The pack does not contain this head, and its card says that it was used.
    """

    def __init__(self, config):
        super().__init__()
        self.grid = config.grid
        self.classes = [ATTRIBUTES["kind"] + 1, *list(ATTRIBUTES.values())[1:]]  # kind: "nothing" comes last
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, 4 * sum(self.classes))

    def forward(self, features):
        """[B, patches, width] -> list of [B, classes, cells, cells], one per attribute"""
        logits = self.out(self.norm(features)).reshape(-1, self.grid, self.grid, 2, 2, sum(self.classes))
        logits = logits.permute(0, 5, 1, 3, 2, 4).reshape(-1, sum(self.classes), 2 * self.grid, 2 * self.grid)
        return logits.float().split(self.classes, dim=1)

    def loss(self, logits, labels):
        """labels [B, 4, cells, cells] of `segment` -> (mean cross entropy over attributes in nats, correct kinds 0-1)

        Kinds count over all cells, objects as much as the empty rest; the other attributes over objects alone.
        """
        labels = labels.long()
        filled = labels[:, 0] != NOTHING
        kinds = torch.where(filled, labels[:, 0], self.classes[0] - 1)
        weight = torch.where(filled, 0.5 / filled.float().mean().clamp(min=1e-3), 0.5)
        total = (F.cross_entropy(logits[0], kinds, reduction="none") * weight).mean()
        for one, label in zip(logits[1:], labels.unbind(1)[1:]):
            total = total + F.cross_entropy(one, label, ignore_index=NOTHING)
        correct = (logits[0].argmax(1) == kinds)[filled].float().mean()
        return total / len(logits), correct


class Codec(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quantiser = FiniteScalarQuantiser(config.levels)
        self.reading = Reading(config)

    def encode(self, image):
        """image [B, 3, H, W] in [-1, 1] -> tokens [B, K] int64, index 0 the finest."""
        return self.quantiser.to_index(self.encoder(image))

    def forward(self, image, x, t, visible):
        """Training: the clean image goes through the encoder, the noised one through the decoder.

        -> (x0, reading, how different x0 looks to the stem)
        """
        return self.draw(self.codes(image), image, x, t, visible)

    def codes(self, image):
        """image [B, 3, H, W] -> quantised codes [B, K, channels] in [-1, 1]"""
        return self.quantiser(self.encoder(image))

    def draw(self, codes, image, x, t, visible):
        """As `forward`, from codes that are there already; `image` is what the result is compared with."""
        features = self.decoder.features(x, t, codes, visible)
        drawn = self.decoder.head(features)
        return drawn, self.reading(features), self.encoder.stem.distance(drawn, image)

    def draw_at_once(self, codes, noise):
        """codes [B, K, channels], all visible, and standard normal noise [B, 3, H, W] -> x0, in one step from t = 1"""
        t = torch.ones(len(codes), device=codes.device)
        visible = torch.ones(codes.shape[:2], dtype=torch.bool, device=codes.device)
        return self.decoder.head(self.decoder.features(NOISE_SCALE * noise, t, codes, visible))
