"""The closed vocabulary of the world: colours, kinds, textures, sizes, backgrounds and places.

Everything here is plain data (no torch), shared by the sampler, the renderer and the language.
The order of every tuple is part of the model pack's meaning (class indices): append, never reorder.
"""

# Which world this is. Evaluation sets (`world-v2`) and the curves of runs bear its number: figures of two worlds do not compare.
WORLD = 2

# Colour of objects, sRGB 0-255.
COLOUR_RGB = {
    'red': (222, 46, 48),
    'orange': (246, 134, 24),
    'yellow': (251, 212, 44),
    'green': (44, 152, 66),
    'teal': (26, 184, 182),
    'blue': (40, 92, 214),
    'purple': (126, 56, 176),
    'pink': (246, 138, 186),
    'brown': (124, 78, 42),
    'black': (28, 28, 34),
    'grey': (138, 142, 148),
    'white': (250, 250, 247),
}
COLOURS = tuple(COLOUR_RGB)

# The same names as a background: softer, so that objects stand in front of it.
BACKGROUND_RGB = {
    'red': (226, 92, 86),
    'orange': (248, 172, 96),
    'yellow': (250, 228, 134),
    'green': (126, 190, 120),
    'teal': (120, 212, 206),
    'blue': (112, 160, 234),
    'purple': (168, 126, 208),
    'pink': (250, 192, 214),
    'brown': (164, 122, 86),
    'black': (46, 48, 58),
    'grey': (176, 180, 186),
    'white': (246, 245, 240),
}

KINDS = ('circle', 'square', 'triangle', 'star', 'heart', 'cross', 'moon', 'house', 'tree', 'sun', 'cloud', 'boat',
         'fish', 'car')
TEXTURES = ('solid', 'striped', 'dotted')
SIZES = ('small', 'medium', 'large')
# Radius of the bounding circle as a share of the image side: (lowest, highest). The bands are far apart.
SIZE_RADII = ((0.148, 0.156), (0.185, 0.195), (0.230, 0.242))
# `checked`, `banded` and `spotted` are the three patterned backgrounds; they have one named colour.
BACKGROUNDS = ('plain', 'gradient', 'horizon', 'checked', 'banded', 'spotted')
TWO_COLOUR_BACKGROUNDS = ('gradient', 'horizon')

# The 3x3 grid of named places, row by row from the top left: cell = 3 * row + column.
CELLS = ('top left', 'top', 'top right', 'left', 'centre', 'right', 'bottom left', 'bottom', 'bottom right')
# Object centres keep this distance from the grid lines at 1/3 and 2/3, so that the place has one name.
CELL_MARGIN = 0.045
# ... and the bounding circle keeps this distance from the image border.
BORDER_MARGIN = 0.012
MAXIMUM_OBJECTS = 3


def cell_of(x: float, y: float) -> int:
    """Index into CELLS of a point in unit coordinates (x to the right, y down)."""
    return 3 * min(2, max(0, int(y * 3))) + min(2, max(0, int(x * 3)))


def cell_interval(index: int, radius: float) -> tuple:
    """(lowest, highest) unit coordinate an object's centre may take in row or column `index` (0, 1, 2)."""
    lowest = max(index / 3 + CELL_MARGIN * (index > 0), radius + BORDER_MARGIN)
    highest = min((index + 1) / 3 - CELL_MARGIN * (index < 2), 1 - radius - BORDER_MARGIN)
    return lowest, highest


def is_held_out(colour: int, kind: int, texture: int) -> bool:
    """True for the ~8 % of (colour, kind, texture) triples that never occur outside the 'unseen' split."""
    mixed = (colour * 73856093 ^ kind * 19349663 ^ texture * 83492791) & 0xFFFFFFFF
    mixed = (mixed * 2654435761) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 2246822519) & 0xFFFFFFFF
    return (mixed >> 16) % 1000 < 80


HELD_OUT_TRIPLES = tuple(
    (colour, kind, texture)
    for colour in range(len(COLOURS)) for kind in range(len(KINDS)) for texture in range(len(TEXTURES))
    if is_held_out(colour, kind, texture))
