"""From text back to what it claims: `parse_caption` reads every phrasing the captions use.

A claim says as much about a scene as the text did and no more; `is_consistent` tells whether a scene
fulfils it. The same form serves as machine-checkable expectation in the evaluation set.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations
from typing import List, Optional, Tuple

from training.world.words import (BACKGROUND_PHRASES, COLOUR_WORDS, GENERIC_WORDS, KIND_WORDS, NUMBER_WORDS,
                                  PLACE_WORDS, RELATION_WORDS, SIZE_WORDS, TEXTURE_TAILS, TEXTURE_WORDS)

# Centres must differ by this share of the image side for a relation to hold.
RELATION_DISTANCE = 0.15
ATTRIBUTES = ('kind', 'colour', 'texture', 'size', 'cell')


@dataclass
class ObjectClaim:
    kind: Optional[str] = None
    colour: Optional[str] = None
    texture: Optional[str] = None
    size: Optional[str] = None
    cell: Optional[str] = None
    count: int = 1

    def fits(self, one) -> bool:
        """Whether a SceneObject has every attribute claimed."""
        return all(getattr(self, name) in (None, getattr(one, name)) for name in ATTRIBUTES)

    def to_json(self) -> dict:
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass
class Claim:
    objects: List[ObjectClaim] = field(default_factory=list)
    relations: List[Tuple[int, str, int]] = field(default_factory=list)   # indices into objects
    background_kind: Optional[str] = None
    background_colours: Optional[List[str]] = None      # one or two names
    total: Optional[int] = None                         # number of objects in the whole scene

    def to_json(self) -> dict:
        data = {'objects': [one.to_json() for one in self.objects]}
        if self.relations:
            data['relations'] = [list(one) for one in self.relations]
        if self.background_kind:
            data['background'] = {'kind': self.background_kind, 'colours': self.background_colours}
        if self.total is not None:
            data['total'] = self.total
        return data


def relation_holds(one, relation: str, other) -> bool:
    """Whether `one` stands left of / right of / above / below `other`."""
    across, down = other.x - one.x, other.y - one.y
    return {'left of': across, 'right of': -across, 'above': down, 'below': -down}[relation] > RELATION_DISTANCE


def is_consistent(claim: Claim, scene) -> bool:
    """True if distinct objects of the scene can play all claimed parts, and the background agrees.

    A claim with count c stands for c objects; with relations all counts are 1.
    """
    if claim.background_kind is not None:
        if claim.background_kind != scene.background.kind:
            return False
        if claim.background_colours != scene.background.colours[:len(claim.background_colours)]:
            return False
    if claim.total is not None and claim.total != len(scene.objects):
        return False
    wanted = [(index, one) for index, one in enumerate(claim.objects) for _ in range(one.count)]
    if len(wanted) > len(scene.objects):
        return False
    for chosen in permutations(scene.objects, len(wanted)):
        if all(one.fits(other) for (_, one), other in zip(wanted, chosen)):
            played = {index: other for (index, _), other in zip(wanted, chosen)}
            if all(relation_holds(played[a], relation, played[b]) for a, relation, b in claim.relations):
                return True
    return False


@lru_cache(maxsize=None)
def _background_patterns():
    """[(kind, regular expression with groups first/second)], longest phrasing first."""
    words = {word: name for name, options in COLOUR_WORDS.items() for word in options}
    colour = '|'.join(sorted(words, key=len, reverse=True))
    patterns = []
    for kind, phrases in BACKGROUND_PHRASES.items():
        for phrase in phrases:
            pattern = re.sub(r'\ban? ', '(?:an? |the )?', re.escape(phrase).replace('\\ ', ' '))
            for number, group in (('1', 'first'), ('2', 'second')):
                pattern = pattern.replace(re.escape('{%s}' % number), f'(?P<{group}>{colour})')
            patterns.append((len(phrase), kind, re.compile(
                r'(?:\b(?:on|against|in front of|with|is) )?\b' + pattern + r'\b')))
    patterns.sort(key=lambda one: -one[0])
    return words, [(kind, pattern) for _, kind, pattern in patterns]


@lru_cache(maxsize=None)
def _lexicon():
    """(regular expression over all known phrases, phrase -> (role, value))."""
    meaning = {'a': ('number', 1), 'an': ('number', 1), 'the': ('number', 1), 'single': ('number', 1)}
    meaning.update({word: ('number', value) for value, word in enumerate(NUMBER_WORDS)})
    meaning.update({str(value): ('number', value) for value in range(1, len(NUMBER_WORDS))})
    for singular, plural in GENERIC_WORDS:
        meaning[singular] = meaning[plural] = ('kind', None)
    for name, forms in KIND_WORDS.items():
        for form in forms:
            meaning.update({word: ('kind', name) for word in form})
    for role, table in (('colour', COLOUR_WORDS), ('texture', TEXTURE_WORDS), ('size', SIZE_WORDS),
                        ('tail', TEXTURE_TAILS), ('cell', PLACE_WORDS), ('relation', RELATION_WORDS)):
        for name, options in table.items():
            meaning.update({word: (role, name) for word in options})
    ordered = sorted(meaning, key=len, reverse=True)
    return re.compile(r'\b(?:' + '|'.join(map(re.escape, ordered)) + r')\b'), meaning


_PREFIX = re.compile(r'\b(?:a|an) (?:flat |simple )?(?:picture|image|illustration|drawing) (?:of|with|showing) ')
_OF_PICTURE = re.compile(r' of the (?:picture|image|illustration|drawing)\b')


def parse_caption(text: str) -> Claim:
    """What a caption or prompt claims. Unknown words are skipped."""
    claim = Claim()
    text = _OF_PICTURE.sub('', _PREFIX.sub('', ' '.join(text.lower().split())))
    words, patterns = _background_patterns()
    for kind, pattern in patterns:
        found = pattern.search(text)
        if found:
            groups = found.groupdict()
            claim.background_kind = kind
            claim.background_colours = [words[groups['first']]]
            if groups.get('second'):
                claim.background_colours.append(words[groups['second']])
            text = text[:found.start()] + ' ; ' + text[found.end():]
            break

    pattern, meaning = _lexicon()
    pending, relation = ObjectClaim(), None
    for found in pattern.finditer(text):
        role, value = meaning[found.group()]
        if role == 'number':
            pending = ObjectClaim(count=value)
        elif role in ('colour', 'texture', 'size'):
            setattr(pending, role, value)
        elif role == 'kind':
            if value is None and text[found.end():].lstrip().startswith(':'):
                claim.total = pending.count
                pending = ObjectClaim()
                continue
            pending.kind = value
            claim.objects.append(pending)
            if relation is not None:
                claim.relations.append((*relation, len(claim.objects) - 1))
                relation = None
            pending = ObjectClaim()
        elif role == 'tail' and claim.objects:
            claim.objects[-1].texture = value
        elif role == 'cell' and claim.objects:
            claim.objects[-1].cell = value
        elif role == 'relation' and claim.objects:
            relation = (len(claim.objects) - 1, value)
    return claim
