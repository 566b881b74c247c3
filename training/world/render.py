"""Renders a batch of scenes: signed distance fields in one local window per object, anti-aliased.

Objects are grouped by kind for the distance fields and composited slot by slot, so that no Python loop
runs over images. Works on the CPU (one thread) and on an accelerator alike.
"""

import math
from functools import lru_cache

import torch

from training.world.scene import SceneBatch
from training.world.shapes import SHAPES
from training.world.vocabulary import (BACKGROUND_RGB, BACKGROUNDS, COLOUR_RGB, COLOURS, KINDS, MAXIMUM_OBJECTS,
                                       SIZE_RADII, TEXTURES)

STRIPE_PERIOD = 0.62        # in object radii, across the stripes
DOT_PERIOD = 0.60
DOT_RADIUS = 0.185
PATTERN_STRENGTH = 0.30     # how far a patterned background moves from its colour towards its tint

STRIPED, DOTTED = (TEXTURES.index(name) for name in ('striped', 'dotted'))


def _mix(colour, other, share):
    return tuple((1 - share) * a + share * b for a, b in zip(colour, other))


def _brightness(colour):
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def _accents(colour):
    """(dark detail, light detail, texture ink) that go with an object colour."""
    bright = _brightness(colour)
    dark = _mix(colour, (255, 255, 255), 0.24) if bright < 0.2 else _mix(colour, (20, 14, 30), 0.50)
    light = _mix(colour, (70, 80, 100), 0.30) if bright > 0.9 else _mix(colour, (255, 255, 255), 0.72)
    ink = _mix(colour, (60, 40, 50), 0.42) if bright > 0.72 else _mix(colour, (255, 255, 255), 0.72)
    return dark, light, ink


def _tint(colour):
    return _mix(colour, (255, 255, 255), 0.75) if _brightness(colour) < 0.62 else _mix(colour, (40, 40, 60), 0.55)


@lru_cache(maxsize=None)
def _palettes(device: str) -> dict:
    """Colour tables [12, 3] in [-1, 1]."""
    def table(colours):
        return torch.tensor(colours, dtype=torch.float32, device=device) / 127.5 - 1
    objects = [COLOUR_RGB[name] for name in COLOURS]
    backgrounds = [BACKGROUND_RGB[name] for name in COLOURS]
    accents = [_accents(colour) for colour in objects]
    return {'object': table(objects), 'dark': table([a[0] for a in accents]), 'light': table([a[1] for a in accents]),
            'ink': table([a[2] for a in accents]), 'background': table(backgrounds),
            'tint': table([_tint(colour) for colour in backgrounds])}


@lru_cache(maxsize=None)
def _pattern_maps(size: int, device: str) -> torch.Tensor:
    """[3, size, size] in 0-1: how much of the tint the checked, banded and spotted backgrounds show."""
    axis = (torch.arange(size, device=device) + 0.5) / size
    x, y = axis[None, :].expand(size, size), axis[:, None].expand(size, size)

    def soft(signed):           # unit-coordinate distance, positive = tinted
        return (signed * size + 0.5).clamp(0, 1)
    period = 0.25               # checks of 1/8 of the side
    wave_x, wave_y = ((((value / period) % 1 - 0.5).abs() - 0.25) * period for value in (x, y))
    checks = soft(torch.where((wave_x > 0) == (wave_y > 0), 1.0, -1.0) * torch.minimum(wave_x.abs(), wave_y.abs()))
    diagonal = (x + y) / math.sqrt(2)
    bands = soft((((diagonal / 0.16) % 1 - 0.5).abs() - 0.25) * 0.16)
    spacing = 0.15
    near_x, near_y = ((x / spacing) % 1 - 0.5) * spacing, ((y / spacing) % 1 - 0.5) * spacing
    spots = soft(0.036 - torch.hypot(near_x, near_y))
    return torch.stack([checks, bands, spots])


def render_background(batch: SceneBatch, size: int) -> torch.Tensor:
    """[B, size, size, 3] in [-1, 1]."""
    device = batch.count.device
    palettes, count = _palettes(str(device)), len(batch)
    first = palettes['background'][batch.background_colours[:, 0]]                      # [B, 3]
    second = palettes['background'][batch.background_colours[:, 1]]
    height = (torch.arange(size, device=device) + 0.5) / size
    step = ((height - batch.horizon[:, None]) * size + 0.5).clamp(0, 1)                 # [B, size]
    is_gradient = (batch.background_kind == BACKGROUNDS.index('gradient'))[:, None]
    is_horizon = (batch.background_kind == BACKGROUNDS.index('horizon'))[:, None]
    share = torch.where(is_gradient, height.expand(count, size), step * is_horizon)
    rows = first[:, None] + (second - first)[:, None] * share[..., None]                # [B, size, 3]
    canvas = rows[:, :, None].expand(count, size, size, 3).contiguous()

    maps = _pattern_maps(size, str(device))
    for pattern, name in enumerate(('checked', 'banded', 'spotted')):
        chosen = (batch.background_kind == BACKGROUNDS.index(name)).nonzero()[:, 0]
        towards = (palettes['tint'][batch.background_colours[chosen, 0]] - first[chosen]) * PATTERN_STRENGTH
        canvas[chosen] += maps[pattern][None, :, :, None] * towards[:, None, None]
    return canvas


def _texture_share(texture, x, y, pixels):
    """[N, h, w] in 0-1: where stripes and dots show the ink instead of the object's colour."""
    across = (x + y) * (1 / math.sqrt(2) / STRIPE_PERIOD)
    stripes = ((across - torch.floor(across) - 0.5).abs() - 0.26) * STRIPE_PERIOD
    near_x = x / DOT_PERIOD
    near_y = y / DOT_PERIOD
    dots = DOT_RADIUS - torch.hypot(near_x - torch.round(near_x), near_y - torch.round(near_y)) * DOT_PERIOD
    chosen = torch.where((texture == STRIPED)[:, None, None], stripes, dots)
    textured = ((texture == STRIPED) | (texture == DOTTED))[:, None, None]
    return (chosen * pixels + 0.5).clamp(0, 1) * textured


def render(batch: SceneBatch, size: int = 128, device=None) -> torch.Tensor:
    """Images [B, 3, size, size] float32 in [-1, 1]; device defaults to the batch's own."""
    if device is not None:
        batch = batch.to(device)
    device = batch.count.device
    palettes, count = _palettes(str(device)), len(batch)
    margin = math.ceil(SIZE_RADII[-1][1] * size) + 2        # half side of the widest window
    padded = size + 2 * margin
    canvas = torch.zeros(count, padded, padded, 3, device=device)
    canvas[:, margin:-margin, margin:-margin] = render_background(batch, size)
    flat = canvas.view(-1, 3)

    for slot in range(MAXIMUM_OBJECTS):
        for band in range(len(SIZE_RADII)):                 # each size has its own window
            chosen = ((batch.count > slot) & (batch.size[:, slot] == band)).nonzero()[:, 0]
            if len(chosen):
                _draw(flat, batch, chosen, slot, band, size, margin, palettes)
    return canvas[:, margin:-margin, margin:-margin].permute(0, 3, 1, 2).contiguous()


def _draw(flat, batch, scene, slot, band, size, margin, palettes):
    """Blends one object of each of the scenes [N] into the padded canvases flat [B * padded * padded, 3]."""
    device = flat.device
    padded = size + 2 * margin
    half = math.ceil(SIZE_RADII[band][1] * size) + 1
    window = torch.arange(2 * half, device=device)
    kind, order = batch.kind[scene, slot].sort()            # objects of one kind side by side
    scene = scene[order]
    centre_x, centre_y = batch.x[scene, slot] * size, batch.y[scene, slot] * size       # pixels
    pixels = batch.radius[scene, slot] * size
    left = torch.floor(centre_x).long() - half
    top = torch.floor(centre_y).long() - half
    shape = (len(scene), 2 * half, 2 * half)
    x = ((left[:, None] + window + 0.5 - centre_x[:, None]) / pixels[:, None])[:, None, :].expand(shape)
    y = ((top[:, None] + window + 0.5 - centre_y[:, None]) / pixels[:, None])[:, :, None].expand(shape)

    main = torch.empty(shape, device=device)
    dark = torch.full(shape, 9.0, device=device)
    light = torch.full(shape, 9.0, device=device)
    start = 0
    for name, number in zip(KINDS, torch.bincount(kind, minlength=len(KINDS)).tolist()):
        part = slice(start, start + number)
        start += number
        if number:
            main[part], has_dark, has_light = SHAPES[name](x[part], y[part])
            if has_dark is not None:
                dark[part] = has_dark
            if has_light is not None:
                light[part] = has_light

    texture, pixels = batch.texture[scene, slot], pixels[:, None, None]
    ink_share = _texture_share(texture, x, y, pixels)[..., None]
    colour = batch.colour[scene, slot]
    own, ink = palettes['object'][colour][:, None, None], palettes['ink'][colour][:, None, None]

    rows = (scene[:, None] * padded + top[:, None] + margin + window) * padded          # [N, h]
    index = (rows[:, :, None] + (left[:, None] + margin + window)[:, None, :]).view(-1)
    pixel = flat[index].view(*shape, 3)
    for distance, paint in ((main, own + (ink - own) * ink_share),
                            (dark, palettes['dark'][colour][:, None, None]),
                            (light, palettes['light'][colour][:, None, None])):
        cover = (0.5 - distance * pixels).clamp(0, 1)[..., None]
        pixel = pixel + (paint - pixel) * cover
    flat[index] = pixel.view(-1, 3)
