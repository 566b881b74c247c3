"""All text the text tokenizer is trained on: every phrasing and synonym in its natural frequency.

    python3 -m training.world.corpus 20000 > corpus.txt
"""

import random
import re
import sys

from training.world.language import (canonical_caption, canonical_plan, sample_describe_request, sample_edit,
                                     sample_prompt, sample_question)
from training.world.scene import generator_for, sample_batch
from training.world.words import (BACKGROUND_PHRASES, COLOUR_WORDS, DESCRIBE_REQUESTS, GENERIC_WORDS, KIND_WORDS,
                                  NUMBER_WORDS, PICTURE_PREFIXES, PLACE_WORDS, RELATION_WORDS, SIZE_WORDS,
                                  TEXTURE_TAILS, TEXTURE_WORDS)


def vocabulary_lines():
    """Every word of the tables once, so that no synonym is missed."""
    for table in (COLOUR_WORDS, TEXTURE_WORDS, TEXTURE_TAILS, SIZE_WORDS, PLACE_WORDS, RELATION_WORDS):
        for options in table.values():
            yield from options
    for forms in (*KIND_WORDS.values(), GENERIC_WORDS):
        for form in forms:
            yield from form
    for phrases in BACKGROUND_PHRASES.values():
        for phrase in phrases:
            yield phrase.replace('{1}', 'blue').replace('{2}', 'green')
    yield from NUMBER_WORDS
    yield from PICTURE_PREFIXES
    yield from DESCRIBE_REQUESTS


def texts(scenes: int = 20000, seed: int = 400):
    """Yields lines of text: about eight per scene."""
    yield from vocabulary_lines()
    rng, generator = random.Random(seed), generator_for('train', seed)
    for _ in range(0, scenes, 250):
        for scene in sample_batch(250, generator).to_scenes():
            yield sample_prompt(scene, rng)
            yield sample_prompt(scene, rng)
            yield canonical_caption(scene)
            yield canonical_plan(scene)
            edited = sample_edit(scene, rng)
            if edited:
                yield edited[0]
            asked = sample_question(scene, rng)
            if asked:
                yield asked[0]
                yield asked[1]
            if rng.random() < 0.2:
                yield sample_describe_request(rng)


def known_words(scenes: int = 8000) -> list:
    """Every word that occurs in the grammar's texts, sorted: what a prompt may use and be understood.

    Of a word with a hyphen the parts too: whoever looks for unknown words takes it apart. Numbers of exact places are left
    out, since only plans have them: in a prompt "30 circles" is not understood.
    """
    found = set()
    for line in texts(scenes):
        line = re.sub(r'\([0-9 ]+\)', '', line)
        found.update(re.findall(r"[a-z]+(?:-[a-z]+)*|[0-9]+", line.lower()))
    return sorted(found | {part for word in found for part in word.split('-')})


def can_draw() -> list:
    """What the world holds, as short lines for people."""
    plurals = [forms[0][1] for forms in KIND_WORDS.values()]
    return [f'one to three objects: {", ".join(plurals)}',
            f'colours: {", ".join(COLOUR_WORDS)}',
            f'textures: {", ".join(TEXTURE_WORDS)}',
            f'sizes: {", ".join(SIZE_WORDS)}',
            'places: a 3 x 3 grid from top left to bottom right, and left of, right of, above, below',
            'backgrounds: plain, a gradient from one colour to another, sky above ground, checked, banded, spotted',
            'in a plan also exact places: (25 70) is 25 % from the left and 70 % from the top']


def examples() -> dict:
    """Hand-picked texts the grammar understands, as suggestions in the studio."""
    return {
        'prompts': ['a red circle', 'two purple stars on a yellow background', 'a green tree on the left and a red house on the right',
                    'a yellow sun above a purple boat with a blue sky above teal ground', 'three pink hearts',
                    'a large striped orange fish in the centre on a teal background', 'a red heart to the left of a yellow car',
                    'a small white cloud at the top right and a large red boat at the bottom',
                    'a dotted purple heart on a gradient from yellow to pink', 'three white stars on a black background',
                    'a striped blue circle above a brown square', 'a yellow moon on a checked black background'],
        'instructions': ['make the circle blue', 'remove the star', 'add a small red heart at the top left',
                         'move the house to the bottom right', 'make the tree bigger', 'turn the circle into a star',
                         'change the background to a gradient from blue to pink', 'make the fish striped',
                         'make the sky orange', 'replace the car with a boat'],
        'questions': ['how many objects are there?', 'what colour is the circle?', 'where is the star?', 'is there a tree?',
                      'what is to the left of the house?', 'how big is the heart?', 'what colour is the background?',
                      'what texture does the fish have?', 'what is at the top left?'],
    }


if __name__ == '__main__':
    for line in texts(int(sys.argv[1]) if len(sys.argv) > 1 else 20000):
        print(line)
