"""The tensor sampler and the renderer: fair scenes, the held-out split, round trips."""

import json
import random
import unittest

import torch

from training.world.description import Scene
from training.world.edits import stands_out
from training.world.language import canonical_caption, is_consistent, parse_caption, sample_prompt
from training.world.render import render
from training.world.scene import SPLITS, SceneBatch, generator_for, sample_batch
from training.world.vocabulary import (CELL_MARGIN, COLOURS, HELD_OUT_TRIPLES, KINDS, MAXIMUM_OBJECTS, SIZE_RADII, SIZES,
                                       TEXTURES, is_held_out)


def held_out(one) -> bool:
    return is_held_out(COLOURS.index(one.colour), KINDS.index(one.kind), TEXTURES.index(one.texture))


class SceneTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.batch = sample_batch(3000, generator_for('train', 31))
        cls.scenes = cls.batch.to_scenes()

    def test_held_out_triples_stay_out(self):
        share = len(HELD_OUT_TRIPLES) / (len(COLOURS) * len(KINDS) * len(TEXTURES))
        self.assertTrue(0.06 < share < 0.10, share)
        for split in SPLITS:
            for scene in sample_batch(1000, generator_for(split, 32), split).to_scenes():
                self.assertEqual(any(held_out(one) for one in scene.objects), split == 'unseen')

    def test_objects_are_apart_visible_and_clearly_placed(self):
        overlapping = 0
        for scene in self.scenes:
            self.assertTrue(1 <= len(scene.objects) <= MAXIMUM_OBJECTS)
            self.assertEqual(len({one.cell for one in scene.objects}), len(scene.objects))
            for number, one in enumerate(scene.objects):
                self.assertTrue(stands_out(scene.background, one), scene)
                low, high = SIZE_RADII[SIZES.index(one.size)]
                self.assertTrue(low - 1e-6 <= one.radius <= high + 1e-6)
                for value in (one.x, one.y):
                    self.assertTrue(one.radius < value < 1 - one.radius)
                    self.assertGreater(min(abs(value - 1 / 3), abs(value - 2 / 3)), CELL_MARGIN - 1e-6)
                for other in scene.objects[:number]:
                    distance = ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5
                    self.assertGreater(distance, one.radius + other.radius - 0.06)
                    overlapping += distance < one.radius + other.radius
        self.assertLess(overlapping, len(self.scenes) / 200)

    def test_one_scene_in_six_is_for_counting(self):
        equal = sum(len({(one.kind, one.colour) for one in scene.objects}) < len(scene.objects) for scene in self.scenes)
        self.assertTrue(0.15 < equal / len(self.scenes) < 0.3, equal)

    def test_round_trips(self):
        some = self.batch[:50]
        images = render(some)
        self.assertTrue(torch.equal(render(SceneBatch.from_scenes(some.to_scenes())), images))
        scenes = [Scene.from_json(json.loads(json.dumps(scene.to_json()))) for scene in some.to_scenes()]
        self.assertLess((render(SceneBatch.from_scenes(scenes)) - images).abs().mean(), 2e-3)

    def test_the_same_seed_draws_the_same_scenes(self):
        again = sample_batch(64, generator_for('val', 3), 'val')
        self.assertEqual(again.to_scenes(), sample_batch(64, generator_for('val', 3), 'val').to_scenes())
        self.assertNotEqual(again.to_scenes(), sample_batch(64, generator_for('test', 3), 'test').to_scenes())

    def test_language_fits_sampled_scenes(self):
        rng = random.Random(33)
        for scene in self.scenes:
            for text in (sample_prompt(scene, rng), canonical_caption(scene)):
                self.assertTrue(is_consistent(parse_caption(text), scene), (text, scene))


class RenderTest(unittest.TestCase):
    def test_shape_range_and_batch_independence(self):
        batch = sample_batch(40, generator_for('train', 34))
        images = render(batch)
        self.assertEqual(tuple(images.shape), (40, 3, 128, 128))
        self.assertTrue(-1 <= images.min() and images.max() <= 1)
        self.assertTrue(torch.equal(render(batch[7:8])[0], images[7]))
        self.assertEqual(tuple(render(batch[:2], size=64).shape), (2, 3, 64, 64))

    def test_only_the_object_differs_from_the_background(self):
        batch = sample_batch(60, generator_for('train', 35))
        empty = batch[:]
        empty.count = torch.zeros_like(batch.count)
        changed = (render(batch) != render(empty)).any(1)
        axis = (torch.arange(128) + 0.5) / 128
        for b, scene in enumerate(batch.to_scenes()):
            inside = torch.zeros(128, 128, dtype=torch.bool)
            for one in scene.objects:
                reach = (axis[None] - one.x) ** 2 + (axis[:, None] - one.y) ** 2 < (1.18 * one.radius + 1 / 64) ** 2
                self.assertGreater((changed[b] & reach).sum(), 40, scene)
                inside |= reach
            self.assertFalse((changed[b] & ~inside).any(), scene)


if __name__ == '__main__':
    unittest.main()
