"""A scene as plain data with a JSON round trip. No torch: language and evaluation files use only this.

Coordinates are shares of the image side: x to the right, y down, radius of the bounding circle.
"""

from dataclasses import dataclass, field
from typing import List

from training.world.contrast import MIX_STEPS, OBJECT_CONTRAST
from training.world.vocabulary import CELLS, COLOURS, cell_of


@dataclass
class Background:
    kind: str                 # one of BACKGROUNDS
    colours: List[str]        # [first (top), second (bottom)]; both equal for one-colour backgrounds
    horizon: float = 0.6      # height of the horizon line, unit coordinates; ignored by other kinds

    def mixture(self, y: float) -> float:
        """Share (0-1) of the second colour at height y."""
        if self.kind == 'gradient':
            return min(1.0, max(0.0, y))
        if self.kind == 'horizon':
            return 1.0 if y > self.horizon else 0.0
        return 0.0

    def contrast(self, y: float, radius: float) -> list:
        """Per colour index: distance of an object of that colour to what lies beneath it at height y."""
        table = OBJECT_CONTRAST[COLOURS.index(self.colours[0])][COLOURS.index(self.colours[1])]
        rows = [table[int(self.mixture(y + shift * radius) * MIX_STEPS + 0.5)] for shift in (-0.8, 0.0, 0.8)]
        return [min(values) for values in zip(*rows)]

    def to_json(self) -> dict:
        return {'kind': self.kind, 'colours': list(self.colours), 'horizon': round(self.horizon, 4)}


@dataclass
class SceneObject:
    kind: str
    colour: str
    texture: str
    size: str
    x: float
    y: float
    radius: float

    @property
    def cell(self) -> str:
        return CELLS[cell_of(self.x, self.y)]

    def to_json(self) -> dict:
        return {'kind': self.kind, 'colour': self.colour, 'texture': self.texture, 'size': self.size,
                'x': round(self.x, 4), 'y': round(self.y, 4), 'radius': round(self.radius, 4)}


@dataclass
class Scene:
    background: Background
    objects: List[SceneObject] = field(default_factory=list)   # drawn in this order

    def to_json(self) -> dict:
        return {'background': self.background.to_json(), 'objects': [one.to_json() for one in self.objects]}

    @staticmethod
    def from_json(data: dict) -> 'Scene':
        return Scene(Background(**data['background']), [SceneObject(**one) for one in data['objects']])
