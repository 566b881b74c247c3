"""The language of the world, in one place to import from. Pure Python: works from Scene dataclasses.

    sample_prompt(scene, rng)          a text-to-image prompt, from bare to full
    canonical_caption(scene)           the full description
    canonical_plan(scene)              the same with exact places: what is written before drawing, and of a picture
    sample_describe_request(rng)       'describe the image', in many words
    sample_edit(scene, rng)            (instruction, new_scene, edit)
    sample_question(scene, rng)        (question, answer, topic)
    parse_caption(text)                what a text claims about a scene
    is_consistent(claim, scene)        whether a scene fulfils it

rng is a random.Random.
"""

from training.world.captions import canonical_caption, canonical_plan, sample_prompt
from training.world.edits import OPERATIONS, Edit, phrase_edit, sample_edit
from training.world.parsing import Claim, ObjectClaim, is_consistent, parse_caption
from training.world.questions import TOPICS, sample_question
from training.world.words import DESCRIBE_REQUESTS, say


def sample_describe_request(rng) -> str:
    return say(DESCRIBE_REQUESTS, rng, 0.3)


__all__ = ['Claim', 'Edit', 'OPERATIONS', 'ObjectClaim', 'TOPICS', 'canonical_caption', 'canonical_plan',
           'is_consistent', 'parse_caption', 'phrase_edit', 'sample_describe_request', 'sample_edit', 'sample_prompt',
           'sample_question']
