"""A detector started from a graph computes what the graph computes, for the classes that both know."""

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

from training import detector
from training.detector import Detector, OUTPUTS, attribute_names, export_detector
from training.probe_weights import start_from_probe
from training.train_detector import draw_scenes
from training.world.render import render
from training.world.scene import generator_for
from training.world.vocabulary import KINDS, TEXTURES

OLD = {'kind': ('diamond', *reversed(KINDS)), 'texture': (*TEXTURES, 'outlined')}


def lively_detector():
    """Untrained, with norms that have seen scenes and do something."""
    torch.manual_seed(3)
    model = Detector()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.3)
    for _ in range(8):
        model(render(draw_scenes(generator_for('train', 51), 24)))
    return model.eval()


class ProbeWeightsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.images = render(draw_scenes(generator_for('val', 52), 64))
        with mock.patch.dict(detector.CLASS_HEADS, OLD), tempfile.TemporaryDirectory() as folder:
            old = lively_detector()
            torch.save({'average': old.state_dict()}, f'{folder}/last.pt')
            export_detector(f'{folder}/last.pt', f'{folder}/probe.onnx', half=True)
            Path(folder, 'pack.json').write_text(json.dumps({'attributes': attribute_names()}))
            with mock.patch.dict(detector.CLASS_HEADS, {'kind': KINDS, 'texture': TEXTURES}):
                torch.manual_seed(4)
                cls.model = Detector()
                cls.copied = start_from_probe(cls.model, f'{folder}/probe.onnx', cls.images)
            with torch.no_grad():
                cls.expected = dict(zip(OUTPUTS, old(cls.images)))

    def outputs(self):
        with torch.no_grad():
            return dict(zip(OUTPUTS, self.model(self.images)))

    def assert_same(self, found, tolerance):
        for name, expected in self.expected.items():
            if name in OLD:
                old = OLD[name]
                expected = expected[:, [old.index(value) for value in detector.CLASS_HEADS[name]]]
            difference = (found[name] - expected).abs().mean() / expected.abs().mean()
            self.assertLess(difference, tolerance, name)

    def test_every_row_of_a_known_class_is_copied_and_the_function_stays(self):
        rows = 1 + len(KINDS) + 12 + len(TEXTURES) + 3 + 2 + 6 + 2 * 12
        self.assertEqual(self.copied, (rows, rows))
        self.model.eval()
        self.assert_same(self.outputs(), 5e-3)      # the graph holds halves

    def test_training_starts_from_the_same_function(self):
        """With the statistics of the batch in place of the held ones: were the norms left folded, this would be another."""
        self.model.train()
        found = self.outputs()
        self.model.eval()
        self.assert_same(found, 0.1)

    def test_norms_describe_what_comes_in(self):
        for module in self.model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                self.assertTrue(((module.running_var - 1).abs() < 0.3).all())


if __name__ == '__main__':
    unittest.main()
