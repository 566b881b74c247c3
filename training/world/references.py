"""Phrases that pick out exactly one object of a scene: 'the red circle', 'the small thing at the top'."""

from training.world.captions import noun_phrase, place_phrase
from training.world.words import choose

# Attribute sets a reference may use ('kind' is the noun; without it the noun is generic), short ones first.
_CANDIDATES = (('kind',), ('kind', 'colour'), ('kind', 'colour'), ('colour',), ('kind', 'size'), ('texture', 'kind'),
               ('kind', 'cell'), ('cell',), ('kind', 'colour', 'size'), ('kind', 'colour', 'texture'),
               ('kind', 'colour', 'cell'), ('kind', 'colour', 'size', 'texture'),
               ('kind', 'colour', 'size', 'texture', 'cell'))


def is_unique(scene, one, attributes) -> bool:
    """No other object of the scene shares all these attributes."""
    return not any(other is not one and all(getattr(other, name) == getattr(one, name) for name in attributes)
                   for other in scene.objects)


def sample_reference(scene, one, rng, without=()):
    """'the ...' phrase for an object, or None if nothing tells it apart.

    without: attributes the phrase must not mention (the one a question asks for).
    """
    possible = [names for names in _CANDIDATES
                if not any(name in without for name in names) and is_unique(scene, one, names)]
    if not possible:
        return None
    names = choose(possible[:4], rng)      # a short phrase is the natural one
    mentioned = [name for name in names if name in ('colour', 'size', 'texture')]
    if 'kind' not in names:
        mentioned.append('thing')
    phrase = 'the ' + noun_phrase(one, mentioned, rng, article=False)
    return f'{phrase} {place_phrase(one, rng)}' if 'cell' in names else phrase
