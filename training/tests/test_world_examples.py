"""The candidates for example texts: true, understood, and apart from the test set."""

import json
import re
import unittest
from importlib.util import find_spec
from pathlib import Path

from training.world.description import Scene
from training.world.examples import INSTRUCTIONS, PROMPTS, QUESTIONS, TRIALS, expectation, question_cases
from training.world.language import is_consistent, parse_caption
from training.world.parsing import Claim, ObjectClaim
from training.world.vocabulary import WORLD

FOLDER = Path(__file__).resolve().parents[2] / 'resources' / 'evaluation'


class ExamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = json.loads((FOLDER / f'examples-v{WORLD}.json').read_text())
        cls.test_set = json.loads((FOLDER / f'world-v{WORLD}.json').read_text())

    def test_the_file_holds_these_candidates(self):
        for key, texts in (('prompts', PROMPTS), ('instructions', [one[0] for one in INSTRUCTIONS]),
                           ('questions', [one[0] for one in QUESTIONS])):
            self.assertEqual([one['text'] for one in self.data[key]], list(texts))

    @unittest.skipUnless(find_spec('torch'), 'needs torch')
    def test_the_sets_state_the_vocabulary_of_the_world(self):
        from training.world.evaluation_set import VOCABULARY
        for name in ('world', 'validation'):
            stated = json.loads((FOLDER / f'{name}-v{WORLD}.json').read_text())['vocabulary']
            self.assertEqual(stated, {key: list(words) for key, words in VOCABULARY.items()})

    def test_no_prompt_seed_or_picture_belongs_to_the_test_set(self):
        tested = [one for prompts in self.test_set['textToImage'].values() for one in prompts]
        plain = {re.sub(r'[^a-z ]', '', one['prompt'].lower()) for one in tested}
        self.assertFalse(plain & set(PROMPTS))
        self.assertFalse({one['seed'] for one in tested} & set(self.data['seeds']))
        pictures = [(FOLDER / self.data['images']['file']).read_bytes()[start:start + length]
                    for start, length in self.data['images']['spans']]
        others = (FOLDER / self.test_set['images']['file']).read_bytes()
        for start, length in self.test_set['images']['spans']:
            self.assertNotIn(others[start:start + length], pictures)

    def test_prompts_are_checked_for_all_they_say(self):
        for prompt in PROMPTS:
            wanted = expectation(prompt)
            claim = parse_caption(prompt)
            said = sum(value is not None for one in claim.objects
                       for value in (one.kind, one.colour, one.texture, one.size, one.cell))
            self.assertGreaterEqual(said, 2, prompt)
            self.assertTrue(all(one.kind for one in claim.objects), prompt)
            self.assertEqual(wanted['total'], sum(one['count'] for one in wanted['objects']))
            self.assertEqual('relations' in wanted, bool(re.search(r'\b(?:above|left of)\b(?!.*(?:teal ground|green ground))',
                                                                   prompt.split(' with ')[0])), prompt)
            self.assertEqual('background' in wanted,
                             bool(re.search('background|gradient|sky', prompt)), prompt)

    def test_every_case_is_complete_and_asks_for_a_change(self):
        for one in self.data['instructions']:
            self.assertEqual(len(one['cases']), TRIALS, one['text'])
            for case in one['cases']:
                after = Scene.from_json(case['after'])
                self.assertEqual(case['edited'] is None, case['operation'] in ('remove', 'background'))
                if case['edited'] is not None:
                    edited = after.objects[case['edited']]
                    others = [other for other in after.objects if other is not edited]
                    self.assertTrue(all((other.x - edited.x) ** 2 + (other.y - edited.y) ** 2
                                        >= (other.radius + edited.radius - 1e-3) ** 2 for other in others))
        for one in self.data['questions']:
            self.assertEqual(len(one['cases']), TRIALS, one['text'])
            self.assertGreater(len({case['answer'] for case in one['cases']}), 1, one['text'])

    def test_edits_do_what_their_words_say(self):
        words = {'make the circle blue': dict(kind='circle', colour='blue'), 'turn the circle into a star': dict(kind='star'),
                 'make the tree bigger': dict(kind='tree', size='large'),
                 'move the house to the bottom right': dict(kind='house', cell='bottom right'),
                 'add a small red heart at the top left': dict(kind='heart', colour='red', size='small', cell='top left')}
        cases = {one['text']: one['cases'] for one in self.data['instructions']}
        for text, attributes in words.items():
            for case in cases[text]:
                after = Scene.from_json(case['after'])
                self.assertTrue(ObjectClaim(**attributes).fits(after.objects[case['edited']]), text)
        for case in cases['remove the star']:
            self.assertFalse(is_consistent(Claim([ObjectClaim(kind='star')]), Scene.from_json(case['after'])))
        for case in cases['make the background white']:
            self.assertEqual(case['after']['background']['colours'], ['white', 'white'])

    def test_answers_are_as_unlike_as_the_scenes_allow(self):
        said = [answer for _, answer in question_cases(lambda answer: answer, ['no'] * 50 + ['yes'] * 3 + [None] * 9)]
        self.assertEqual((said.count('yes'), said.count('no')), (3, TRIALS - 3))


if __name__ == '__main__':
    unittest.main()
