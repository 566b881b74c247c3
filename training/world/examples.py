"""Candidates for a pack's example texts, each with truth to check it by.

    python3 -m training.world.examples        resources/evaluation/examples-v2.json and .bin

`npm run eval` tries every candidate eight times and lets the pack offer those that work. Pictures come from the
'val' split and no prompt here occurs in the test set, so nothing that scores are reported on chooses the examples.
The format is described in resources/evaluation/README.md.
"""

import json
from dataclasses import replace

from training.world.captions import noun_phrase
from training.world.description import Background, Scene
from training.world.edits import (NEW_HORIZON, Edit, background_is_fair, has_room, middle_radius, placed, stands_out,
                                  touches_held_out)
from training.world.parsing import parse_caption
from training.world.vocabulary import CELLS, MAXIMUM_OBJECTS, TWO_COLOUR_BACKGROUNDS, WORLD
from training.world.words import NUMBER_WORDS

SEED = 9001
TRIALS = 8
# Scenes that instructions and questions are looked for in.
SCENES = 1500

PROMPTS = (
    'a large red circle', 'a blue square on a white background', 'a green triangle in the centre',
    'a large yellow star on a plain blue background', 'a big purple heart on a yellow background',
    'a black cross on a pink background', 'an orange square in the middle', 'a large white moon on a black background',
    'a red house on a blue background', 'a green tree on a plain white background', 'a large yellow sun',
    'a blue boat at the bottom', 'a pink heart in the centre', 'a red car on the left',
    'a white cloud at the top on a plain blue background', 'an orange fish on a teal background',
    'a large striped orange fish in the centre on a teal background', 'a dotted purple star on a white background',
    'a striped blue square on a yellow background', 'a striped red heart',
    'two purple stars on a yellow background', 'three pink hearts on a white background',
    'three white stars on a black background', 'two large green circles',
    'a red circle and a blue square on a white background', 'a green tree on the left and a red house on the right',
    'a yellow moon at the top left and a white star at the bottom right',
    'a small white cloud at the top right and a large red boat at the bottom',
    'a red heart to the left of a yellow car', 'a black cross above a grey circle',
    'a yellow sun above a purple boat with a blue sky above teal ground',
    'a red house with a blue sky above green ground', 'a black car with an orange sky above brown ground',
    'a purple moon on a gradient from yellow to pink', 'a white star on a gradient from blue to black',
    'a blue circle on a checked yellow background', 'a red boat on a banded white background',
    'a white heart on a spotted pink background',
)


# Instructions: text -> the edit it asks of a scene, or None where it does not fit.

def the_only(scene: Scene, **attributes):
    """(index, object) of the only object with these attributes, or None."""
    found = [(index, one) for index, one in enumerate(scene.objects)
             if all(getattr(one, name) == value for name, value in attributes.items())]
    return found[0] if len(found) == 1 else None


def change(operation, of_kind, from_size=None, **new):
    """Changes attributes of the only object of a kind (if that is of from_size)."""
    def edit(scene):
        found = the_only(scene, kind=of_kind)
        if found is None or (from_size is not None and found[1].size != from_size):
            return None
        index, one = found
        after = replace(one, **new)
        if 'size' in new:
            after = placed(replace(after, radius=middle_radius(after.size)), CELLS.index(one.cell), middle=False)
        return None if after == one else Edit(operation, index, one, after)
    return edit


def move(kind, cell):
    def edit(scene):
        found = the_only(scene, kind=kind)
        if found is None or found[1].cell == cell:
            return None
        return Edit('move', found[0], found[1], placed(found[1], CELLS.index(cell), middle=True))
    return edit


def remove(kind):
    def edit(scene):
        found = the_only(scene, kind=kind)
        return None if found is None or len(scene.objects) < 2 else Edit('remove', found[0], found[1], None)
    return edit


def add(text, count=MAXIMUM_OBJECTS - 1):
    """Adds the object that `text` describes, to at most `count` others."""
    said = parse_caption(text).objects[0]

    def edit(scene):
        if not 1 <= len(scene.objects) <= count:
            return None
        size = said.size or 'medium'
        new = replace(scene.objects[0], kind=said.kind, colour=said.colour, texture=said.texture or 'solid', size=size,
                      radius=middle_radius(size))
        return Edit('add', len(scene.objects), None, placed(new, CELLS.index(said.cell), middle=True))
    return edit


def ground(kind, first, second=None):
    def edit(scene):
        old = scene.background
        new = Background(kind, [first, second or first], old.horizon if old.kind == kind else NEW_HORIZON)
        return None if (new.kind, new.colours) == (old.kind, old.colours) else Edit('background', None, old, new)
    return edit


def sky(colour):
    def edit(scene):
        old = scene.background
        if old.kind != 'horizon' or old.colours[0] == colour:
            return None
        return Edit('background', None, old, Background('horizon', [colour, old.colours[1]], old.horizon))
    return edit


INSTRUCTIONS = (
    ('make the circle blue', change('recolour', 'circle', colour='blue')),
    ('paint the star red', change('recolour', 'star', colour='red')),
    ('make the fish striped', change('retexture', 'fish', texture='striped')),
    ('make the tree bigger', change('resize', 'tree', 'medium', size='large')),
    ('make the boat small', change('resize', 'boat', size='small')),
    ('move the house to the bottom right', move('house', 'bottom right')),
    ('move the sun to the top left', move('sun', 'top left')),
    ('add a small red heart at the top left', add('a small red heart at the top left')),
    ('add a yellow sun at the top right', add('a yellow sun at the top right')),
    ('remove the star', remove('star')),
    ('remove the cloud', remove('cloud')),
    ('turn the circle into a star', change('replace', 'circle', kind='star')),
    ('replace the car with a boat', change('replace', 'car', kind='boat')),
    ('make the background white', ground('plain', 'white')),
    ('change the background to a gradient from blue to pink', ground('gradient', 'blue', 'pink')),
    ('make the sky orange', sky('orange')),
)


# Questions: text -> the answer in a scene, or None where it has none.

def attribute(name, kind):
    def answer(scene):
        found = the_only(scene, kind=kind)
        return None if found is None else getattr(found[1], name)
    return answer


def at(cell):
    def answer(scene):
        found = the_only(scene, cell=cell)
        return None if found is None else noun_phrase(found[1], ('colour',))
    return answer


def left_of(kind):
    def answer(scene):
        found = the_only(scene, kind=kind)
        if found is None:
            return None
        sides = [found[1].x - one.x for one in scene.objects if one is not found[1]]
        near = [side for side in sides if side > 0.04]
        if len(near) != 1 or near[0] <= 0.15:
            return None
        one = next(one for one in scene.objects if one is not found[1] and found[1].x - one.x == near[0])
        return noun_phrase(one, ('colour',))
    return answer


QUESTIONS = (
    ('how many objects are there?', lambda scene: NUMBER_WORDS[len(scene.objects)]),
    ('what colour is the background?', lambda scene: None if scene.background.kind in TWO_COLOUR_BACKGROUNDS
     else scene.background.colours[0]),
    ('what colour is the circle?', attribute('colour', 'circle')),
    ('where is the star?', attribute('cell', 'star')),
    ('how big is the heart?', attribute('size', 'heart')),
    ('what texture does the fish have?', attribute('texture', 'fish')),
    ('is there a tree?', lambda scene: 'yes' if any(one.kind == 'tree' for one in scene.objects) else 'no'),
    ('what is at the top left?', at('top left')),
    ('what is to the left of the house?', left_of('house')),
)


def expectation(prompt: str) -> dict:
    """What a picture must show: all the prompt says, and no object more."""
    claim = parse_caption(prompt)
    return {**claim.to_json(), 'total': sum(one.count for one in claim.objects)}


def is_fair(edit: Edit, scene: Scene) -> bool:
    """Whether the world would hold the result: visible, apart, and of a combination that training may show."""
    if edit.operation == 'remove':
        return True
    new = edit.apply(scene)
    if edit.operation == 'background':
        known = edit.after.kind not in TWO_COLOUR_BACKGROUNDS or background_is_fair(edit.after)
        return known and all(stands_out(edit.after, one) for one in scene.objects)
    others = [one for index, one in enumerate(new.objects) if index != edit.index]
    return stands_out(scene.background, edit.after) and has_room(others, edit.after) and not touches_held_out(edit)


def instruction_cases(make, scenes) -> list:
    """[(number of the scene, edit)], the first TRIALS that fit."""
    edits = ((number, make(scene)) for number, scene in enumerate(scenes))
    fitting = [(number, edit) for number, edit in edits if edit is not None and is_fair(edit, scenes[number])]
    return fitting[:TRIALS]


def question_cases(answer, scenes) -> list:
    """[(number of the scene, answer)]; as many different answers as TRIALS allows, so that no guess does well."""
    by_answer = {}
    for number, scene in enumerate(scenes):
        said = answer(scene)
        if said is not None:
            by_answer.setdefault(said, []).append((number, said))
    chosen = []
    while len(chosen) < TRIALS:
        rest = [cases for cases in by_answer.values() if cases]
        chosen += [cases.pop(0) for cases in rest][:TRIALS - len(chosen)]
    return chosen


def write(folder=None) -> dict:
    from training.world.evaluation_set import FOLDER, compact, edit_facts, png
    from training.world.render import render
    from training.world.scene import SceneBatch, generator_for, sample_batch
    folder = folder or FOLDER
    scenes = sample_batch(SCENES, generator_for('val', SEED), 'val').to_scenes()
    scenes = [Scene.from_json(scene.to_json()) for scene in scenes]
    instructions = [(text, instruction_cases(make, scenes)) for text, make in INSTRUCTIONS]
    questions = [(text, question_cases(answer, scenes)) for text, answer in QUESTIONS]
    used = sorted({number for _, cases in instructions + questions for number, _ in cases})
    place = {number: index for index, number in enumerate(used)}
    files = [png(image) for image in render(SceneBatch.from_scenes([scenes[number] for number in used]))]
    starts = [sum(len(one) for one in files[:index]) for index in range(len(files))]
    data = {
        'format': 1, 'name': f'examples-v{WORLD}', 'imageSize': 128,
        'images': {'file': f'examples-v{WORLD}.bin', 'spans': [[start, len(one)] for start, one in zip(starts, files)]},
        'seeds': [SEED * 1000 + trial for trial in range(TRIALS)],
        'prompts': [{'text': text, 'expectation': expectation(text)} for text in PROMPTS],
        'instructions': [{'text': text, 'cases': [{'image': place[number], **edit_facts(edit, scenes[number])}
                                                  for number, edit in cases]} for text, cases in instructions],
        'questions': [{'text': text, 'cases': [{'image': place[number], 'answer': answer} for number, answer in cases]}
                      for text, cases in questions],
    }
    (folder / f'examples-v{WORLD}.bin').write_bytes(b''.join(files))
    (folder / f'examples-v{WORLD}.json').write_text(compact(data))
    return data


if __name__ == '__main__':
    written = write()
    print(json.dumps({key: len(written[key]) for key in ('prompts', 'instructions', 'questions')}),
          len(written['images']['spans']), 'pictures')
