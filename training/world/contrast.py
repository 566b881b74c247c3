"""How well an object's colour stands out from the background beneath it (OKLab distance, no torch).

One table serves the tensor sampler and the plain-Python edits, so both obey the same rule.
"""

from training.world.vocabulary import BACKGROUND_RGB, COLOUR_RGB, COLOURS

# Mixtures between a background's two colours are rounded to this many steps (0 = first, 16 = second colour).
MIX_STEPS = 16
# Smallest OKLab distance between an object and what lies beneath it, and between two background colours.
MINIMUM_OBJECT_CONTRAST = 0.17
MINIMUM_BACKGROUND_CONTRAST = 0.15


def oklab(red: float, green: float, blue: float) -> tuple:
    """OKLab of an sRGB colour with channels 0-255."""
    linear = [channel / 255 / 12.92 if channel / 255 <= 0.04045 else ((channel / 255 + 0.055) / 1.055) ** 2.4
              for channel in (red, green, blue)]
    long, middle, short = (
        (weights[0] * linear[0] + weights[1] * linear[1] + weights[2] * linear[2]) ** (1 / 3)
        for weights in ((0.4122214708, 0.5363325363, 0.0514459929),
                        (0.2119034982, 0.6806995451, 0.1073969566),
                        (0.0883024619, 0.2817188376, 0.6299787005)))
    return (0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short)


def _distance(first: tuple, second: tuple) -> float:
    return sum((a - b) ** 2 for a, b in zip(first, second)) ** 0.5


def _mixture(first: str, second: str, step: int) -> tuple:
    share = step / MIX_STEPS
    return oklab(*((1 - share) * a + share * b for a, b in zip(BACKGROUND_RGB[first], BACKGROUND_RGB[second])))


_OBJECTS = [oklab(*COLOUR_RGB[name]) for name in COLOURS]

# OBJECT_CONTRAST[first][second][step][object]: distance of an object colour to a background mixture.
# An object never shares a background colour's name where that colour lies beneath it: distance 0 there.
OBJECT_CONTRAST = []
for _first in COLOURS:
    OBJECT_CONTRAST.append([])
    for _second in COLOURS:
        _rows = []
        for _step in range(MIX_STEPS + 1):
            _beneath = _mixture(_first, _second, _step)
            _row = [_distance(_beneath, colour) for colour in _OBJECTS]
            if _step <= 6:
                _row[COLOURS.index(_first)] = 0.0
            if _step >= MIX_STEPS - 6:
                _row[COLOURS.index(_second)] = 0.0
            _rows.append(_row)
        OBJECT_CONTRAST[-1].append(_rows)

# BACKGROUND_CONTRAST[first][second]: distance between two background colours.
BACKGROUND_CONTRAST = [[_distance(oklab(*BACKGROUND_RGB[a]), oklab(*BACKGROUND_RGB[b])) for b in COLOURS]
                       for a in COLOURS]
