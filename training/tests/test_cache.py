"""The cache of tokens and the sequences made of it: chains of edits, re-encoded sources; without a trained network."""

import random
import tempfile
import unittest
from pathlib import Path

import numpy
import torch

from training.cache_tokens import LONGEST_CHAIN, draw, edited_scenes, encode_again
from training.models.autoencoder import AutoencoderConfig
from training.models.codec import Codec, CodecConfig
from training.models.phrases import borders_of
from training.models.references import NOT_ASKED, meant, phrases_of
from training.models.sequences import QUESTIONS, SHARES, Writer
from training.text_tokenizer import TEXT_VOCABULARY, train, write
from training.train_language_model import held_out_sets

LATENTS = AutoencoderConfig(channels=8, stem_width=32, width=32, naming_width=16)
SMALL = CodecConfig(LATENTS.as_dict(), token_count=8, width=64, heads=2, encoder_blocks=1, decoder_blocks=1)


class EditChainTest(unittest.TestCase):
    def test_chains_are_as_long_as_promised_and_only_when_asked_for(self):
        scenes = draw('train', 60, 0, 0, seed=4)['scenes'][:60]
        for chained, longest in ((0.7, LONGEST_CHAIN), (0, 1)):
            results, edits = edited_scenes(scenes, 200, chained, random.Random(1))
            self.assertEqual([result for _, _, result in edits], list(range(60, 260)))
            self.assertEqual(len(results), 200)
            depth = {}
            for source, phrases, result in edits:
                self.assertLess(source, result)
                self.assertTrue(phrases)
                depth[result] = depth.get(source, 0) + 1
            self.assertEqual(max(depth.values()), longest)

    def test_the_same_seed_draws_the_same(self):
        one, other = (draw('train', 1000, 30, 0.5, seed=9) for _ in range(2))
        self.assertEqual(one['edits'], other['edits'])
        self.assertNotEqual(one['edits'], draw('train', 1000, 30, 0.5, seed=10)['edits'])


class EncodeAgainTest(unittest.TestCase):
    def test_a_share_of_the_rows_the_same_every_time(self):
        torch.manual_seed(3)
        codec = Codec(SMALL).eval()
        tokens = numpy.random.default_rng(0).integers(0, 1000, (40, 8)).astype(numpy.uint16)
        rows, again = encode_again(codec, tokens, 0.25, 'cpu', seed=5)
        self.assertEqual((len(rows), again.shape, again.dtype), (10, (10, 8), numpy.uint16))
        self.assertEqual(len(set(rows)), 10)
        self.assertFalse((again == tokens[rows]).all())
        rows_too, again_too = encode_again(codec, tokens, 0.25, 'cpu', seed=5)
        self.assertTrue((rows == rows_too).all() and (again == again_too).all())
        self.assertEqual(encode_again(codec, tokens, 0, 'cpu', seed=5)[1].shape, (0, 8))


class WriterTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.tokenizer = Path(self.folder.name) / 'tokenizer.json'
        write(train(['make the circle blue'], vocabulary=290), self.tokenizer)
        drawn = draw('train', 1000, 5, 0, seed=4)
        count = len(drawn['scenes'])
        tokens = numpy.tile(numpy.arange(8, dtype=numpy.uint16), (count, 1))
        again = numpy.tile(numpy.arange(100, 108, dtype=numpy.uint16), (count, 1))
        self.cache = {**drawn, 'tokens': tokens, 'againRows': numpy.arange(count), 'againTokens': again,
                      'codebook': 1000, 'levels': [8, 5, 5, 5]}

    def tearDown(self):
        self.folder.cleanup()

    def image_ids(self, ids):
        """Codes of the ids by position."""
        return [(i - TEXT_VOCABULARY) % 1000 for i in ids if i >= TEXT_VOCABULARY]

    def test_edits_read_the_picture_drawn_again_and_answer_with_the_true_one(self):
        writer = Writer(self.cache, self.tokenizer, seed=1)
        sources = set()
        for _ in range(60):
            inputs, targets, _ = writer.sequence('edit')
            # Noise may replace some, with tokens of other images at the same place: here all images are alike.
            sources.add(tuple(self.image_ids(inputs[:10])))
            self.assertEqual(self.image_ids(targets), list(range(7, -1, -1)))
        clean, again = tuple(range(7, -1, -1)), tuple(range(107, 99, -1))
        self.assertTrue({clean, again} <= sources)

    def test_text_to_image_never_learns_to_write_what_was_drawn_again(self):
        writer = Writer(self.cache, self.tokenizer, seed=1)
        for _ in range(20):
            inputs, targets, _ = writer.sequence('textToImage')
            self.assertTrue(max(self.image_ids(inputs)) < 8 and max(self.image_ids(targets)) < 8)

    def test_held_out_losses_tell_edits_of_pictures_drawn_again_apart(self):
        sets = held_out_sets(self.cache, self.tokenizer, 'cpu', count=3)
        self.assertEqual(list(sets), [*SHARES, 'editAgain'])
        first_image = {name: self.image_ids(sets[name][0][0, :10].tolist()) for name in ('edit', 'editAgain')}
        self.assertTrue(max(first_image['edit']) < 8 and max(first_image['editAgain']) >= 100)
        self.cache['againRows'] = self.cache['againRows'][:0]
        self.assertNotIn('editAgain', held_out_sets(self.cache, self.tokenizer, 'cpu', count=1))

    def test_inputs_and_targets_are_one_place_apart(self):
        self.cache['againRows'] = self.cache['againRows'][:0]
        writer = Writer(self.cache, self.tokenizer, seed=2)
        special = writer.special
        for task in SHARES:
            inputs, targets, _ = writer.sequence(task)
            self.assertEqual(len(inputs), len(targets))
            shared = [(a, b) for a, b in zip(inputs[1:], targets) if b != 0]
            # A description or an answer ends with <eos> when it is written; when it is read, what comes next follows.
            turns = {(special[name], special['<eos>']) for name in ('<boi>', '<edit>', '<question>')}
            self.assertTrue(shared and all(a == b or (a, b) in turns for a, b in shared), task)

    def test_questions_about_one_picture_are_branches(self):
        writer = Writer(self.cache, self.tokenizer, seed=3)
        special = writer.special
        inputs, targets, branches = writer.sequence('question')
        self.assertEqual(sorted(set(branches)), list(range(QUESTIONS + 1)))
        self.assertEqual(branches, sorted(branches))
        self.assertEqual(inputs[branches.index(1) - 1], special['<question>'])
        # What a branch begins with is given, and it ends with the end of what is asked for.
        for number in range(1, QUESTIONS + 1):
            mine = [target for target, branch in zip(targets, branches) if branch == number]
            self.assertEqual([mine[0], [one for one in mine if one][-1]], [0, special['<eos>']])

    def test_an_edit_is_planned_from_words_and_drawn_from_the_picture(self):
        writer = Writer(self.cache, self.tokenizer, seed=2)
        special, words = writer.special, ('<edit>', '<caption>', '<plan>')
        for task, names in (('editPlan', ('<bos>', *words)), ('edit', ('<bos>', '<boi>', '<eoi>', *words))):
            inputs, targets, _ = writer.sequence(task)
            order = [inputs.index(special[name]) for name in names]
            self.assertEqual(order, sorted(order))
            wanted = [place for place, target in enumerate(targets) if target]
            if task == 'editPlan':
                # The description is read twice, and only what follows <plan> is asked for, to its end.
                first, second = (place for place, one in enumerate(inputs) if one == special['<caption>'])
                self.assertEqual(inputs[first:second], inputs[second:order[-1]])
                self.assertEqual((wanted, targets[-1]), (list(range(order[-1], len(inputs))), special['<eos>']))
                self.assertEqual(self.image_ids(inputs), [])
            else:
                self.assertEqual(len(self.image_ids(targets)), len(wanted))

    def test_what_an_edit_means_is_asked_of_the_second_reading(self):
        writer = Writer(self.cache, self.tokenizer, seed=5)
        separators = set(borders_of(writer.tokenizer)['separators'])
        told = 0
        for _ in range(30):
            inputs, targets, _ = writer.sequence('editPlan')
            labels = meant(torch.tensor([inputs]), torch.tensor([targets]), writer.tokenizer, separators)[0].tolist()
            first, second = (place for place, one in enumerate(inputs) if one == writer.special['<caption>'])
            plan = inputs.index(writer.special['<plan>'])
            self.assertEqual({*labels[:first], *labels[second:second + 1], *labels[plan:]}, {NOT_ASKED})
            self.assertNotIn(NOT_ASKED, labels[second + 1:plan])
            # Of the first reading the ends of phrases alone, and they agree.
            self.assertEqual([one for one in labels[first:second] if one != NOT_ASKED],
                             [labels[second + end] for _, end in phrases_of(inputs[second + 1:plan], separators)])
            decode = writer.tokenizer.decode
            before, after = decode(inputs[second + 1:plan]).split(', '), decode([one for one in targets if one][:-1]).split(', ')
            changed = [phrase not in after for phrase in before]
            self.assertEqual([bool(labels[second + 1 + begin]) for begin, _ in phrases_of(inputs[second + 1:plan], separators)], changed)
            told += sum(changed)
        self.assertGreater(told, 10)
        inputs, targets, _ = writer.sequence('edit')
        self.assertEqual(set(meant(torch.tensor([inputs]), torch.tensor([targets]), writer.tokenizer, separators)[0].tolist()), {NOT_ASKED})


if __name__ == '__main__':
    unittest.main()
