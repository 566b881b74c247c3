"""The control's twin: the shipped timestep tokens behind a decoder as wide, as large and as briefly trained as the control's.

The shipped decoder is nine times larger and saw five times the pictures; beside it nothing could be said about tokens.
Where the control has its codebook, 0.12 of a million weights, this one has a wider pixel head.
"""
import torch
from torch import nn

from training.models import diffusion
from training.models.codec import CodecConfig, Decoder
from training.study.train_decoder import SEED

HEAD_WIDTH = 104


class TwinCodec(nn.Module):
    schedule = {"kind": "power", "exponent": diffusion.SCHEDULE_EXPONENT}

    def __init__(self, shipped, size):
        """shipped: the codec whose encoder, and so whose tokens, this one has"""
        super().__init__()
        self.config = CodecConfig(token_count=shipped.config.token_count, width=size.raster_width,
                                  heads=size.raster_width // 32, decoder_blocks=size.raster_blocks,
                                  bottleneck=size.raster_width // 2, head_width=HEAD_WIDTH, levels=shipped.config.levels)
        self.encoder, self.quantiser = shipped.encoder, shipped.quantiser
        torch.manual_seed(SEED)
        self.decoder = Decoder(self.config)

    def encode(self, image):
        """image [B, 3, H, W] in [-1, 1] -> tokens [B, K] int64, index 0 the finest"""
        return self.quantiser.to_index(self.encoder(image))

    def training_visibility(self, t):
        return diffusion.sample_training_visibility(t, self.config.token_count)

    def visible_decoder(self, x, t, tokens, visible):
        """What `diffusion.sample` calls: visibility is its business."""
        return self.decoder(x, t, tokens, visible)

    @staticmethod
    def writing_order(tokens):
        """tokens [N, K] as numbered, finest first -> in the order in which a language model writes them: coarse -> fine"""
        return tokens[:, ::-1]
