"""Edits of a scene: what changes, the instruction that asks for it, and the edit that takes it back."""

from dataclasses import dataclass, replace
from typing import Optional

from training.world.captions import noun_phrase, place_phrase
from training.world.contrast import BACKGROUND_CONTRAST, MINIMUM_BACKGROUND_CONTRAST, MINIMUM_OBJECT_CONTRAST
from training.world.description import Background, Scene, SceneObject
from training.world.references import sample_reference
from training.world.vocabulary import (COLOURS, KINDS, MAXIMUM_OBJECTS, SIZE_RADII, SIZES,
                                       TEXTURES, TWO_COLOUR_BACKGROUNDS, cell_interval, cell_of, is_held_out)
from training.world.words import (COLOUR_WORDS, KIND_WORDS, MOVE_PLACES, SIZE_WORDS, TEXTURE_WORDS,
                                  background_phrase, choose, say, with_article)

OPERATIONS = ('recolour', 'retexture', 'resize', 'move', 'add', 'remove', 'replace', 'background')
_INVERSE = {'add': 'remove', 'remove': 'add'}
NEW_HORIZON = 0.62      # where the horizon goes when an instruction asks for one


@dataclass
class Edit:
    operation: str                                  # one of OPERATIONS
    index: Optional[int] = None                     # place in scene.objects; None for the background
    before: object = None                           # SceneObject or Background; None for add
    after: object = None                            # SceneObject or Background; None for remove

    def apply(self, scene: Scene) -> Scene:
        objects = list(scene.objects)
        if self.operation == 'background':
            return Scene(self.after, objects)
        if self.operation == 'add':
            objects.insert(self.index, self.after)
        elif self.operation == 'remove':
            del objects[self.index]
        else:
            objects[self.index] = self.after
        return Scene(scene.background, objects)

    def inverse(self) -> 'Edit':
        return Edit(_INVERSE.get(self.operation, self.operation), self.index, self.after, self.before)


def stands_out(background: Background, one: SceneObject) -> bool:
    return background.contrast(one.y, one.radius)[COLOURS.index(one.colour)] >= MINIMUM_OBJECT_CONTRAST


def has_room(objects: list, one: SceneObject) -> bool:
    return all((one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= (one.radius + other.radius) ** 2
               and cell_of(one.x, one.y) != cell_of(other.x, other.y) for other in objects)


def placed(one: SceneObject, cell: int, middle: bool) -> SceneObject:
    """The object in a cell: in its middle, or where it stands, pushed inside if its radius asks for it."""
    low_x, high_x = cell_interval(cell % 3, one.radius)
    low_y, high_y = cell_interval(cell // 3, one.radius)
    if middle:
        return replace(one, x=(low_x + high_x) / 2, y=(low_y + high_y) / 2)
    return replace(one, x=min(high_x, max(low_x, one.x)), y=min(high_y, max(low_y, one.y)))


def _other(options, current, rng):
    chosen = current
    while chosen == current:
        chosen = choose(options, rng)
    return chosen


def propose(scene: Scene, operation: str, rng) -> Optional[Edit]:
    """A random edit of this kind; None if it cannot be done or its result would not be a fair scene."""
    if operation == 'background':
        return _propose_background(scene, rng)
    if operation == 'add':
        if len(scene.objects) >= MAXIMUM_OBJECTS:
            return None
        size = choose(SIZES, rng) if rng.random() < 0.5 else 'medium'
        texture = choose(TEXTURES, rng) if rng.random() < 0.4 else 'solid'
        new = SceneObject(choose(KINDS, rng), choose(COLOURS, rng), texture, size, 0.5, 0.5, middle_radius(size))
        new = placed(new, int(rng.random() * 9), middle=True)
        return _fair(scene, Edit('add', len(scene.objects), None, new), scene.objects)
    if not scene.objects:
        return None
    index = int(rng.random() * len(scene.objects))
    one = scene.objects[index]
    others = scene.objects[:index] + scene.objects[index + 1:]
    if operation == 'remove':
        return Edit('remove', index, one, None) if others else None
    if operation == 'recolour':
        new = replace(one, colour=_other(COLOURS, one.colour, rng))
    elif operation == 'retexture':
        new = replace(one, texture=_other(TEXTURES, one.texture, rng))
    elif operation == 'resize':
        size = _other(SIZES, one.size, rng)
        new = placed(replace(one, size=size, radius=middle_radius(size)), cell_of(one.x, one.y), middle=False)
    elif operation == 'move':
        new = placed(one, _other(range(9), cell_of(one.x, one.y), rng), middle=True)
    else:
        new = replace(one, kind=_other(KINDS, one.kind, rng))
        if rng.random() < 0.3:
            new = replace(new, colour=_other(COLOURS, one.colour, rng))
    return _fair(scene, Edit(operation, index, one, new), others)


def middle_radius(size: str) -> float:
    return sum(SIZE_RADII[SIZES.index(size)]) / 2


def _fair(scene, edit, others):
    return edit if stands_out(scene.background, edit.after) and has_room(others, edit.after) else None


def _propose_background(scene, rng):
    old = scene.background
    if old.kind == 'horizon' and rng.random() < 0.4:        # only the sky or only the ground
        colours = list(old.colours)
        colours[choose((0, 1), rng)] = choose(COLOURS, rng)
        new = Background('horizon', colours, old.horizon)
    else:
        kind = choose(('plain', 'plain', 'plain', 'gradient', 'horizon', 'checked', 'banded', 'spotted'), rng)
        first = choose(COLOURS, rng)
        second = choose(COLOURS, rng) if kind in TWO_COLOUR_BACKGROUNDS else first
        new = Background(kind, [first, second], old.horizon if old.kind == kind else NEW_HORIZON)
    if (new.kind, new.colours) == (old.kind, old.colours):
        return None
    if new.kind in TWO_COLOUR_BACKGROUNDS and not background_is_fair(new):
        return None
    if not all(stands_out(new, one) for one in scene.objects):
        return None
    return Edit('background', None, old, new)


def background_is_fair(background: Background) -> bool:
    first, second = (COLOURS.index(name) for name in background.colours)
    return BACKGROUND_CONTRAST[first][second] >= MINIMUM_BACKGROUND_CONTRAST


def touches_held_out(edit: Edit) -> bool:
    one = edit.after
    return isinstance(one, SceneObject) and is_held_out(
        COLOURS.index(one.colour), KINDS.index(one.kind), TEXTURES.index(one.texture))


def phrase_edit(edit: Edit, scene: Scene, rng) -> Optional[str]:
    """An instruction for the edit of this scene; None if its object cannot be told apart."""
    before, after = edit.before, edit.after
    if edit.operation == 'background':
        return _phrase_background(before, after, rng)
    if edit.operation == 'add':
        mentioned = ['colour']
        if after.size != 'medium' or rng.random() < 0.2:
            mentioned.append('size')
        if after.texture != 'solid' or rng.random() < 0.1:
            mentioned.append('texture')
        new, place = noun_phrase(after, mentioned, rng), place_phrase(after, rng)
        return choose((f'add {new} {place}', f'put {new} {place}', f'place {new} {place}', f'draw {new} {place}',
                       f'add {new} {place} of the image', f'insert {new} {place}', f'{place}, add {new}'), rng)

    target = sample_reference(scene, before, rng)
    if target is None:
        return None
    if edit.operation == 'remove':
        return choose((f'remove {target}', f'delete {target}', f'take away {target}', f'erase {target}',
                       f'get rid of {target}'), rng)
    if edit.operation == 'recolour':
        colour = say(COLOUR_WORDS[after.colour], rng, 0.8)
        return choose((f'make {target} {colour}', f'change {target} to {colour}', f'paint {target} {colour}',
                       f'recolour {target} to {colour}', f'turn {target} {colour}', f'{target} should be {colour}',
                       f'change the colour of {target} to {colour}', f'change the color of {target} to {colour}',
                       f'color {target} {colour}', f'colour {target} {colour}'), rng)
    if edit.operation == 'retexture':
        texture = say(TEXTURE_WORDS[after.texture], rng)
        options = [f'make {target} {texture}', f'turn {target} {texture}', f'{target} should be {texture}',
                   f'change the texture of {target} to {texture}', f'change the pattern of {target} to {texture}']
        options += {'striped': [f'add stripes to {target}', f'give {target} stripes'],
                    'dotted': [f'add dots to {target}', f'give {target} dots'],
                    'solid': [f'fill {target}', f'make {target} one solid colour']}[after.texture]
        return choose(options, rng)
    if edit.operation == 'resize':
        size = say(SIZE_WORDS[after.size], rng)
        options = [f'make {target} {size}', f'change the size of {target} to {size}', f'resize {target} to {size}',
                   f'{target} should be {size}']
        step = SIZES.index(after.size) - SIZES.index(before.size)
        if before.size == 'medium':     # only from medium does 'bigger' name one result
            options += [f'make {target} {"bigger" if step > 0 else "smaller"}',
                        f'{"enlarge" if step > 0 else "shrink"} {target}']
        return choose(options, rng)
    if edit.operation == 'move':
        place = choose(MOVE_PLACES[after.cell], rng)
        return choose((f'move {target} to {place}', f'put {target} at {place}', f'shift {target} to {place}',
                       f'place {target} at {place}',
                       f'{target} should be at {place}'), rng)
    # replace
    new = say(KIND_WORDS[after.kind], rng, 0.8)[0]
    if after.colour != before.colour:
        new = f'{say(COLOUR_WORDS[after.colour], rng, 0.85)} {new}'
    new = with_article(new)
    return choose((f'replace {target} with {new}', f'turn {target} into {new}', f'change {target} into {new}',
                   f'swap {target} for {new}', f'make {target} {new}', f'transform {target} into {new}'), rng)


def _phrase_background(before, after, rng):
    if before.kind == after.kind == 'horizon':
        changed = [i for i in (0, 1) if before.colours[i] != after.colours[i]]
        if len(changed) == 1 and before.horizon == after.horizon:
            part = ('sky', 'ground')[changed[0]]
            colour = say(COLOUR_WORDS[after.colours[changed[0]]], rng, 0.8)
            return choose((f'make the {part} {colour}', f'change the {part} to {colour}', f'paint the {part} {colour}',
                           f'turn the {part} {colour}', f'give it a {colour} {part}'), rng)
    ground = background_phrase(after, rng)
    options = [f'change the background to {ground}', f'replace the background with {ground}', f'use {ground}',
               f'put everything on {ground}', f'give it {ground}']
    if after.kind == 'plain':
        colour = say(COLOUR_WORDS[after.colours[0]], rng, 0.8)
        options += [f'make the background {colour}', f'change the background to {colour}',
                    f'paint the background {colour}', f'make the background plain {colour}']
    return choose(options, rng)


def sample_edit(scene: Scene, rng, operation: str = None, allow_held_out: bool = False):
    """(instruction, new_scene, edit) of a random operation (or the one given).

    None if a given operation found no fair edit; without a given one some operation always does.
    """
    for attempt in range(60):
        edit = propose(scene, operation or choose(OPERATIONS, rng), rng)
        if edit is None or (touches_held_out(edit) and not allow_held_out):
            continue
        instruction = phrase_edit(edit, scene, rng)
        if instruction is None:
            continue
        if rng.random() < 0.15:
            instruction = instruction[0].upper() + instruction[1:]
        if rng.random() < 0.1:
            instruction += '.'
        return instruction, edit.apply(scene), edit
    return None
