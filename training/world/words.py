"""The words and phrasings of the world's language. Plain data; the first word of every list is canonical.

Generation (captions.py, edits.py, questions.py) and parsing (parsing.py) share these tables, so a phrasing
added here is understood at once.
"""

COLOUR_WORDS = {
    'red': ('red', 'scarlet'), 'orange': ('orange',), 'yellow': ('yellow', 'golden'), 'green': ('green',),
    'teal': ('teal', 'turquoise', 'cyan'), 'blue': ('blue',), 'purple': ('purple', 'violet'),
    'pink': ('pink', 'rose'), 'brown': ('brown',), 'black': ('black',), 'grey': ('grey', 'gray'), 'white': ('white',),
}

# (singular, plural)
KIND_WORDS = {
    'circle': (('circle', 'circles'), ('disc', 'discs'), ('disk', 'disks')),
    'square': (('square', 'squares'), ('box', 'boxes')),
    'triangle': (('triangle', 'triangles'),),
    'star': (('star', 'stars'),),
    'heart': (('heart', 'hearts'),),
    'cross': (('cross', 'crosses'), ('plus sign', 'plus signs')),
    'moon': (('moon', 'moons'), ('crescent', 'crescents'), ('crescent moon', 'crescent moons')),
    'house': (('house', 'houses'), ('home', 'homes'), ('cottage', 'cottages')),
    'tree': (('tree', 'trees'),),
    'sun': (('sun', 'suns'),),
    'cloud': (('cloud', 'clouds'),),
    'boat': (('boat', 'boats'), ('sailboat', 'sailboats'), ('sailing boat', 'sailing boats'), ('ship', 'ships')),
    'fish': (('fish', 'fish'), ('fish', 'fishes')),
    'car': (('car', 'cars'), ('automobile', 'automobiles')),
}
GENERIC_WORDS = (('object', 'objects'), ('thing', 'things'), ('shape', 'shapes'), ('item', 'items'))

TEXTURE_WORDS = {
    'solid': ('solid', 'filled'),
    'striped': ('striped', 'stripy', 'stripey'),
    'dotted': ('dotted', 'spotted', 'polka dot'),
}
# Textures said after the noun.
TEXTURE_TAILS = {'striped': ('with stripes',), 'dotted': ('with dots', 'with spots')}

SIZE_WORDS = {
    'small': ('small', 'little', 'tiny'),
    'medium': ('medium', 'medium sized', 'medium-sized', 'mid-sized'),
    'large': ('large', 'big', 'huge'),
}

PLACE_WORDS = {
    'top left': ('at the top left', 'in the top left', 'in the top left corner', 'in the upper left',
                 'in the upper left corner'),
    'top': ('at the top', 'at the top centre', 'at the top center', 'in the top middle'),
    'top right': ('at the top right', 'in the top right', 'in the top right corner', 'in the upper right',
                  'in the upper right corner'),
    'left': ('on the left', 'at the left', 'on the left side', 'at the left edge'),
    'centre': ('in the centre', 'in the center', 'in the middle', 'at the centre'),
    'right': ('on the right', 'at the right', 'on the right side', 'at the right edge'),
    'bottom left': ('at the bottom left', 'in the bottom left', 'in the bottom left corner', 'in the lower left',
                    'in the lower left corner'),
    'bottom': ('at the bottom', 'at the bottom centre', 'at the bottom center', 'in the bottom middle'),
    'bottom right': ('at the bottom right', 'in the bottom right', 'in the bottom right corner', 'in the lower right',
                     'in the lower right corner'),
}

# Where to move something: 'to the left' alone would also mean a direction.
MOVE_PLACES = {name: tuple(dict.fromkeys(phrase.split(' ', 1)[1] for phrase in phrases))
               for name, phrases in PLACE_WORDS.items()}
MOVE_PLACES['left'] = ('the left side', 'the left edge', 'the middle left')
MOVE_PLACES['right'] = ('the right side', 'the right edge', 'the middle right')

# subject RELATION object
RELATION_WORDS = {
    'left of': ('to the left of', 'left of', 'on the left of'),
    'right of': ('to the right of', 'right of', 'on the right of'),
    'above': ('above', 'higher than', 'over'),
    'below': ('below', 'beneath', 'underneath', 'under'),
}
OPPOSITE_RELATION = {'left of': 'right of', 'right of': 'left of', 'above': 'below', 'below': 'above'}

NUMBER_WORDS = ('zero', 'one', 'two', 'three')     # as many as a scene may hold

# Backgrounds as noun phrases; {1} and {2} are the first (top) and second (bottom) colour.
BACKGROUND_PHRASES = {
    'plain': ('a plain {1} background', 'a {1} background', 'a solid {1} background', 'a {1} backdrop'),
    'gradient': ('a gradient from {1} to {2}', 'a {1} to {2} gradient', 'a background fading from {1} to {2}',
                 'a gradient background with {1} at the top and {2} at the bottom'),
    'horizon': ('a {1} sky above {2} ground', 'a {2} ground under a {1} sky', 'a {1} sky and a {2} ground',
                'a {1} sky over a {2} ground', 'a horizon with {1} sky and {2} ground'),
    'checked': ('a checked {1} background', 'a {1} checkerboard', 'a checkered {1} background',
                'a {1} background with checks'),
    'banded': ('a banded {1} background', 'a {1} background with diagonal bands', 'a {1} background with diagonal stripes'),
    'spotted': ('a spotted {1} background', 'a {1} background with spots', 'a {1} background with polka dots'),
}
# How a background joins a list of objects.
BACKGROUND_LINKS = {name: ('on', 'on', 'against', 'in front of', 'with') for name in BACKGROUND_PHRASES}
BACKGROUND_LINKS['horizon'] = ('with', 'in front of', 'against', 'on')

PICTURE_PREFIXES = ('a picture of ', 'an image of ', 'an illustration of ', 'a drawing of ', 'a flat illustration of ',
                    'draw ', 'show ', 'create ', 'there is ', 'there are ')

DESCRIBE_REQUESTS = ('describe the image', 'describe the picture', 'what is in the image?', 'caption this image',
                     'what does the picture show?', 'write a caption', 'describe this illustration',
                     'what can you see?', 'tell me what is in this picture', 'describe everything you see')


def choose(options, rng):
    """One of a sequence, uniformly."""
    return options[int(rng.random() * len(options))]


def say(options, rng, canonical=0.6):
    """The canonical (first) word most of the time, else any."""
    if len(options) == 1 or rng.random() < canonical:
        return options[0]
    return choose(options, rng)


def with_article(words: str) -> str:
    return ('an ' if words[0] in 'aeiou' else 'a ') + words


def background_phrase(background, rng=None) -> str:
    """Noun phrase for a background; canonical without rng."""
    options = BACKGROUND_PHRASES[background.kind]
    if rng is None:
        phrase, first, second = options[0], *background.colours
    else:
        phrase = say(options, rng, 0.4)
        first, second = (say(COLOUR_WORDS[name], rng, 0.8) for name in background.colours)
    text = phrase.replace('{1}', first).replace('{2}', second)
    return text.replace('a orange', 'an orange') if 'a orange' in text else text
