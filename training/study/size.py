"""The one dial of the studies: how large everything is and how long it trains.

Budgets count images and steps, never minutes, so that both sides of a comparison get the same on any machine, however
busy. What it took is written beside each result.
"""
from dataclasses import asdict, dataclass

from training.models.checkpoint import RUNS

LEVELS = (8, 5, 5, 5)  # 1000 codes, as in the shipped pack


@dataclass(frozen=True)
class Size:
    # Language models, on the tokens of the shipped pack and of the spatial control (128 x 128 pixels).
    scenes: int  # training scenes without the edited ones
    edits: int
    width: int
    blocks: int
    batch: int  # sequences per step
    steps: int  # of one run
    # The spatial control.
    columns: int  # of its raster; columns * rows = token_count
    raster_width: int
    raster_blocks: int
    raster_images: int  # seen by its decoder
    # Codecs of both kinds learnt from nothing, on the small world (data.py).
    image_size: int
    patch: int
    codec_width: int
    encoder_blocks: int
    decoder_blocks: int
    head_width: int
    pictures: int  # training pictures
    codec_images: int  # seen by each codec
    codec_batch: int
    token_count: int = 32  # K, on all sides

    as_dict = asdict

    @property
    def rows(self):
        return self.token_count // self.columns


SIZES = {
    "study": Size(scenes=13312, edits=3072, width=64, blocks=2, batch=64, steps=300,
                  columns=4, raster_width=128, raster_blocks=2, raster_images=16_384,
                  image_size=64, patch=16, codec_width=128, encoder_blocks=2, decoder_blocks=3, head_width=48,
                  pictures=16384, codec_images=20_480, codec_batch=64),
    # Everything runs, nothing is learnt: for the tests.
    "test": Size(scenes=48, edits=16, width=32, blocks=1, batch=8, steps=8,
                 columns=4, raster_width=32, raster_blocks=1, raster_images=192,
                 image_size=64, patch=16, codec_width=32, encoder_blocks=1, decoder_blocks=1, head_width=8,
                 pictures=64, codec_images=64, codec_batch=16),
}


def folder(size):
    """Where checkpoints and caches of a size lie; not kept in the repository."""
    return RUNS / "study" / size
