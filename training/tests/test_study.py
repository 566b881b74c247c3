"""The studies: orders of tokens, the spatial control, what counts as right, generation with a cache, results and figures."""

import json
import shutil
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy
import torch

from training.models import diffusion
from training.models.codec import Codec, CodecConfig
from training.study import figures, interpolation, language, raster, score, train_decoder
from training.study.learnt_codecs import make_codec
from training.study.orders import BLOCK, ORDERS, permutation, reorder
from training.study.raster import RasterCodec, cells_of, fit, images_of, store_book
from training.study.results import Results
from training.study.size import SIZES, folder
from training.study.twin import TwinCodec
from training.world.description import Background, Scene, SceneObject
from training.world.language import canonical_caption, parse_caption
from training.world.scene import generator_for, sample_batch

PACK = Path(__file__).resolve().parents[2] / 'resources' / 'packs' / 'scenes-128'
TEST = SIZES['test']


class OrdersTest(unittest.TestCase):
    def test_every_order_keeps_all_tokens_of_a_picture(self):
        tokens = numpy.arange(96).reshape(3, 32)
        for order in ORDERS:
            self.assertTrue((numpy.sort(reorder(tokens, order, 1), axis=1) == tokens).all(), order)

    def test_blocks_stay_together(self):
        order = permutation('blocks', 32, 5)
        self.assertFalse((order == numpy.arange(32)).all())
        self.assertTrue((numpy.diff(order.reshape(-1, BLOCK), axis=1) == 1).all())

    def test_a_shuffle_is_one_for_all_pictures_and_anew_is_not(self):
        tokens = numpy.tile(numpy.arange(32), (4, 1))
        shuffled, anew = reorder(tokens, 'shuffled', 1), reorder(tokens, 'anew', 1)
        self.assertTrue((shuffled == shuffled[0]).all())
        self.assertFalse((shuffled[0] == tokens[0]).all())
        self.assertFalse((anew == anew[0]).all())


class RasterTest(unittest.TestCase):
    def test_cells_run_row_by_row_and_come_back(self):
        images = torch.rand(2, 3, 32, 32)
        cells = cells_of(images, 8, 4)
        self.assertTrue(torch.equal(images_of(cells, 8, 4, 4, 8), images))
        self.assertTrue(torch.equal(cells[0, 5].reshape(3, 4, 8), images[0, :, 4:8, 8:16]))   # second row, second column

    def test_a_changed_cell_changes_its_token_alone(self):
        torch.manual_seed(1)
        codec, images = RasterCodec(TEST), torch.randint(0, 255, (40, 3, 128, 128), dtype=torch.uint8)
        fit(codec, images)
        one = images[:1].float() / 127.5 - 1
        other = one.clone()
        other[:, :, 16:32, 32:64] *= -1
        changed = (codec.encode(one) != codec.encode(other))[0]
        self.assertEqual(changed.nonzero().flatten().tolist(), [5])

    def test_visibility_is_all_or_nothing(self):
        codec = RasterCodec(TEST)
        seen = []
        codec.decoder.forward = lambda x, t, tokens, visible: seen.append(visible) or x
        diffusion.sample(codec.visible_decoder, torch.zeros(1, 32, dtype=torch.int64), torch.zeros(1, 3, 128, 128), 4, 2.0)
        self.assertEqual([bool(one.all()) for one in seen], [True, False] * 4)
        self.assertFalse(any(bool(one.any()) and not bool(one.all()) for one in seen))

    def test_both_decoders_have_the_same_blocks_and_as_many_weights(self):
        study = SIZES['study']
        sides = [TwinCodec(Codec(CodecConfig()), study).decoder, RasterCodec(study).decoder]
        sizes = [sum(p.numel() for p in one.parameters()) for one in sides]
        self.assertLess(abs(sizes[0] - sizes[1]) / sizes[0], 0.01)
        self.assertEqual(*[(one.config.width, one.config.heads, len(one.blocks)) for one in sides])

    def test_the_codebook_is_kept_as_what_its_entries_share(self):
        torch.manual_seed(1)
        decoder, book = RasterCodec(TEST).decoder, torch.randn(1000, 5) @ torch.randn(5, 3 * 16 * 32)
        store_book(decoder, book)
        self.assertLess((decoder.cells(decoder.book.weight) - book).abs().max().item(), 1e-3)

    def test_training_goes_on_where_it_was_and_begins_anew_with_other_tokens(self):
        size, name = replace(TEST, raster_images=32), 'unittest'
        images = torch.randint(0, 255, (40, 3, 128, 128), dtype=torch.uint8)
        self.addCleanup(shutil.rmtree, folder(name), True)

        def train(tokens):
            torch.manual_seed(3)
            part = {'images': images, 'tokens': tokens}
            codec = RasterCodec(size)
            return train_decoder.train('raster', name, size, codec, {'train': part, 'val': part}), codec.decoder.state_dict()
        tokens = numpy.zeros((40, 32), dtype=numpy.uint16)
        history, first = train(tokens)
        self.assertEqual(history[-1]['images'], train_decoder.PASSES * 32)
        again, second = train(tokens)
        self.assertEqual(again, history)     # nothing was left to learn
        self.assertTrue(all(torch.equal(first[key], second[key]) for key in first))
        _, other = train(tokens + 1)
        self.assertFalse(all(torch.equal(first[key], other[key]) for key in first))

    def test_codecs_learnt_side_by_side_have_as_many_weights(self):
        sizes = [sum(p.numel() for p in make_codec(kind, SIZES['study'], 1).parameters()) for kind in ('timestep', 'raster')]
        self.assertLess(abs(sizes[0] - sizes[1]) / sizes[0], 0.01)

    def test_a_learnt_raster_token_knows_its_surroundings_alone(self):
        codec = make_codec('raster', TEST, 1).eval()
        image = torch.rand(1, 3, 64, 64)
        other = image.clone()
        other[:, :, :, 56:] = 0     # the last of eight columns
        same = (codec.encoder(image) - codec.encoder(other)).abs().amax(dim=-1).reshape(4, 8) < 1e-6
        self.assertTrue(same[:, :4].all())
        self.assertFalse(same[:, 7].any())


class ScoreTest(unittest.TestCase):
    scene = Scene(Background('plain', ['blue', 'blue']), [
        SceneObject('circle', 'red', 'solid', 'large', 0.5, 0.5, 0.19), SceneObject('star', 'white', 'dotted', 'small', 0.2, 0.2, 0.09)])

    def test_a_full_description_is_met_entirely(self):
        claim = parse_caption(canonical_caption(self.scene))
        self.assertEqual(score.facts(claim), 12)    # two objects of five attributes, background and its colour
        self.assertEqual(score.facts_met(claim, self.scene), 12)

    def test_objects_are_paired_for_the_best(self):
        claim = parse_caption('a small white star and a large green circle')
        self.assertEqual((score.facts(claim), score.facts_met(claim, self.scene)), (6, 5))
        self.assertEqual(score.drawing_score(['a red circle', 'a green circle'], [self.scene, self.scene]),
                         {'strict': 0.5, 'facts': 0.75})

    def test_only_as_many_objects_count_as_were_asked_for(self):
        self.assertEqual(score.drawing_score(['a white star'], [self.scene])['facts'], 0)     # the circle is the surer one
        self.assertEqual(score.drawing_score(['two white stars'], [self.scene])['facts'], 1)

    def test_an_empty_picture_meets_what_its_background_does(self):
        empty = Scene(Background('plain', ['blue', 'blue']), [])
        claim = parse_caption('a red circle on a plain blue background')
        self.assertEqual((score.facts(claim), score.facts_met(claim, empty)), (4, 2))

    def test_captions(self):
        truth = canonical_caption(self.scene)
        self.assertEqual(score.caption_f1([truth], [self.scene]), 1.0)
        self.assertEqual(score.caption_f1([''], [self.scene]), 0.0)

    def test_the_shipped_detector_reads_enlarged_pictures(self):
        from training.study.data import pictures, simplified
        from training.models.pool import from_bytes
        scenes = simplified(sample_batch(60, generator_for('val', 3), 'val')).to_scenes()[:12]
        seen = score.read_scenes(score.detector_of(PACK / 'probe.onnx'), from_bytes(pictures(scenes, 64)))
        right = score.drawing_score([canonical_caption(scene) for scene in scenes], seen)
        self.assertGreater(right['facts'], 0.9)


class LanguageTest(unittest.TestCase):
    def test_writing_with_a_cache_agrees_with_the_whole_sequence(self):
        torch.manual_seed(2)
        model = language.make_model(50, 32, 2, 1)
        torch.nn.init.normal_(model.head.weight)
        prefixes = [[3, 4, 5, 6], [7, 8]]
        written = score.write(model, prefixes, 6, 20, 50)
        for prefix, row in zip(prefixes, written.tolist()):
            ids = list(prefix)
            for chosen in row:
                logits = model.logits(model.train_hidden(torch.tensor([ids])))[0, -1, 20:50]
                self.assertEqual(int(logits.argmax()) + 20, chosen)
                ids.append(chosen)

    def test_a_model_learns_and_is_left_with_its_averaged_weights(self):
        tokens = torch.arange(16).repeat(8, 1)
        model = language.make_model(17, 32, 1, 1)
        inputs = torch.cat([torch.full((8, 1), 16), tokens[:, :-1]], dim=1)
        history = language.train(model, lambda: (inputs, tokens), 40,
                                 lambda one: {'loss': language.cross_entropy(one, inputs, tokens).item()}, 4)
        self.assertEqual([row['step'] for row in history], [10, 20, 30, 40])
        self.assertLess(history[-1]['loss'], 0.7 * history[0]['loss'])
        with torch.no_grad():
            self.assertAlmostEqual(language.cross_entropy(model, inputs, tokens).item(), history[-1]['loss'], places=5)


class InterpolationTest(unittest.TestCase):
    def test_a_cut_and_a_blend_are_told_apart(self):
        a, b = torch.zeros(2, 3, 16, 16), torch.ones(2, 3, 16, 16)
        cut, blend = a.clone(), (a + b) / 2
        cut[..., 8:] = 1
        found = []
        for middle in (cut, blend):
            steps = [a] * interpolation.STEPS + [b]
            steps[interpolation.STEPS // 2] = middle
            found.append(round(interpolation.cut_index(torch.stack(steps))[0], 3))
        self.assertEqual(found, [1.0, 0.0])


class ResultsTest(unittest.TestCase):
    def test_runs_are_kept_until_the_recipe_changes(self):
        with tempfile.TemporaryDirectory() as folder:
            Results('x', {'steps': (1, 2)}, Path(folder)).add({'seed': 1, 'loss': 0.5})
            self.assertEqual(Results('x', {'steps': (1, 2)}, Path(folder)).find(seed=1)['loss'], 0.5)
            self.assertIsNone(Results('x', {'steps': (1, 3)}, Path(folder)).find(seed=1))

    def test_committed_results_draw(self):
        for path in (Path(raster.__file__).parent / 'results').glob('*.json'):
            draw = getattr(figures, path.stem, None)
            if draw:
                self.assertIn('</svg>', draw(json.loads(path.read_text())))


if __name__ == '__main__':
    unittest.main()
