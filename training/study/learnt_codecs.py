"""Timestep tokens and spatial tokens, both learnt from nothing with one budget, in the small world of data.py.

Both share the quantiser, the convolutional stem, the decoder with its blocks and head, the number of tokens, the diffusion
loss and the data. They differ in what a token may know and when it is seen:

    timestep  K queries look at the whole picture; at t the decoder sees V_1 ... V_k(t)
    raster    a cell of the picture per token, encoded from its surroundings alone; the decoder sees all of them at every t
"""
import torch
import torch.nn.functional as F
from torch import nn

from training.models import diffusion
from training.models.codec import CodecConfig, Decoder, Encoder, EncoderBlock
from training.models.fsq import FiniteScalarQuantiser
from training.models.layers import SelfAttention
from training.study.size import LEVELS

KINDS = ("timestep", "raster")
COLUMNS = 8  # of the raster
NEIGHBOURS = 1  # cells in each direction that an encoder block of the raster looks at
DROP_ALL = 0.05  # as in the timestep tokenizer: the unconditional branch of guidance


def codec_config(size):
    return CodecConfig(image_size=size.image_size, patch=size.patch, token_count=size.token_count, width=size.codec_width,
                       heads=size.codec_width // 32, encoder_blocks=size.encoder_blocks, decoder_blocks=size.decoder_blocks,
                       bottleneck=size.codec_width // 2, head_width=size.head_width, levels=LEVELS)


class TimestepCodec(nn.Module):
    """The codec of the shipped pack at the size of a study."""

    def __init__(self, size):
        super().__init__()
        self.config = codec_config(size)
        self.encoder, self.decoder = Encoder(self.config), Decoder(self.config)
        self.quantiser = FiniteScalarQuantiser(LEVELS)

    def encode(self, image):
        """image [B, 3, H, W] in [-1, 1] -> tokens [B, K] int64, index 0 the finest"""
        return self.quantiser.to_index(self.encoder(image))

    def training_visibility(self, t):
        return diffusion.sample_training_visibility(t, self.config.token_count)

    def visible_decoder(self, x, t, tokens, visible):
        """What `diffusion.sample` calls: visibility is its business."""
        return self.decoder(x, t, tokens, visible)


class NeighbourAttention(SelfAttention):
    """Attention of every cell to the cells beside it and itself: a token stays the token of its place."""

    def __init__(self, width, heads, rows, columns):
        super().__init__(width, heads, rows * columns)
        row, column = (axis.reshape(-1) for axis in torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij"))
        far = (((row[:, None] - row).abs() > NEIGHBOURS) | ((column[:, None] - column).abs() > NEIGHBOURS))
        self.register_buffer("hidden", far.float() * -1e9, persistent=False)

    def forward(self, x):
        qkv = self.qkv(x).reshape(self.split).permute(2, 0, 3, 1, 4)
        query, key = F.layer_norm(qkv[:2], self.split[-1:])
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-2, -1) + self.hidden
        mixed = (scores.softmax(dim=-1).to(qkv.dtype) @ qkv[2]).transpose(1, 2)
        return self.out(mixed.reshape(self.joined))


class RasterEncoder(nn.Module):
    """image [B, 3, H, W] -> one value per cell and quantiser channel, cells row by row from the top left."""

    def __init__(self, config, rows, columns):
        super().__init__()
        self.rows, self.columns = rows, columns
        high, wide = config.image_size // rows, config.image_size // columns
        self.cell = (high, wide)
        # The maps of models/codec.py, Stem, ending at a cell instead of a patch.
        self.first = nn.Conv2d(3 * 16, 64, 3, padding=1)
        self.halve = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.mix = nn.Conv2d(128, 128, 3, padding=1)
        self.mix_again = nn.Conv2d(128, 128, 3, padding=1)  # stands for the stem's last map: as many parameters
        self.join = nn.Conv2d(128, config.width, (high // 8, wide // 8), stride=(high // 8, wide // 8))
        for layer in (self.first, self.halve, self.mix, self.mix_again):
            nn.init.kaiming_normal_(layer.weight)
        self.reduce = nn.Linear(3 * high * wide, config.bottleneck, bias=False)
        self.expand = nn.Linear(config.bottleneck, config.width)
        self.blocks = nn.ModuleList(EncoderBlock(config) for _ in range(config.encoder_blocks))
        for block in self.blocks:
            block.attention = NeighbourAttention(config.width, config.heads, rows, columns)
        self.norm = nn.LayerNorm(config.width)
        # One map for all cells: a code means the same wherever it stands, as in any raster tokenizer.
        self.out = nn.Linear(config.width, len(config.levels))
        nn.init.normal_(self.out.weight, std=config.width ** -0.5)

    def forward(self, image):
        high, wide = self.cell
        edges = F.gelu(self.first(F.pixel_unshuffle(image, 4)))
        parts = F.gelu(self.halve(edges))
        mixed = F.gelu(parts + self.mix(parts))
        stem = self.join(F.gelu(mixed + self.mix_again(mixed))).flatten(2).transpose(1, 2)
        cells = image.reshape(-1, 3, self.rows, high, self.columns, wide).permute(0, 2, 4, 1, 3, 5)
        x = self.expand(self.reduce(cells.reshape(-1, self.rows * self.columns, 3 * high * wide))) + stem
        x = x.float()  # norms of torch 1.13 take no bfloat16
        for block in self.blocks:
            x = block(x)
        return self.out(self.norm(x))


class RasterCodec(nn.Module):
    """The control: same decoder, same codebook, same number of tokens, in a raster."""

    def __init__(self, size):
        super().__init__()
        self.config = codec_config(size)
        self.encoder = RasterEncoder(self.config, size.token_count // COLUMNS, COLUMNS)
        self.decoder = Decoder(self.config)
        self.quantiser = FiniteScalarQuantiser(LEVELS)

    def encode(self, image):
        """image [B, 3, H, W] in [-1, 1] -> tokens [B, K] int64, index 0 at the top left"""
        return self.quantiser.to_index(self.encoder(image))

    def training_visibility(self, t):
        """[B] -> [B, K] bool: all or, for guidance, none"""
        return (torch.rand(len(t), 1, device=t.device) >= DROP_ALL).expand(-1, self.config.token_count)

    def visible_decoder(self, x, t, tokens, visible):
        """t does not govern what is seen: whoever shows some tokens shows them all."""
        return self.decoder(x, t, tokens, visible.any(dim=1, keepdim=True).expand_as(visible))


def make_codec(kind, size, seed):
    torch.manual_seed(seed)
    return {"timestep": TimestepCodec, "raster": RasterCodec}[kind](size)
