"""Tokens back to pictures, the same way for every tokenizer of the studies."""
import torch

from training.models import diffusion
from training.models.pool import from_bytes

STEPS = 8  # of the Euler sampler
NOISE_SEED = 7
BATCH = 64


@torch.no_grad()
def restore(codec, tokens, steps=STEPS):
    """tokens [N, K] int64 -> images [N, 3, H, W] in [-1, 1], the noise the same for all codecs"""
    side, generator = codec.config.image_size, torch.Generator().manual_seed(NOISE_SEED)
    return torch.cat([diffusion.sample(codec.visible_decoder, part, torch.randn(len(part), 3, side, side, generator=generator),
                                       steps=steps) for part in tokens.split(BATCH)])


@torch.no_grad()
def encode(codec, images):
    """uint8 [N, 3, H, W] -> tokens [N, K] int64"""
    return torch.cat([codec.encode(from_bytes(part)) for part in images.split(BATCH)])
