"""Draws the training curves: training/curves.json -> docs/curves.svg, without any plotting library.

    python3 -m training.plot_curves

A panel for each run and unit: its measures on held-out scenes over what the run has seen. Rows come from `record_curve`.
"""

import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

TRAINING = Path(__file__).resolve().parent
DOCS = TRAINING.parent / 'docs'

# What is drawn, by the name it has in the history, in the order of the legend: (label, colour). Each group has an axis of its own.
BLUE, ORANGE, GREEN, PURPLE, RED = '#2f6fdd', '#d9822b', '#2a9d73', '#a04fc4', '#c2413b'
UNITS = {
    'PSNR, dB': {
        'psnr16': ('16 steps', BLUE), 'psnr1': ('one step', ORANGE), 'psnr4': ('4 steps', BLUE), 'steps16': ('16 steps', BLUE),
        'renderer': ('renderer', GREEN), 'half': ('half the tokens', PURPLE), 'psnr': ('true latents', GREEN),
        'psnrNoisy': ('noisy latents', PURPLE), 'psnrCoarsest16': ('16 coarsest', PURPLE),
        'psnrCoarsest4': ('4 coarsest', RED)},
    'share of objects with every attribute right': {
        'judged.all': ('true latents', GREEN), 'judged1.all': ('one step', ORANGE), 'judged4.all': ('4 steps', BLUE),
        'judgedCoarsest16.all': ('16 coarsest', PURPLE), 'judgedCoarsest4.all': ('4 coarsest', RED)},
    'share named right from latents': {
        'kind': ('kinds', BLUE), 'colour': ('colours', ORANGE), 'texture': ('textures', GREEN), 'size': ('sizes', PURPLE),
        'named': ('true latents', GREEN), 'named1': ('one step', ORANGE), 'named4': ('4 steps', BLUE),
        'named1.all': ('one step', ORANGE), 'named4.all': ('4 steps', BLUE),
        'namedCoarsest16.all': ('16 coarsest', PURPLE), 'namedCoarsest4.all': ('4 coarsest', RED)},
    'loss, nats per token': {
        'textToImage': ('text to image', BLUE), 'edit': ('edits', ORANGE), 'question': ('questions', GREEN),
        'caption': ('captions', PURPLE)},
    'loss of image tokens, nats': {
        'drawImage': ('from a plan', BLUE), 'textToImageImage': ('from a prompt', ORANGE), 'editImage': ('edits by plan', GREEN),
        'directEditImage': ('edits', RED)},
    'loss of text, nats per token': {
        'planText': ('plans', BLUE), 'captionText': ('captions', PURPLE), 'editText': ('plans of edits', GREEN),
        'questionText': ('questions', RED)},
}
# x axis: the first of these a history has.
SEEN = {'images': 'thousand images', 'sequences': 'thousand sequences', 'minutes': 'minutes'}

PANEL, GAP, TOP, HEIGHT = 420, 24, 56, 210
LEFT, RIGHT, BOTTOM = 52, 108, 44       # room for numbers, for the legend, and below
AXIS, GRID, INK, FAINT = '#8a9099', '#e4e6ea', '#23262b', '#636a74'


def ticks(low: float, high: float, wanted: int = 5) -> list:
    """Round numbers that cover low to high, about `wanted` of them."""
    if high <= low:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / (wanted - 1)
    size = 10.0 ** len(str(int(rough))) / 10 if rough >= 1 else 1.0
    while size > rough:
        size /= 10
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    first = int(low // step)
    found = [first * step]
    while found[-1] < high - step * 1e-9:
        found.append((first + len(found)) * step)
    return found


def number(value: float) -> str:
    return f'{value:.3f}'.rstrip('0').rstrip('.')


def measured(rows: list, unit: str) -> list:
    """The measures of a unit that a history ends with."""
    return [key for key in UNITS[unit] if key in rows[-1]]


def panel(name: str, rows: list, unit: str, left: float) -> list:
    """SVG elements of one run's measures of a unit; rows must not be empty and have at least one of them."""
    known = UNITS[unit]
    across = next(key for key in SEEN if key in rows[0])
    scale = 1 if across == 'minutes' else 1000
    measures = measured(rows, unit)
    values = [row[key] for row in rows for key in measures if key in row]
    x_ticks = ticks(0, rows[-1][across] / scale)
    y_ticks = ticks(min(values), max(values))
    plot_left, plot_right = left + LEFT, left + PANEL - RIGHT
    bottom = TOP + HEIGHT

    def x(value):
        return plot_left + (plot_right - plot_left) * value / x_ticks[-1]

    def y(value):
        return bottom - HEIGHT * (value - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])
    parts = [f'<text x="{left}" y="22" font-size="14" font-weight="600" fill="{INK}">{escape(name)}</text>',
             f'<text x="{left}" y="40" fill="{FAINT}">{unit}, held-out scenes</text>']
    for value in y_ticks:
        parts += [f'<path d="M{plot_left} {y(value):.1f}H{plot_right}" stroke="{GRID}"/>',
                  f'<text x="{plot_left - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="{FAINT}">{number(value)}</text>']
    for value in x_ticks:
        parts.append(f'<text x="{x(value):.1f}" y="{bottom + 18}" text-anchor="middle" fill="{FAINT}">{number(value)}</text>')
    parts += [f'<path d="M{plot_left} {bottom}H{plot_right}" stroke="{AXIS}"/>',
              f'<text x="{(plot_left + plot_right) / 2}" y="{bottom + 36}" text-anchor="middle" fill="{FAINT}">'
              f'{SEEN[across]}</text>']

    digits = 1 if unit.endswith('dB') else 2
    ends = []
    for key in measures:
        points = [(x(row[across] / scale), y(row[key])) for row in rows if key in row]
        line = 'L'.join(f'{px:.1f} {py:.1f}' for px, py in points)
        parts.append(f'<path d="M{line}" fill="none" stroke="{known[key][1]}" stroke-width="2" stroke-linejoin="round"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="2.5" fill="{known[key][1]}"/>' for px, py in points]
        ends.append([points[-1][1], key, rows[-1][key]])
    ends.sort()
    for above, below in zip(ends, ends[1:]):        # labels at the ends of the lines keep their distance
        below[0] = max(below[0], above[0] + 30)
    for height, key, value in ends:
        parts += [f'<text x="{plot_right + 10}" y="{height:.1f}" fill="{known[key][1]}" font-weight="600">{known[key][0]}</text>',
                  f'<text x="{plot_right + 10}" y="{height + 14:.1f}" fill="{FAINT}">{value:.{digits}f}</text>']
    return parts


def figure(curves: dict) -> str:
    """SVG text; curves: run -> rows as in curves.json. Runs without rows are left out."""
    runs = [(name, rows, unit) for name, rows in curves.items() if rows for unit in UNITS if measured(rows, unit)]
    columns = min(2, max(1, len(runs)))
    width = columns * (PANEL + GAP) - GAP + 32
    row_height = TOP + HEIGHT + BOTTOM + 16
    height = max(1, -(-len(runs) // columns)) * row_height + 16
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
             'font-family="system-ui, sans-serif" font-size="12">', f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for index, (name, rows, unit) in enumerate(runs):
        down = 16 + (index // columns) * row_height
        parts += [f'<g transform="translate(0 {down})">', *panel(name, rows, unit, 16 + (index % columns) * (PANEL + GAP)), '</g>']
    return '\n'.join([*parts, '</svg>', ''])


if __name__ == '__main__':
    source = TRAINING / 'curves.json'
    if not source.exists():
        sys.exit(f'{source} does not exist yet: trainings write it.')
    (DOCS / 'curves.svg').write_text(figure(json.loads(source.read_text())))
    print(DOCS / 'curves.svg')
