"""All text the text tokenizer is trained on: every phrasing and synonym in its natural frequency.

    python3 -m training.world.corpus 20000 > corpus.txt
"""

import random
import sys

from training.world.language import (canonical_caption, sample_describe_request, sample_edit, sample_prompt,
                                     sample_question)
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


def corpus(scenes: int = 20000, seed: int = 400):
    """Yields lines of text: about seven per scene."""
    yield from vocabulary_lines()
    rng, generator = random.Random(seed), generator_for('train', seed)
    for _ in range(0, scenes, 250):
        for scene in sample_batch(250, generator).to_scenes():
            yield sample_prompt(scene, rng)
            yield sample_prompt(scene, rng)
            yield canonical_caption(scene)
            edited = sample_edit(scene, rng)
            if edited:
                yield edited[0]
            asked = sample_question(scene, rng)
            if asked:
                yield asked[0]
                yield asked[1]
            if rng.random() < 0.2:
                yield sample_describe_request(rng)


if __name__ == '__main__':
    for line in corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 20000):
        print(line)
