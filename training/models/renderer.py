"""The one-step renderer: tokens -> clean image in one evaluation, without noise and without time.

A second stage after the codec, as in Selftok (arXiv 2505.07538, section 3.4): a learnt canvas takes the place of the
noised image. It starts as the decoder at t = 1 with nothing on its input. The time modulation is constant there and
folds into the norms and output matrices, so a block loses a seventh of its weights.
"""
from dataclasses import asdict, dataclass

import torch
from torch import nn

from training.models.codec import CodecConfig, EncoderBlock, PixelHead
from training.models.fsq import FiniteScalarQuantiser
from training.models.layers import PerTokenLinear


@dataclass
class RendererConfig:
    codec: dict  # CodecConfig.as_dict()
    decoder_blocks: tuple  # which blocks of the decoder it starts from, in order

    as_dict = asdict


# Which blocks of the decoder: fewer are faster and smaller, but have to learn anew what was left out (LOG.md).
SIZES = {"cpu": (0, 1, 2, 3), "gpu": (0, 3, 6, 9)}


class Renderer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        codec = CodecConfig(**config.codec)
        self.patches = codec.grid ** 2
        self.quantiser = FiniteScalarQuantiser(codec.levels)
        self.canvas = nn.Parameter(torch.zeros(self.patches, codec.width))  # what the decoder makes of x = 0
        self.codes = PerTokenLinear(codec.token_count, len(codec.levels), codec.width, std=1.0)
        self.code_position = nn.Parameter(torch.randn(codec.token_count, codec.width))
        self.hidden_code = nn.Parameter(torch.zeros(codec.width))  # stands for a token that is not visible
        self.blocks = nn.ModuleList(EncoderBlock(codec) for _ in config.decoder_blocks)
        self.norm = nn.LayerNorm(codec.width)
        self.head = PixelHead(codec)

    def forward(self, tokens, visible):
        """The exported graph: tokens [B, K] int64, visible [B, K] bool -> image [B, 3, H, W]"""
        codes = self.codes(self.quantiser.from_index(tokens))
        codes = torch.where(visible[..., None], codes, self.hidden_code.to(codes.dtype)) + self.code_position
        x = torch.cat([self.canvas.expand(tokens.shape[0], -1, -1).to(codes.dtype), codes], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x[:, :self.patches]))


@torch.no_grad()
def start_from(decoder, blocks):
    """decoder: models.codec.Decoder -> Renderer. With every block it equals decoder(0, t = 1)."""
    renderer = Renderer(RendererConfig(decoder.config.as_dict(), tuple(blocks)))
    time = decoder.time(torch.ones(1, device=decoder.hidden_code.device))
    renderer.canvas.copy_(decoder.patches.expand.bias + decoder.patches.position)
    renderer.codes.load_state_dict(decoder.codes.state_dict())
    renderer.code_position.copy_(decoder.code_position)
    renderer.hidden_code.copy_(decoder.hidden_code)
    renderer.head.load_state_dict(decoder.head.state_dict())
    shift, scale = decoder.modulation(time)[0].chunk(2)
    fold_norm(renderer.norm, decoder.norm, shift, scale)
    for block, number in zip(renderer.blocks, blocks):
        fold_block(block, decoder.blocks[number], time)
    return renderer


def fold_block(block, source, time):
    """The same block at one time: modulation goes into the affine part of the norms, gates into the last matrices."""
    shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = source.modulation(time)[0].chunk(6)
    fold_norm(block.norm_attention, source.norm_attention, shift_a, scale_a)
    fold_norm(block.norm_forward, source.norm_forward, shift_f, scale_f)
    block.attention.qkv.weight.copy_(source.attention.qkv.weight)
    block.attention.out.weight.copy_((1 + gate_a)[:, None] * source.attention.out.weight)
    block.forward_.up.load_state_dict(source.forward_.up.state_dict())
    block.forward_.down.weight.copy_((1 + gate_f)[:, None] * source.forward_.down.weight)
    block.forward_.down.bias.copy_((1 + gate_f) * source.forward_.down.bias)


def fold_norm(norm, source, shift, scale):
    """norm(x) * (1 + scale) + shift as one affine norm."""
    norm.weight.copy_(source.weight * (1 + scale))
    norm.bias.copy_(source.bias * (1 + scale) + shift)
