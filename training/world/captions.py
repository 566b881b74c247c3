"""Captions and prompts of a scene: from the bare kinds to every attribute, in many phrasings."""

from training.world.description import Scene, SceneObject
from training.world.vocabulary import COLOURS, KINDS, SIZES, TEXTURES, cell_of
from training.world.words import (BACKGROUND_LINKS, COLOUR_WORDS, GENERIC_WORDS, KIND_WORDS, NUMBER_WORDS,
                                  PICTURE_PREFIXES, PLACE_WORDS, RELATION_WORDS, SIZE_WORDS, TEXTURE_TAILS,
                                  TEXTURE_WORDS, background_phrase, choose, say, with_article)

# How much a prompt says: (share, name).
DETAIL_SHARES = ((0.28, 'colours'), (0.22, 'full'), (0.20, 'places'), (0.18, 'relation'), (0.12, 'kinds'))


def noun_phrase(one: SceneObject, mentioned, rng=None, count=1, article=True) -> str:
    """'a small striped red circle', 'three red circles'; mentioned: the attributes to name beside the kind.

    'thing' in mentioned says a generic noun in place of the kind. Canonical wording without rng.
    """
    words, tail = [], ''
    if 'size' in mentioned:
        words.append(say(SIZE_WORDS[one.size], rng) if rng else one.size)
    if 'texture' in mentioned:
        if rng and one.texture in TEXTURE_TAILS and rng.random() < 0.15:
            tail = ' ' + choose(TEXTURE_TAILS[one.texture], rng)
        else:
            words.append(say(TEXTURE_WORDS[one.texture], rng) if rng else one.texture)
    if 'colour' in mentioned:
        words.append(say(COLOUR_WORDS[one.colour], rng, 0.85) if rng else one.colour)
    nouns = GENERIC_WORDS if 'thing' in mentioned else KIND_WORDS[one.kind]
    words.append((say(nouns, rng, 0.8) if rng else nouns[0])[count > 1])
    phrase = ' '.join(words)
    if article:
        phrase = with_article(phrase) if count == 1 else f'{NUMBER_WORDS[count]} {phrase}'
    return phrase + tail


def place_phrase(one: SceneObject, rng=None) -> str:
    options = PLACE_WORDS[one.cell]
    return say(options, rng) if rng else options[0]


def reading_order(scene: Scene) -> list:
    """Objects from the top left to the bottom right, by cell.

    Within a cell by the attributes that a caption names, never by what it leaves unsaid: two scenes that read the same
    are written the same.
    """
    return sorted(scene.objects, key=lambda one: (
        cell_of(one.x, one.y), KINDS.index(one.kind), COLOURS.index(one.colour), TEXTURES.index(one.texture),
        SIZES.index(one.size)))


def canonical_caption(scene: Scene) -> str:
    """The one full text of a scene: target of the captioning task and the plan that is written before drawing.

    Every object with its size, texture, colour, kind and place in reading order, then the background, each in the first
    word of its table. Nothing is left open ('solid' and 'medium' are said too), so it parses back to every attribute.
    """
    return full_description(scene, exact=False)


def canonical_plan(scene: Scene) -> str:
    """What is written before drawing: the canonical caption with exact places and the height of a horizon in per cent.

    Without numbers a plan leaves open what every token of the picture depends on: where exactly each object stands.
    """
    return full_description(scene, exact=True)


def full_description(scene: Scene, exact: bool) -> str:
    def numbers(*shares) -> str:
        """' (43 24)': per cent of the side, from the left and from the top."""
        return f' ({" ".join(str(round(100 * share)) for share in shares)})' if exact else ''
    parts = [f'{noun_phrase(one, ("size", "texture", "colour"))} {place_phrase(one)}{numbers(one.x, one.y)}'
             for one in reading_order(scene)]
    ground = scene.background
    height = numbers(ground.horizon) if ground.kind == 'horizon' else ''
    return ', '.join(parts + [f'{BACKGROUND_LINKS[ground.kind][0]} {background_phrase(ground)}{height}'])


def join(parts: list, rng) -> str:
    if len(parts) == 1:
        return parts[0]
    if rng.random() < 0.2:
        return ', '.join(parts)
    last = ', and ' if len(parts) > 2 and rng.random() < 0.4 else ' and '
    return ', '.join(parts[:-1]) + last + parts[-1]


def mentioned_attributes(one: SceneObject, detail: str, say_size: bool, rng) -> tuple:
    """Attributes a prompt of this detail names. An unusual texture is almost always worth a word."""
    if detail == 'full':
        return ('size', 'texture', 'colour')
    mentioned = ['size'] if say_size else []
    if one.texture != 'solid' and (detail != 'kinds' or say_size):
        mentioned.append('texture')
    if detail != 'kinds':
        mentioned.append('colour')
    return tuple(mentioned)


def list_phrase(objects: list, detail: str, rng) -> str:
    """'two red circles and a blue star', with places where the detail asks for them."""
    say_size = rng.random() < (0.15 if detail == 'kinds' else 0.3)
    say_solid = rng.random() < 0.1
    places = detail == 'places' or (detail == 'full' and rng.random() < 0.8)
    groups = {}
    for number, one in enumerate(objects):
        mentioned = mentioned_attributes(one, detail, say_size, rng)
        if say_solid and 'texture' not in mentioned and detail != 'kinds':
            mentioned += ('texture',)
        key = (number,) if places else (one.kind, mentioned, *(getattr(one, name) for name in mentioned))
        groups.setdefault(key, (mentioned, []))[1].append(one)
    parts = []
    for mentioned, members in groups.values():
        phrase = noun_phrase(members[0], mentioned, rng, len(members))
        parts.append(f'{phrase} {place_phrase(members[0], rng)}' if places else phrase)
    return join(parts, rng)


def natural_relations(objects: list) -> list:
    """[(first, relation, second)] where one axis clearly dominates."""
    found = []
    for one in objects:
        for other in objects:
            across, down = other.x - one.x, other.y - one.y
            if one is other or max(abs(across), abs(down)) < 0.2:
                continue
            if abs(across) >= 1.2 * abs(down):
                found.append((one, 'left of' if across > 0 else 'right of', other))
            elif abs(down) >= 1.2 * abs(across):
                found.append((one, 'above' if down > 0 else 'below', other))
    return found


def relation_phrase(scene: Scene, rng):
    """'a red heart to the left of a yellow car, and a tree', or None if no relation reads naturally."""
    candidates = natural_relations(scene.objects)
    if not candidates:
        return None
    one, relation, other = choose(candidates, rng)
    detail = 'kinds' if one.kind != other.kind and rng.random() < 0.3 else 'colours'
    say_size = rng.random() < 0.2
    phrase = ' '.join((noun_phrase(one, mentioned_attributes(one, detail, say_size, rng), rng),
                       say(RELATION_WORDS[relation], rng, 0.7),
                       noun_phrase(other, mentioned_attributes(other, detail, say_size, rng), rng)))
    rest = [third for third in scene.objects if third is not one and third is not other]
    if rest:
        phrase += choose((', and ', ', with ', ' and '), rng) + list_phrase(rest, 'colours', rng)
    return phrase


def sample_prompt(scene: Scene, rng, detail: str = None) -> str:
    """A text-to-image prompt. It mentions every object, and as much of the rest as the detail says."""
    if detail is None:
        point = rng.random()
        for share, detail in DETAIL_SHARES:
            point -= share
            if point < 0:
                break
    if not scene.objects:
        return background_phrase(scene.background, rng)
    if detail in ('places', 'full') and len(scene.objects) > 1 and rng.random() < 0.5:
        first = scene.objects[0]        # equal objects are better counted than listed
        if all((one.kind, one.colour) == (first.kind, first.colour) for one in scene.objects[1:]):
            detail = 'colours'

    body = relation_phrase(scene, rng) if detail == 'relation' else None
    related = body is not None
    if not related:
        detail = 'colours' if detail == 'relation' else detail
        objects = reading_order(scene)
        if rng.random() < 0.6:
            rng.shuffle(objects)
        if detail in ('full', 'places') and rng.random() < 0.2:
            return _sentences(scene, objects, detail, rng)
        body = list_phrase(objects, detail, rng)
        if len(objects) > 1 and rng.random() < 0.06:
            body = f'{NUMBER_WORDS[len(objects)]} {choose(GENERIC_WORDS, rng)[1]}: {body}'
    share = {'full': 0.95, 'colours': 0.5, 'places': 0.4, 'relation': 0.3, 'kinds': 0.25}[detail]
    if rng.random() < share:
        ground = background_phrase(scene.background, rng)
        link = choose(BACKGROUND_LINKS[scene.background.kind], rng)
        # 'above', 'under' and 'with' in a background would bind to a relation's object: a comma keeps them apart.
        body = (f'{ground} with {body}' if rng.random() < 0.15 else
                f'{body}, {link} {ground}' if rng.random() < 0.4 else f'{body} {link} {ground}')
    elif rng.random() < 0.3:
        prefix = choose(PICTURE_PREFIXES, rng)
        body = ('there are ' if prefix.startswith('there') and body[:2] not in ('a ', 'an') else
                'there is ' if prefix.startswith('there') else prefix) + body
    return _finish(body, rng)


def _sentences(scene: Scene, objects: list, detail: str, rng) -> str:
    sentences = []
    for one in objects:
        phrase = noun_phrase(one, mentioned_attributes(one, detail, False, rng), rng)
        opening = choose(('there is {} {}.', '{} is {}.', '{} {}.'), rng)
        sentences.append(opening.format(phrase, place_phrase(one, rng)))
    if detail == 'full' or rng.random() < 0.5:
        ground = background_phrase(scene.background, rng)
        sentences.append(choose(('the background is {}.', 'it is on {}.', 'everything is on {}.'), rng).format(ground))
    if rng.random() < 0.6:
        sentences = [one[0].upper() + one[1:] for one in sentences]
    return ' '.join(sentences)


def _finish(text: str, rng) -> str:
    if rng.random() < 0.2:
        text = text[0].upper() + text[1:]
    return text + '.' if rng.random() < 0.15 else text
