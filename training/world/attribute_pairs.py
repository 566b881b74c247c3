"""Writes scenes beside copies that differ in one attribute: what a measure of that attribute must see, and no other.

    python3 -m training.world.attribute_pairs             resources/evaluation/attributes-v2.json and .bin

Every copy changes one attribute of the whole picture: the background, or the places, colours, kinds or textures of all
objects. Scenes come from the 'test' split with a seed of their own, so a second run writes the same bytes.
"""

import random

import torch

from training.world.edits import propose
from training.world.evaluation_set import FOLDER, compact, png
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch
from training.world.vocabulary import WORLD

# Attribute as docs/attributes.md names it -> the edit that changes it.
CHANGES = {'background': 'background', 'layout': 'move', 'colour': 'recolour', 'shape': 'replace', 'texture': 'retexture'}
# With half as many the means still waver by more than they differ: larger objects make every change a larger one.
SCENES = 64
SEED = 7002
TRIES = 400


def changed(scene, attribute: str, rng):
    """The scene with that attribute different in every object (or the background); None if no fair one is found."""
    left = None if attribute == 'background' else list(range(len(scene.objects)))
    for _ in range(TRIES):
        edit = propose(scene, CHANGES[attribute], rng)
        if edit is None or (left is not None and edit.index not in left):
            continue
        # 'replace' may change the colour too; here only the kind may.
        if attribute == 'shape' and edit.after.colour != edit.before.colour:
            continue
        scene = edit.apply(scene)
        if left is None:
            return scene
        left.remove(edit.index)
        if not left:
            return scene
    return None


def main():
    rng = random.Random(SEED)
    pool = sample_batch(8 * SCENES, generator_for('test', SEED), 'test').to_scenes()
    records, scenes = [], []
    for scene in pool:
        if not scene.objects or len(records) == SCENES:
            continue
        copies = {attribute: changed(scene, attribute, rng) for attribute in CHANGES}
        if any(copy is None for copy in copies.values()):
            continue
        records.append({'reference': len(scenes),
                        'changed': {name: len(scenes) + 1 + at for at, name in enumerate(copies)}})
        scenes += [scene, *copies.values()]
    assert len(records) == SCENES, len(records)
    scenes = [type(scene).from_json(scene.to_json()) for scene in scenes]
    files = [png(image) for image in render(SceneBatch.from_scenes(scenes))]
    starts = [sum(len(one) for one in files[:i]) for i in range(len(files))]
    data = {'format': 1, 'name': f'attributes-v{WORLD}', 'imageSize': 128,
            'images': {'file': f'attributes-v{WORLD}.bin', 'spans': [[start, len(one)] for start, one in zip(starts, files)]},
            'scenes': [scene.to_json() for scene in scenes], 'pairs': records}
    (FOLDER / f'attributes-v{WORLD}.bin').write_bytes(b''.join(files))
    (FOLDER / f'attributes-v{WORLD}.json').write_text(compact(data))
    print(f'{len(records)} scenes with {len(CHANGES)} changes each, {sum(map(len, files)) / 1024:.0f} KiB')


if __name__ == '__main__':
    torch.set_num_threads(1)
    main()
