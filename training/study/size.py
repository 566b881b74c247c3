"""The one dial of the studies: how large everything is and how long it trains.

Budgets count images and steps, never minutes, so that both sides of a comparison get the same on any machine, however
busy. What it took is written beside each result.
"""
from dataclasses import asdict, dataclass

from training.models.checkpoint import RUNS

LEVELS = (8, 5, 5, 5)  # 1000 codes, as in the shipped pack


@dataclass(frozen=True)
class Size:
    image_size: int
    patch: int
    token_count: int  # K, on both sides
    columns: int  # of the raster; columns * rows = K
    width: int  # of both codecs
    heads: int
    encoder_blocks: int
    decoder_blocks: int
    head_width: int
    scenes: int  # training scenes, the same for codecs and language models
    codec_images: int  # seen by each codec
    codec_batch: int
    language_width: int
    language_blocks: int
    language_batch: int  # sequences per step
    language_steps: int  # of one run

    as_dict = asdict

    @property
    def rows(self):
        return self.token_count // self.columns


SIZES = {
    # 64 x 64 pixels; one thread of a busy machine sees about 50 images a second.
    "study": Size(image_size=64, patch=16, token_count=32, columns=8, width=128, heads=4, encoder_blocks=2, decoder_blocks=3,
                  head_width=48, scenes=16384, codec_images=20_480, codec_batch=64, language_width=64, language_blocks=2,
                  language_batch=64, language_steps=300),
    # Everything runs, nothing is learnt: for the tests.
    "test": Size(image_size=64, patch=16, token_count=32, columns=8, width=32, heads=2, encoder_blocks=1, decoder_blocks=1,
                 head_width=8, scenes=64, codec_images=64, codec_batch=16, language_width=32, language_blocks=1,
                 language_batch=8, language_steps=4),
}


def folder(size):
    """Where checkpoints and caches of a size lie; not kept in the repository."""
    return RUNS / "study" / size
