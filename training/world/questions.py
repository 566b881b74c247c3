"""Questions about a scene with their answers. Only what has one true answer is asked."""

from training.world.captions import noun_phrase, place_phrase
from training.world.parsing import RELATION_DISTANCE, ObjectClaim
from training.world.references import sample_reference
from training.world.vocabulary import COLOURS, KINDS, TEXTURES
from training.world.words import (COLOUR_WORDS, GENERIC_WORDS, KIND_WORDS, NUMBER_WORDS, OPPOSITE_RELATION,
                                  RELATION_WORDS, choose, say, with_article)

TOPICS = ('count', 'count of', 'colour', 'kind', 'texture', 'size', 'place', 'existence', 'is', 'relation', 'at',
          'background')


def _count(scene, rng):
    plural = choose(GENERIC_WORDS, rng)[1]
    return choose((f'how many {plural} are there?', f'how many {plural} are in the picture?',
                   f'count the {plural}', f'how many {plural} do you see?'), rng), NUMBER_WORDS[len(scene.objects)]


def _random_description(scene, rng):
    """(attributes of some description, half of the time taken from the scene; singular; plural)."""
    real = scene.objects and rng.random() < 0.6
    one = choose(scene.objects, rng) if real else None
    kind = one.kind if one else choose(KINDS, rng)
    if not real and scene.objects and rng.random() < 0.5:
        kind = choose(scene.objects, rng).kind          # the right kind in the wrong colour is the hard case
    colour = one.colour if one else choose(COLOURS, rng)
    form, said = rng.random(), say(COLOUR_WORDS[colour], rng, 0.85)
    if form < 0.4:
        return ObjectClaim(kind=kind), say(KIND_WORDS[kind], rng, 0.85)
    if form < 0.8:
        singular, plural = say(KIND_WORDS[kind], rng, 0.85)
        return ObjectClaim(kind=kind, colour=colour), (f'{said} {singular}', f'{said} {plural}')
    singular, plural = choose(GENERIC_WORDS, rng)
    return ObjectClaim(colour=colour), (f'{said} {singular}', f'{said} {plural}')


def _count_of(scene, rng):
    claim, (_, plural) = _random_description(scene, rng)
    number = sum(claim.fits(one) for one in scene.objects)
    return choose((f'how many {plural} are there?', f'how many {plural} do you see?', f'count the {plural}',
                   f'how many {plural} are in the image?'), rng), NUMBER_WORDS[number]


def _existence(scene, rng):
    claim, (singular, plural) = _random_description(scene, rng)
    exists = any(claim.fits(one) for one in scene.objects)
    single = with_article(singular)
    return choose((f'is there {single}?', f'is there {single} in the picture?', f'are there any {plural}?',
                   f'can you see {single}?', f'does the image contain {single}?'), rng), 'yes' if exists else 'no'


def _about_one(attribute, phrasings):
    """A question for one attribute of one object, named without that attribute."""
    def ask(scene, rng):
        if not scene.objects:
            return None
        one = choose(scene.objects, rng)
        target = sample_reference(scene, one, rng, without=(attribute,))
        if target is None:
            return None
        return choose(phrasings, rng).format(target), getattr(one, attribute)
    return ask


def _is(scene, rng):
    """'is the circle red?'"""
    if not scene.objects:
        return None
    one = choose(scene.objects, rng)
    attribute = choose(('colour', 'colour', 'texture'), rng)
    target = sample_reference(scene, one, rng, without=(attribute,))
    if target is None:
        return None
    options = COLOURS if attribute == 'colour' else TEXTURES
    value = getattr(one, attribute) if rng.random() < 0.5 else choose(options, rng)
    return f'is {target} {value}?', 'yes' if value == getattr(one, attribute) else 'no'


def _side(one, relation, other):
    """How far `one` stands on that side of `other`, in image sides."""
    return {'left of': other.x - one.x, 'right of': one.x - other.x,
            'above': other.y - one.y, 'below': one.y - other.y}[relation]


def _relation(scene, rng):
    """'what is to the left of the car?', asked if exactly one object is, and clearly."""
    if len(scene.objects) < 2:
        return None
    other, relation = choose(scene.objects, rng), choose(tuple(OPPOSITE_RELATION), rng)
    near = [one for one in scene.objects if one is not other and _side(one, relation, other) > 0.04]
    if len(near) != 1 or _side(near[0], relation, other) <= RELATION_DISTANCE:
        return None
    target = sample_reference(scene, other, rng)
    if target is None:
        return None
    words = say(RELATION_WORDS[relation], rng, 0.7)
    return choose((f'what is {words} {target}?', f'what object is {words} {target}?',
                   f'which object is {words} {target}?'), rng), noun_phrase(near[0], ('colour',))


def _at(scene, rng):
    """'what is at the top left?'"""
    if not scene.objects:
        return None
    one = choose(scene.objects, rng)
    if sum(other.cell == one.cell for other in scene.objects) > 1:
        return None
    place = place_phrase(one, rng)
    return choose((f'what is {place}?', f'which object is {place}?', f'what do you see {place}?'), rng), \
        noun_phrase(one, ('colour',))


def _background(scene, rng):
    kind, (first, second) = scene.background.kind, scene.background.colours
    if rng.random() < 0.3:
        return choose(('what kind of background is it?', 'what type of background does the image have?',
                       'how is the background drawn?'), rng), kind
    if kind == 'horizon':
        part, colour = choose((('sky', first), ('ground', second)), rng)
        return choose((f'what colour is the {part}?', f'what color is the {part}?'), rng), colour
    if kind == 'gradient':
        return choose(('what colours does the background have?', 'what colour is the background?',
                       'what color is the background?'), rng), f'{first} to {second}'
    return choose(('what colour is the background?', 'what color is the background?',
                   'what is the colour of the background?'), rng), first


_ASK = {
    'count': _count, 'count of': _count_of, 'existence': _existence, 'is': _is, 'relation': _relation, 'at': _at,
    'background': _background,
    'colour': _about_one('colour', ('what colour is {}?', 'what color is {}?', 'what is the colour of {}?',
                                    'which colour does {} have?')),
    'kind': _about_one('kind', ('what is {}?', 'what kind of object is {}?', 'what shape is {}?',
                                'what does {} look like?')),
    'texture': _about_one('texture', ('what texture does {} have?', 'what pattern does {} have?',
                                      'what is the texture of {}?', 'how is {} filled?')),
    'size': _about_one('size', ('what size is {}?', 'how big is {}?', 'how large is {}?')),
    'place': _about_one('cell', ('where is {}?', 'where do you see {}?', 'in which part of the image is {}?')),
}


def sample_question(scene, rng, topic: str = None):
    """(question, answer, topic). With a given topic None if it has no unambiguous question here."""
    for attempt in range(40 if topic else 200):
        chosen = topic or choose(TOPICS, rng)
        asked = _ASK[chosen](scene, rng)
        if asked is not None:
            question, answer = asked
            if rng.random() < 0.2:
                question = question[0].upper() + question[1:]
            return question, answer, chosen
    return None
