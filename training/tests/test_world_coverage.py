"""Whether the tests of the language reach all of it: every phrasing, every synonym, every order.

`choose` is the one place where a phrasing or a word is picked. Here it reports what was picked from what, while each
text that comes out is checked against its scene; at the end nothing may be left that was never picked.
"""

import random
import re
import sys
import unittest
from importlib.util import find_spec
from collections import defaultdict
from unittest import mock

from training.tests.test_world_language import random_scene
from training.world import captions, edits, questions, references, words
from training.world.language import (OPERATIONS, TOPICS, canonical_caption, is_consistent, parse_caption, sample_edit,
                                     sample_prompt, sample_question)
from training.world.vocabulary import BACKGROUNDS, TWO_COLOUR_BACKGROUNDS
from training.world.words import (BACKGROUND_LINKS, BACKGROUND_PHRASES, COLOUR_WORDS, DESCRIBE_REQUESTS, GENERIC_WORDS,
                                  KIND_WORDS, NUMBER_WORDS, PLACE_WORDS, RELATION_WORDS, SIZE_WORDS, TEXTURE_TAILS,
                                  TEXTURE_WORDS)


class Reporter:
    """Stands in for `choose` and keeps, per list of phrasings, which of them were picked.

    A list is known by the line that picks from it and its length: what is filled in differs from scene to scene. Lists
    that come through `say` are tables and known by what they hold.
    """

    def __init__(self):
        self.picked = defaultdict(set)

    def __call__(self, options, rng):
        index = int(rng.random() * len(options))
        caller = sys._getframe(1)
        if caller.f_code.co_name == 'say':
            self.picked['say', tuple(options)].add(index)
        elif isinstance(options[0], (str, tuple)):
            self.picked[f'{caller.f_globals["__name__"]}:{caller.f_lineno}', len(options)].add(index)
        return options[index]

    def left_out(self):
        lengths = {key: key[1] if isinstance(key[1], int) else len(key[1]) for key in self.picked}
        return {key: sorted(set(range(lengths[key])) - seen) for key, seen in self.picked.items()
                if len(seen) < lengths[key]}


def all_words():
    """Every word of the tables that a prompt may contain, with the role it plays and what it means."""
    for role, table in (('colour', COLOUR_WORDS), ('texture', TEXTURE_WORDS), ('size', SIZE_WORDS), ('cell', PLACE_WORDS)):
        for value, options in table.items():
            for word in options:
                yield role, value, word
    for kind, forms in KIND_WORDS.items():
        for singular, plural in forms:
            yield 'kind', kind, singular
            yield 'plural', kind, plural


class CoverageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rng = random.Random(41)
        cls.scenes = [random_scene(rng) for _ in range(2000)]

    def watch(self, *modules):
        reporter = Reporter()
        for module in modules:
            patch = mock.patch.object(module, 'choose', reporter)
            patch.start()
            self.addCleanup(patch.stop)
        return reporter

    def test_every_phrasing_and_synonym_of_prompts_is_read_back(self):
        reporter, rng, texts = self.watch(words, captions), random.Random(42), []
        for scene in self.scenes:
            for detail in (None, 'full', 'colours', 'places', 'relation', 'kinds'):
                text = sample_prompt(scene, rng, detail)
                self.assertTrue(is_consistent(parse_caption(text), scene), (text, scene))
                texts.append(text.lower())
        self.assertEqual(reporter.left_out(), {})
        joined = '\n'.join(texts)
        unsaid = [word for _, _, word in all_words() if not re.search(r'\b' + re.escape(word) + r'\b', joined)]
        self.assertEqual(unsaid, [])
        for options in (*RELATION_WORDS.values(), *TEXTURE_TAILS.values()):
            for phrase in options:
                self.assertIn(phrase, joined)

    def test_prompts_are_short_long_reordered_and_in_sentences(self):
        rng, prompts = random.Random(43), []
        for scene in self.scenes:
            prompts += [(scene, sample_prompt(scene, rng)) for _ in range(3)]
        lengths = [len(text.split()) for _, text in prompts]
        self.assertLessEqual(min(lengths), 2)
        self.assertGreaterEqual(max(lengths), 40)
        found = defaultdict(int)
        for scene, text in prompts:
            claim = parse_caption(text)
            found['sentences'] += text.count('. ') > 0
            found['background first'] += bool(re.match(r'(?i)an? [a-z ]*(?:background|gradient|sky|ground|backdrop|horizon)', text))
            found['relation'] += bool(claim.relations)
            found['total'] += claim.total is not None
            found['counted'] += any(one.count > 1 for one in claim.objects)
            found['capital'] += text[0].isupper()
            found['full stop'] += text.endswith('.')
            kinds = [one.kind for one in claim.objects]
            reading = [one.kind for one in captions.reading_order(scene)]
            found['another order'] += len(set(kinds)) == len(reading) > 1 and kinds != reading
        self.assertEqual({name for name, count in found.items() if count < 20}, set(), dict(found))

    def test_every_word_means_what_its_table_says(self):
        rng = random.Random(44)
        by_role = defaultdict(list)
        for role, value, word in all_words():
            by_role[role].append((value, word))
        for role, value, word in all_words():
            for _ in range(12):
                said = {name: rng.choice(options) for name, options in by_role.items()}
                said[role] = (value, word)
                noun = 'plural' if role == 'plural' else 'kind'
                phrase = ' '.join(said[name][1] for name in ('size', 'texture', 'colour', noun, 'cell'))
                article = 'three' if role == 'plural' else words.with_article(phrase).split(' ')[0]
                one, = parse_caption(f'{article} {phrase}').objects
                meant = (said['size'][0], said['texture'][0], said['colour'][0], said[noun][0], said['cell'][0])
                self.assertEqual((one.size, one.texture, one.colour, one.kind, one.cell), meant, phrase)
                self.assertEqual(one.count, 3 if role == 'plural' else 1)

    def test_every_background_phrase_with_every_colour_word_and_link(self):
        spoken = [(name, word) for name, options in COLOUR_WORDS.items() for word in options]
        for kind in BACKGROUNDS:
            for phrase in BACKGROUND_PHRASES[kind]:
                for number, (first, first_word) in enumerate(spoken):
                    second, second_word = spoken[(number * 7 + 3) % len(spoken)]
                    text = phrase.replace('{1}', first_word).replace('{2}', second_word)
                    for link in dict.fromkeys(BACKGROUND_LINKS[kind]):
                        claim = parse_caption(f'a striped star, {link} {text}')
                        colours = [first, second] if kind in TWO_COLOUR_BACKGROUNDS else [first]
                        self.assertEqual((claim.background_kind, claim.background_colours), (kind, colours), text)
                        self.assertEqual([(one.kind, one.texture, one.colour) for one in claim.objects],
                                         [('star', 'striped', None)], text)

    def test_the_order_of_the_parts_does_not_change_the_meaning(self):
        rng = random.Random(45)
        for scene in self.scenes[:1500]:
            parts = canonical_caption(scene).split(', ')
            straight = parse_caption(', '.join(parts))
            rng.shuffle(parts)
            shuffled = parse_caption(' and '.join(parts))
            as_set = lambda claim: sorted(map(str, claim.objects))      # noqa: E731
            self.assertEqual(as_set(shuffled), as_set(straight), parts)
            self.assertEqual(shuffled.background_colours, straight.background_colours)
            self.assertTrue(is_consistent(shuffled, scene))

    def test_every_phrasing_of_an_edit_says_its_result_and_comes_undone(self):
        reporter, rng = self.watch(words, captions, references, edits), random.Random(46)
        for scene in self.scenes:
            for operation in OPERATIONS:
                found = sample_edit(scene, rng, operation)
                if found is not None:
                    instruction, new, edit = found
                    self.assertTrue(self.says_result(instruction.lower(), edit), (instruction, edit))
                    self.assertEqual(edit.inverse().apply(new), scene)
        self.assertEqual(reporter.left_out(), {})

    def says_result(self, text, edit):
        after, before = edit.after, edit.before

        def names(table, value):
            return any(re.search(r'\b' + re.escape(word) + r'\b', text) for word in table[value])
        if edit.operation == 'recolour':
            return names(COLOUR_WORDS, after.colour)
        if edit.operation == 'retexture':
            special = {'striped': 'stripes', 'dotted': 'dots', 'solid': r'fill\b|solid'}
            return names(TEXTURE_WORDS, after.texture) or bool(re.search(special[after.texture], text))
        if edit.operation == 'resize':
            grows = edit.after.radius > edit.before.radius
            return names(SIZE_WORDS, after.size) or bool(re.search('bigger|enlarge' if grows else 'smaller|shrink', text))
        if edit.operation == 'replace':
            named = any(re.search(r'\b' + one + r'\b', text) for one, _ in KIND_WORDS[after.kind])
            return named and (after.colour == before.colour or names(COLOUR_WORDS, after.colour))
        if edit.operation == 'move':
            return any(text.rstrip('.').endswith(place) for place in words.MOVE_PLACES[after.cell])
        if edit.operation == 'add':
            return names(COLOUR_WORDS, after.colour) and names(PLACE_WORDS, after.cell)
        if edit.operation == 'remove':
            return bool(re.search('remove|delete|take away|erase|get rid of', text))
        changed = [place for place in (0, 1) if after.colours[place] != before.colours[place]]
        return any(names(COLOUR_WORDS, after.colours[place]) for place in changed) or after.kind != before.kind

    def test_every_phrasing_of_a_question_is_asked(self):
        reporter, rng = self.watch(words, captions, references, questions), random.Random(47)
        answers = defaultdict(set)
        for scene in self.scenes:
            for topic in TOPICS:
                found = sample_question(scene, rng, topic)
                if found is not None:
                    answers[topic].add(found[1])
        self.assertEqual(reporter.left_out(), {})
        self.assertEqual(answers['count'], set(NUMBER_WORDS[1:]))
        self.assertEqual(answers['colour'], set(COLOUR_WORDS))
        self.assertEqual(answers['kind'], set(KIND_WORDS))
        self.assertEqual(answers['texture'], set(TEXTURE_WORDS))
        self.assertEqual(answers['size'], set(SIZE_WORDS))
        self.assertEqual(answers['place'], set(PLACE_WORDS))
        self.assertEqual(answers['existence'], {'yes', 'no'})
        self.assertEqual(answers['is'], {'yes', 'no'})
        self.assertTrue(set(BACKGROUNDS) <= answers['background'])

    @unittest.skipUnless(find_spec('torch'), 'needs torch')
    def test_the_composer_knows_every_word(self):
        from training.world.corpus import known_words, vocabulary_lines
        known = set(known_words(500))
        parts = {word for line in vocabulary_lines() for word in re.findall(r'[a-z]+', line.lower())}
        self.assertEqual(parts - known, set())
        plans = {word for scene in self.scenes for word in re.findall(r'[a-z]+', canonical_caption(scene))}
        self.assertEqual(plans - known, set())
        generic = {word for forms in GENERIC_WORDS for word in forms}
        self.assertTrue(generic | set(' '.join(DESCRIBE_REQUESTS).replace('?', '').split()) <= known)


if __name__ == '__main__':
    unittest.main()
