"""The one-step renderer, how weights are stored in graphs, and the count of operations; without a trained network."""

import tempfile
import unittest
from pathlib import Path

import numpy
import onnx
import torch
from torch import nn

from training.export.graphs import export_renderer
from training.export.storage import (fingerprint, round_to_bytes, round_to_half, same_fingerprint, to_bytes,
                                     weights_of)
from training.models.codec import Codec, CodecConfig
from training.models.layers import SelfAttention
from training.models.renderer import start_from
from training.models.speed import operations
from training.train_renderer import edge_error, sample_visibility

SMALL = CodecConfig(token_count=8, width=96, heads=3, encoder_blocks=1, decoder_blocks=2, head_width=24)


def busy(module):
    """Gives every weight something to do: fresh models are full of zeros."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * p.shape[-1] ** -0.5)
    return module.eval()


class RendererTest(unittest.TestCase):
    def setUp(self):
        self.codec = busy(Codec(SMALL))
        self.tokens = torch.randint(0, 1000, (3, 8), generator=torch.Generator().manual_seed(1))
        self.visible = torch.tensor([[True] * 8, [False] * 4 + [True] * 4, [False] * 8])

    @torch.no_grad()
    def test_starts_as_the_decoder_at_pure_noise_with_nothing_on_its_input(self):
        renderer = start_from(self.codec.decoder, range(2)).eval()
        blank = torch.zeros(3, 3, 128, 128)
        expected = self.codec.decoder(blank, torch.ones(3), self.tokens, self.visible)
        image = renderer(self.tokens, self.visible)
        self.assertTrue(torch.allclose(image, expected, atol=1e-4 * expected.abs().max().item()))
        # The fold depends on the time, or the comparison would prove nothing.
        earlier = self.codec.decoder(blank, torch.full((3,), 0.5), self.tokens, self.visible)
        self.assertGreater((image - earlier).abs().max().item(), 0.01)

    @torch.no_grad()
    def test_hidden_tokens_do_not_matter(self):
        renderer = start_from(self.codec.decoder, (1,)).eval()
        other = torch.where(self.visible, self.tokens, 999 - self.tokens)
        self.assertTrue(torch.equal(renderer(self.tokens, self.visible), renderer(other, self.visible)))
        self.assertFalse(torch.equal(renderer(self.tokens, ~self.visible), renderer(other, ~self.visible)))

    def test_training_shows_all_the_coarse_ones_or_none(self):
        torch.manual_seed(0)
        visible = sample_visibility(2000, 8, 'cpu')
        falling = (visible[:, 1:].int() >= visible[:, :-1].int()).all()  # once visible, all coarser ones are
        self.assertTrue(falling)
        self.assertAlmostEqual(visible.all(dim=1).float().mean().item(), 0.65 * 0.95, delta=0.04)
        self.assertEqual(set(visible.sum(dim=1).tolist()), set(range(9)))

    def test_a_blurred_edge_costs_as_much_as_a_missing_one(self):
        image = torch.zeros(1, 3, 8, 8)
        image[..., 4:] = 1
        self.assertEqual(edge_error(image, image).item(), 0)
        self.assertGreater(edge_error(torch.full_like(image, 0.5), image).item(), 0)


class StorageTest(unittest.TestCase):
    def test_a_graph_in_bytes_gives_back_the_rounded_weights(self):
        renderer = start_from(busy(Codec(SMALL)).decoder, (0, 1)).eval()
        round_to_bytes(renderer)
        with tempfile.TemporaryDirectory() as folder:
            export_renderer(renderer, Path(folder))
            weights = weights_of(Path(folder) / 'renderer.onnx')
            kinds = {t.name: t.data_type for t in onnx.load(str(Path(folder) / 'renderer.onnx')).graph.initializer}
        self.assertEqual(set(weights), {name for name, _ in renderer.named_parameters()})
        for name, p in renderer.named_parameters():
            self.assertTrue(torch.allclose(weights[name], p, atol=1e-6), name)
        self.assertEqual(kinds['blocks.0.attention.qkv.weight'], onnx.TensorProto.INT8)
        self.assertEqual(kinds['norm.weight'], onnx.TensorProto.FLOAT16)

    def test_rounding_to_bytes_stays_within_half_a_step_of_each_row(self):
        weight = numpy.random.default_rng(0).normal(size=(80, 30)).astype(numpy.float32)
        weight[3] *= 1000  # one loud row must not cost the others their precision
        stored, scales = to_bytes(weight)
        self.assertTrue((numpy.abs(stored * scales - weight) <= scales / 2 * 1.001).all())
        self.assertLess(scales[4], 0.05)

    def test_rounding_twice_changes_nothing(self):
        linear = nn.Linear(40, 80)
        round_to_bytes(linear)
        once = linear.weight.clone()
        round_to_bytes(linear)
        self.assertTrue(torch.allclose(linear.weight, once, atol=1e-7))

    def test_a_fingerprint_survives_rounding_and_notices_training(self):
        torch.manual_seed(0)
        linear = nn.Linear(300, 300)
        before = fingerprint(linear)
        round_to_half(linear)
        self.assertTrue(same_fingerprint(fingerprint(linear), before))
        with torch.no_grad():
            linear.weight.add_(torch.randn(300, 300) * 4e-4)
        self.assertFalse(same_fingerprint(fingerprint(linear), before))
        self.assertFalse(same_fingerprint(fingerprint(nn.Linear(300, 200)), before))


class SpeedTest(unittest.TestCase):
    def test_operations_of_known_layers(self):
        linear, convolution = nn.Linear(10, 20), nn.Conv2d(3, 5, 3, padding=1)
        self.assertEqual(operations(linear, lambda: linear(torch.zeros(7, 10))), 2 * 7 * 10 * 20)
        self.assertEqual(operations(convolution, lambda: convolution(torch.zeros(1, 3, 8, 8))), 2 * 64 * 5 * 27)
        attention = SelfAttention(12, 2, 6)
        self.assertEqual(operations(attention, lambda: attention(torch.zeros(1, 6, 12))),
                         2 * 6 * 12 * 48 + 4 * 36 * 12)


if __name__ == '__main__':
    unittest.main()
