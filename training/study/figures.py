"""Draws the figures of docs/findings.md from the committed results: results/*.json -> docs/figures/study/*.svg.

    python3 -m training.study.figures

No plotting library: the shapes of training/plot_curves.py, several lines to a panel, the spread of the seeds behind them.
"""
import json
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image

from training.plot_curves import AXIS, BOTTOM, FAINT, GAP, GRID, HEIGHT, INK, LEFT, PANEL, TOP, number, ticks
from training.study.results import COMMITTED

TARGET = Path(__file__).resolve().parents[2] / "docs" / "figures" / "study"
RIGHT = 116
NAMES = {"timestep": "Timestep tokens", "raster": "Spatial tokens"}
COLOURS = ("#2f6fdd", "#d9822b", "#2a9d73", "#a04fc4", "#c43f52")
ORDERS = {"natural": "natural", "reversed": "reversed", "blocks": "blocks of 4", "shuffled": "shuffled",
          "anew": "anew each time"}
ARMS = {"generation": "alone", "comprehension": "alone", "joint": "joint"}


class Line:
    """points: list over seeds of [(x, y), ...], all with the same x."""

    def __init__(self, label, colour, seeds):
        self.label, self.colour = label, colour
        self.rows = [(group[0][0], [y for _, y in group]) for group in zip(*seeds)]

    def mean(self):
        return [(x, sum(ys) / len(ys)) for x, ys in self.rows]

    def values(self):
        return [y for _, ys in self.rows for y in ys]


def panel(title, subtitle, across, lines, left, digits=2, span=None):
    """SVG elements of one panel. lines: list of Line, those of runs still missing are empty; span: (low, high) that the
    scale must hold, for panels to be compared.
    """
    lines = [line for line in lines if line.rows]
    xs = [x for line in lines for x, _ in line.rows]
    values = [value for line in lines for value in line.values()]
    x_ticks, y_ticks = ticks(0, max(xs)), ticks(*(span or (min(values), max(values))))
    plot_left, plot_right, bottom = left + LEFT, left + PANEL - RIGHT, TOP + HEIGHT

    def at_x(value):
        return plot_left + (plot_right - plot_left) * value / x_ticks[-1]

    def at_y(value):
        return bottom - HEIGHT * (value - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])
    parts = [f'<text x="{left}" y="22" font-size="14" font-weight="600" fill="{INK}">{escape(title)}</text>',
             f'<text x="{left}" y="40" fill="{FAINT}">{escape(subtitle)}</text>']
    for value in y_ticks:
        parts += [f'<path d="M{plot_left} {at_y(value):.1f}H{plot_right}" stroke="{GRID}"/>',
                  f'<text x="{plot_left - 8}" y="{at_y(value) + 4:.1f}" text-anchor="end" fill="{FAINT}">{number(value)}</text>']
    for value in x_ticks:
        parts.append(f'<text x="{at_x(value):.1f}" y="{bottom + 18}" text-anchor="middle" fill="{FAINT}">{number(value)}</text>')
    parts += [f'<path d="M{plot_left} {bottom}H{plot_right}" stroke="{AXIS}"/>',
              f'<text x="{(plot_left + plot_right) / 2}" y="{bottom + 36}" text-anchor="middle" fill="{FAINT}">{escape(across)}</text>']
    ends = []
    for line in lines:
        upper = [f"{at_x(x):.1f} {at_y(max(ys)):.1f}" for x, ys in line.rows]
        lower = [f"{at_x(x):.1f} {at_y(min(ys)):.1f}" for x, ys in reversed(line.rows)]
        mean = [f"{at_x(x):.1f} {at_y(y):.1f}" for x, y in line.mean()]
        parts.append(f'<path d="M{"L".join(upper + lower)}Z" fill="{line.colour}" fill-opacity="0.15"/>')
        parts.append(f'<path d="M{"L".join(mean)}" fill="none" stroke="{line.colour}" stroke-width="2" stroke-linejoin="round"/>')
        ends.append([at_y(line.mean()[-1][1]), line, line.mean()[-1][1]])
    ends.sort(key=lambda end: end[0])
    for above, below in zip(ends, ends[1:]):  # labels at the ends of the lines keep their distance
        below[0] = max(below[0], above[0] + 28)
    too_low = max(0, ends[-1][0] + 14 - bottom)
    for height, line, value in ends:
        height -= too_low
        parts += [f'<text x="{plot_right + 8}" y="{height:.1f}" fill="{line.colour}" font-weight="600">{escape(line.label)}</text>',
                  f'<text x="{plot_right + 8}" y="{height + 13:.1f}" fill="{FAINT}">{value:.{digits}f}</text>']
    return parts


def figure(panels, columns=2):
    """panels: functions of the left edge -> elements; -> SVG text"""
    columns = min(columns, len(panels))
    width, row = columns * (PANEL + GAP) - GAP + 32, TOP + HEIGHT + BOTTOM + 16
    height = -(-len(panels) // columns) * row + 16
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
             'font-family="system-ui, sans-serif" font-size="12">', f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for index, make in enumerate(panels):
        parts += [f'<g transform="translate(0 {16 + (index // columns) * row})">', *make(16 + (index % columns) * (PANEL + GAP)),
                  "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def runs_of(data, **key):
    return [run for run in data["runs"] if all(run[name] == value for name, value in key.items())]


def curves(data, across, scale, measure, **key):
    """The curves of a measure, one per run that has these values: [(x, y), ...] with x = the field `across`, scaled"""
    return [[(one[across] * scale, one[measure]) for one in run["curve"] if measure in one] for run in runs_of(data, **key)]


def recursion(data):
    batch = data["recipe"]["size"]["batch"]
    panels, span = [], (2, 7)
    for kind in NAMES:
        lines = [Line(label, colour, curves(data, "step", batch / 1000, "loss", tokenizer=kind, order=order))
                 for (order, label), colour in zip(ORDERS.items(), COLOURS)]
        panels.append(lambda left, kind=kind, lines=lines: panel(
            NAMES[kind], "held-out loss, nats per token", "thousand pictures", lines, left, span=span))
    for kind in NAMES:
        lines = [Line(ORDERS[order], COLOURS[list(ORDERS).index(order)],
                      [list(enumerate(run["entropyByPosition"], 1)) for run in runs_of(data, tokenizer=kind, order=order)])
                 for order in ("natural", "shuffled", "anew")]
        panels.append(lambda left, kind=kind, lines=lines: panel(
            f"{NAMES[kind]}: certainty", "entropy of the next token, nats", "position in the order written", lines, left,
            span=(1, 7)))
    return figure(panels)


def synergy(data):
    panels = []
    for task, title, alone in (("textToImage", "Drawing", "generation"), ("caption", "Captions", "comprehension"),
                               ("question", "Answers", "comprehension")):
        share = data["recipe"]["arms"]["joint"][task] / data["recipe"]["arms"][alone][task]
        arms = ((alone, COLOURS[0], 1), ("joint", COLOURS[1], share))
        lines = [Line(ARMS[arm], colour, curves(data, "tokens", 1e-6, task, arm=arm)) for arm, colour, _ in arms]
        own = [Line(ARMS[arm], colour, curves(data, "tokens", 1e-6 * part, task, arm=arm)) for arm, colour, part in arms]
        panels.append(lambda left, title=title, lines=lines: panel(
            title, "held-out loss, nats per token", "million tokens in all", lines, left, 3))
        panels.append(lambda left, title=title, own=own: panel(
            f"{title}, by what was seen of the task", "held-out loss, nats per token", "million tokens of this half", own,
            left, 3))
    return figure(panels)


def scaling(data):
    widths = data["recipe"]["models"]
    named = [(width, f"width {width}, {blocks}") for width, blocks in widths]

    def lines(measure):
        return [Line(label, colour, curves(data, "tokens", 1e-6, measure, width=width))
                for (width, label), colour in zip(named, COLOURS)]
    return figure([
        lambda left: panel("Loss", "text to image, held-out, nats per token", "million tokens", lines("textToImage"), left, 3),
        lambda left: panel("What is drawn", "share of the attributes asked for that are there", "million tokens", lines("facts"),
                           left, 3, span=(0, 1))])


def learnt(data):
    lines = [Line(NAMES[kind], colour, curves(data, "images", 1e-3, "psnr1", tokenizer=kind))
             for kind, colour in zip(NAMES, COLOURS)]
    return figure([lambda left: panel("Learnt from nothing", "PSNR after one step, dB, held-out pictures", "thousand images", lines,
                                      left, 1)])


def interpolation(data):
    panels = []
    for run in data["runs"]:
        steps = len(run["attributes"]["background"]["fromB"]) - 1
        lines = [Line(name, colour, [[(100 * step / steps, 100 * share) for step, share in enumerate(row["fromB"])]])
                 for (name, row), colour in zip(run["attributes"].items(), COLOURS)]
        panels.append(lambda left, run=run, lines=lines: panel(
            NAMES[run["tokenizer"]], "pictures that show B's, per cent of pairs that differ", "tokens from B, per cent", lines, left,
            0, span=(0, 100)))
    return figure(panels)


def nine(folder, tokenizer, widths, budgets=3, shown=3, gap=6):
    """One 3 x 3 block per prompt: rows are sizes, columns are budgets, both growing."""
    strips = [[Image.open(folder / f"scaling-{tokenizer}-{width}-{budget}.png") for budget in range(budgets)] for width in widths]
    side = strips[0][0].height
    block = budgets * side + (budgets - 1) * 2
    sheet = Image.new("RGB", (shown * block + (shown - 1) * 4 * gap, len(widths) * side + (len(widths) - 1) * 2), "white")
    for prompt in range(shown):
        for row, strip in enumerate(strips):
            for column, image in enumerate(strip):
                picture = image.crop((prompt * side, 0, (prompt + 1) * side, side))
                sheet.paste(picture, (prompt * (block + 4 * gap) + column * (side + 2), row * (side + 2)))
    return sheet


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, draw in (("recursion", recursion), ("synergy", synergy), ("scaling", scaling), ("learnt", learnt),
                       ("interpolation", interpolation)):
        path = COMMITTED / f"{name}.json"
        if path.exists():
            data = json.loads(path.read_text())
            (TARGET / f"{name}.svg").write_text(draw(data))
            print(TARGET / f"{name}.svg")
            if name == "scaling" and len(data["runs"]) >= len(data["recipe"]["models"]):
                nine(COMMITTED, "timestep", [width for width, _ in data["recipe"]["models"]]).save(
                    TARGET / "scaling.png", optimize=True)


if __name__ == "__main__":
    main()
