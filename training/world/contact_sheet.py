"""Draws the world on one sheet: every kind with every texture, colours, sizes, backgrounds, edits, language.

    python3 -m training.world.contact_sheet        docs/world.png

A fixed seed draws the same scenes every time; the letters are those of the machine's own font.
"""

import random
import sys
import textwrap
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont

from training.world.description import Background, Scene, SceneObject
from training.world.language import OPERATIONS, canonical_caption, sample_edit, sample_prompt, sample_question
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch
from training.world.vocabulary import (BACKGROUNDS, COLOURS, KINDS, SIZE_RADII, SIZES, TEXTURES,
                                       TWO_COLOUR_BACKGROUNDS)

TARGET = Path(__file__).resolve().parents[2] / 'docs' / 'world.png'
WIDTH, MARGIN = 1440, 32
PAPER, INK, FAINT, RULE = (250, 250, 248), (32, 34, 40), (110, 116, 126), (222, 223, 226)
FONTS = ('DejaVuSans.ttf', '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 'Arial.ttf', 'Helvetica.ttc')


def font(size):
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default()


SMALL, NORMAL, HEADING = font(13), font(14), font(18)


def picture(scene: Scene, size=128) -> Image.Image:
    pixels = ((render(SceneBatch.from_scenes([scene]), size)[0] + 1) * 127.5).round().clamp(0, 255).byte()
    return Image.fromarray(pixels.permute(1, 2, 0).numpy())


def close_up(kind, colour, texture, ground, side) -> Image.Image:
    """One large object that fills a square of `side` pixels."""
    size = round(side / 2 / SIZE_RADII[-1][0] * 0.88)
    one = SceneObject(kind, colour, texture, 'large', 0.5, 0.5, SIZE_RADII[-1][0])
    left = (size - side) // 2
    return picture(Scene(Background('plain', [ground, ground]), [one]), size).crop((left, left, left + side, left + side))


def alone(kind='circle', colour='blue', size='medium', background=('plain', 'white', 'white')) -> Scene:
    one = SceneObject(kind, colour, 'solid', size, 0.5, 0.5, sum(SIZE_RADII[SIZES.index(size)]) / 2)
    return Scene(Background(background[0], list(background[1:]), 0.62), [one])


class Sheet:
    """Grows downwards: every section starts where the last one ended."""

    def __init__(self):
        self.image = Image.new('RGB', (WIDTH, 6000), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.y = MARGIN

    def heading(self, text, remark=''):
        self.pen.text((MARGIN, self.y), text, INK, HEADING)
        start = MARGIN + round(self.pen.textlength(text, HEADING)) + 14
        self.pen.text((start, self.y + 4), remark, FAINT, SMALL)
        self.pen.line((MARGIN, self.y + 28, WIDTH - MARGIN, self.y + 28), RULE)
        self.y += 40

    def text(self, x, y, words, colour=INK, width=None, used=NORMAL):
        """Writes wrapped lines; width in characters -> the y below them."""
        for line in textwrap.wrap(words, width) if width else [words]:
            self.pen.text((x, y), line, colour, used)
            y += 19
        return y

    def finish(self):
        return self.image.crop((0, 0, WIDTH, self.y + MARGIN - 16))


def kinds_and_textures(sheet):
    sheet.heading('Kinds and textures', f'{len(KINDS)} kinds, {len(TEXTURES)} textures, {len(COLOURS)} colours')
    left, side = 96, 84
    step = (WIDTH - MARGIN - left) / len(KINDS)
    for column, kind in enumerate(KINDS):
        sheet.text(round(left + column * step), sheet.y, kind, FAINT, used=SMALL)
    sheet.y += 22
    for row, texture in enumerate(TEXTURES):
        sheet.text(MARGIN, sheet.y + side // 2 - 8, texture, FAINT, used=SMALL)
        for column, kind in enumerate(KINDS):
            colour = COLOURS[(column * 5 + row * 3) % len(COLOURS)]
            ground = 'black' if colour in ('white', 'yellow', 'grey') else 'white'
            sheet.image.paste(close_up(kind, colour, texture, ground, side), (round(left + column * step), sheet.y))
        sheet.y += side + 8
    sheet.y += 16


def strip(sheet, entries, left, room):
    """entries: (label, picture), side by side on a grid of `room` pixels."""
    for index, (label, shown) in enumerate(entries):
        x = round(left + index * room)
        sheet.image.paste(shown, (x, sheet.y))
        sheet.text(x, sheet.y + shown.height + 6, label, FAINT, used=SMALL)


def grounds_and_sizes(sheet):
    sheet.heading('Backgrounds and sizes', 'a horizon and a gradient have two colours; checks, bands and spots are a tint of one')
    grounds = [(kind, picture(Scene(Background(kind, [first, second if kind in TWO_COLOUR_BACKGROUNDS else first], 0.62))))
               for kind, (first, second) in zip(BACKGROUNDS, (('teal', ''), ('purple', 'orange'), ('blue', 'green'), ('pink', ''),
                                                              ('yellow', ''), ('grey', '')))]
    sizes = [(size, picture(alone('heart', 'red', size))) for size in SIZES]
    strip(sheet, grounds + sizes, MARGIN, (WIDTH - 2 * MARGIN + 28) / (len(grounds) + len(sizes)))
    sheet.y += 128 + 40


def colours(sheet):
    sheet.heading('Colours', 'as objects, and softer as backgrounds')
    step = (WIDTH - 2 * MARGIN) / len(COLOURS)
    strip(sheet, [(colour, close_up('circle', colour, 'solid', colour, 88)) for colour in COLOURS], MARGIN, step)
    sheet.y += 88 + 40


def edits(sheet, scenes, rng):
    sheet.heading('Edits', 'every operation with its picture before and after; each has an inverse that restores it')
    pair, columns = 2 * 128 + 6, 4
    step = (WIDTH - 2 * MARGIN - pair) / (columns - 1)
    for index, operation in enumerate(OPERATIONS):
        found = None
        while found is None:
            scene = rng.choice(scenes)
            found = sample_edit(scene, rng, operation) if len(scene.objects) >= 2 else None
        instruction, after, _ = found
        x = round(MARGIN + (index % columns) * step)
        sheet.image.paste(picture(scene), (x, sheet.y))
        sheet.image.paste(picture(after), (x + 134, sheet.y))
        sheet.text(x, sheet.y + 134, operation, FAINT, used=SMALL)
        sheet.text(x, sheet.y + 152, instruction, INK, 42)
        if index % columns == columns - 1 or operation == OPERATIONS[-1]:
            sheet.y += 128 + 80


def language(sheet, scenes, rng):
    sheet.heading('Language', 'the one full caption of a picture, prompts that would ask for it, questions with their answers')
    chosen = [next(scene for scene in scenes[start:] if len(scene.objects) == count)
              for start, count in ((0, 1), (40, 2), (80, 3), (120, 3))]
    room = (WIDTH - 2 * MARGIN) / 2
    lowest = sheet.y
    for index, scene in enumerate(chosen):
        x, y = round(MARGIN + (index % 2) * room), sheet.y
        sheet.image.paste(picture(scene), (x, y))
        x += 144
        y = sheet.text(x, y - 2, canonical_caption(scene), INK, 70)
        for detail in ('places', 'kinds', 'relation' if len(scene.objects) > 1 else 'colours'):
            y = sheet.text(x, y + 3, '“' + sample_prompt(scene, rng, detail) + '”', FAINT, 70)
        for _ in range(2):
            question, answer, _ = sample_question(scene, rng)
            y = sheet.text(x, y + 3, f'{question} — {answer}', (38, 102, 170), 70)
        lowest = max(lowest, y, sheet.y + 128)
        if index % 2:
            sheet.y = lowest + 24


def draw(seed=3) -> Image.Image:
    rng = random.Random(seed)
    scenes = sample_batch(400, generator_for('train', seed)).to_scenes()
    sheet = Sheet()
    kinds_and_textures(sheet)
    grounds_and_sizes(sheet)
    colours(sheet)
    edits(sheet, scenes, rng)
    language(sheet, scenes, rng)
    return sheet.finish()


if __name__ == '__main__':
    torch.set_num_threads(1)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    draw().quantize(255, dither=0).save(target, optimize=True)
    print(target, f'{target.stat().st_size / 1024:.0f} KiB')
