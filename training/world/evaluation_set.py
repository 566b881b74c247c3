"""Writes the fixed evaluation data: scenes, images, prompts, edits and questions with checkable truth.

    python3 -m training.world.evaluation_set world        resources/evaluation/world-v2.json and .bin
    python3 -m training.world.evaluation_set validation   a smaller, disjoint set for choosing checkpoints

The format is described in resources/evaluation/README.md. Seeds are fixed and differ from every training seed,
and scenes come from the 'test' ('val') split, so a second run writes the same bytes.
"""

import io
import json
import random
import sys
from pathlib import Path

import torch
from PIL import Image

from training.world.language import OPERATIONS, TOPICS, canonical_caption, sample_edit, sample_question
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch
from training.world.vocabulary import BACKGROUNDS, COLOURS, HELD_OUT_TRIPLES, KINDS, SIZES, TEXTURES, WORLD, is_held_out
from training.world.words import KIND_WORDS, NUMBER_WORDS, OPPOSITE_RELATION, RELATION_WORDS, say, with_article

FOLDER = Path(__file__).resolve().parents[2] / 'resources' / 'evaluation'

# What the set's scenes are made of: whoever reads the set knows its world from the set alone.
VOCABULARY = {'kinds': KINDS, 'colours': COLOURS, 'textures': TEXTURES, 'sizes': SIZES, 'backgrounds': BACKGROUNDS}

# Per set: split, seed, and how many of everything.
SETS = {
    'world': {'split': 'test', 'seed': 7001, 'scenes': 256, 'prompts': 100, 'edits': 50, 'captions': 100,
              'questions': 25, 'chains': 50},
    'validation': {'split': 'val', 'seed': 8001, 'scenes': 96, 'prompts': 24, 'edits': 12, 'captions': 32,
                   'questions': 8, 'chains': 12},
}
CHAIN_LENGTH = 5


def noun(kind, rng, plural=False):
    return say(KIND_WORDS[kind], rng, 0.9)[plural]


def seen_texture(colour, kind, texture):
    return not is_held_out(COLOURS.index(colour), KINDS.index(kind), TEXTURES.index(texture))


def one_object(rng):
    kind = rng.choice(KINDS)
    return with_article(noun(kind, rng)), {'objects': [{'kind': kind, 'count': 1}]}


def two_objects(rng):
    first, second = rng.sample(KINDS, 2)
    return (f'{with_article(noun(first, rng))} and {with_article(noun(second, rng))}',
            {'objects': [{'kind': first, 'count': 1}, {'kind': second, 'count': 1}]})


def counting(rng):
    kind, number = rng.choice(KINDS), rng.choice((2, 3))
    return f'{NUMBER_WORDS[number]} {noun(kind, rng, plural=True)}', {'objects': [{'kind': kind, 'count': number}],
                                                                      'exact': True}


def colours(rng):
    kind = rng.choice(KINDS)
    colour = rng.choice([name for name in COLOURS if seen_texture(name, kind, 'solid')])
    return with_article(f'{colour} {noun(kind, rng)}'), {'objects': [{'kind': kind, 'colour': colour, 'count': 1}]}


def position(rng):
    first, second = rng.sample(KINDS, 2)
    relation = rng.choice(tuple(OPPOSITE_RELATION))
    words = say(RELATION_WORDS[relation], rng, 0.7)
    return (f'{with_article(noun(first, rng))} {words} {with_article(noun(second, rng))}',
            {'objects': [{'kind': first, 'count': 1}, {'kind': second, 'count': 1}], 'relations': [[0, relation, 1]]})


def attribute_binding(rng):
    kinds, hues = rng.sample(KINDS, 2), rng.sample(COLOURS, 2)
    while not all(seen_texture(hue, kind, 'solid') for hue, kind in zip(hues, kinds)):
        hues = rng.sample(COLOURS, 2)
    parts = [with_article(f'{hue} {noun(kind, rng)}') for hue, kind in zip(hues, kinds)]
    return ' and '.join(parts), {'objects': [{'kind': kind, 'colour': hue, 'count': 1}
                                             for hue, kind in zip(hues, kinds)]}


def unseen(rng):
    """A colour x kind x texture combination that never occurs in training, half of them beside a common object."""
    colour, kind, texture = rng.choice(HELD_OUT_TRIPLES)
    colour, kind, texture = COLOURS[colour], KINDS[kind], TEXTURES[texture]
    prompt = with_article(f'{texture} {colour} {kind}')
    wanted = [{'kind': kind, 'colour': colour, 'texture': texture, 'count': 1}]
    if rng.random() < 0.5:
        other = rng.choice([name for name in KINDS if name != kind])
        hue = rng.choice([name for name in COLOURS if name != colour and seen_texture(name, other, 'solid')])
        prompt += ' and ' + with_article(f'{hue} {other}')
        wanted.append({'kind': other, 'colour': hue, 'count': 1})
    return prompt, {'objects': wanted}


CATEGORIES = {'oneObject': one_object, 'twoObjects': two_objects, 'counting': counting, 'colours': colours,
              'position': position, 'attributeBinding': attribute_binding, 'unseen': unseen}


def edit_facts(edit, scene):
    """What to find after an edit of this scene, and where pixels may change."""
    if edit.operation == 'background':
        changed = 'background'
    else:
        changed = [[round(one.x, 4), round(one.y, 4), round(one.radius, 4)]
                   for one in (edit.before, edit.after) if one is not None]
    edited = None if edit.operation in ('remove', 'background') else edit.index
    return {'operation': edit.operation, 'after': edit.apply(scene).to_json(), 'edited': edited, 'changed': changed}


def edit_record(scene, rng, operation=None):
    """(record, new scene) or None."""
    found = sample_edit(scene, rng, operation)
    if found is None:
        return None
    instruction, new, edit = found
    facts = edit_facts(edit, scene)
    return {'operation': facts.pop('operation'), 'instruction': instruction, **facts}, new


def edits(scenes, count, rng):
    result = {}
    for operation in OPERATIONS:
        records, images = [], list(range(len(scenes)))
        rng.shuffle(images)
        for image in images:
            made = edit_record(scenes[image], rng, operation)
            if made and len(records) < count:
                records.append({'image': image, **made[0]})
        assert len(records) == count, (operation, len(records))
        result[operation] = records
    return result


def chains(scenes, count, rng):
    """Five edits in a row; image is the start, every step holds its own expected scene."""
    result = []
    for image in rng.sample(range(len(scenes)), count):
        scene, steps = scenes[image], []
        for _ in range(CHAIN_LENGTH):
            record, scene = edit_record(scene, rng)
            steps.append(record)
        result.append({'image': image, 'steps': steps})
    return result


def questions(scenes, per_topic, rng):
    """The same number per topic; yes and no alternate."""
    result = []
    for topic in TOPICS:
        wanted = ['yes', 'no'] if topic in ('existence', 'is') else [None]
        made = 0
        while made < per_topic:
            image = rng.randrange(len(scenes))
            asked = sample_question(scenes[image], rng, topic)
            if asked and wanted[made % len(wanted)] in (None, asked[1]):
                result.append({'image': image, 'question': asked[0], 'answer': asked[1], 'topic': topic})
                made += 1
    return result


def png(image: torch.Tensor) -> bytes:
    """[3, H, W] in [-1, 1] -> RGB PNG."""
    pixels = ((image + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, 'PNG', optimize=True)
    return buffer.getvalue()


def write(name: str, folder: Path = FOLDER) -> dict:
    plan = SETS[name]
    rng = random.Random(plan['seed'])
    scenes = sample_batch(plan['scenes'], generator_for(plan['split'], plan['seed']), plan['split']).to_scenes()
    # The written coordinates are the truth: round first, then draw.
    scenes = [type(scene).from_json(scene.to_json()) for scene in scenes]
    files = [png(image) for image in render(SceneBatch.from_scenes(scenes))]
    starts = [sum(len(one) for one in files[:i]) for i in range(len(files))]

    prompts = {}
    for category, make in CATEGORIES.items():
        prompts[category] = []
        for number in range(plan['prompts']):
            prompt, expectation = make(rng)
            prompts[category].append({'prompt': prompt, 'seed': plan['seed'] * 1000 + number,
                                      'expectation': expectation})
    data = {
        'format': 1, 'name': f'{name}-v{WORLD}', 'imageSize': 128, 'vocabulary': VOCABULARY,
        'images': {'file': f'{name}-v{WORLD}.bin', 'spans': [[start, len(one)] for start, one in zip(starts, files)]},
        'scenes': [scene.to_json() for scene in scenes],
        'textToImage': prompts,
        'edits': edits(scenes, plan['edits'], rng),
        'captions': [{'image': image, 'caption': canonical_caption(scenes[image])}
                     for image in sorted(rng.sample(range(len(scenes)), plan['captions']))],
        'questions': questions(scenes, plan['questions'], rng),
        'chains': chains(scenes, plan['chains'], rng),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{name}-v{WORLD}.bin').write_bytes(b''.join(files))
    (folder / f'{name}-v{WORLD}.json').write_text(compact(data))
    return data


def compact(data: dict) -> str:
    """JSON with one record per line: small, and still readable in a diff."""
    def lines(value, depth):
        pad = ' ' * depth
        if isinstance(value, dict) and depth < 3 and any(isinstance(one, (dict, list)) for one in value.values()):
            return '{\n' + ',\n'.join(f'{pad} {json.dumps(key)}: {lines(one, depth + 1)}'
                                      for key, one in value.items()) + f'\n{pad}}}'
        if isinstance(value, list) and value and isinstance(value[0], dict) and depth < 3:
            return '[\n' + ',\n'.join(f'{pad} {json.dumps(one, separators=(",", ":"))}' for one in value) + f'\n{pad}]'
        return json.dumps(value, separators=(',', ':'))
    return lines(data, 0) + '\n'


if __name__ == '__main__':
    torch.set_num_threads(1)
    for chosen in sys.argv[1:] or SETS:
        written = write(chosen)
        sizes = [(FOLDER / f'{chosen}-v{WORLD}.{ending}').stat().st_size for ending in ('json', 'bin')]
        print(f'{chosen}: {len(written["scenes"])} scenes, JSON {sizes[0] / 1024:.0f} KiB, images {sizes[1] / 1024:.0f} KiB')
