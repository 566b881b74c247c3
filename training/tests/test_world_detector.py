"""The detector's targets, decoding and gradients, without a trained network."""

import unittest

import torch

from training.detector import CLASS_HEADS, Detector, GRID, OUTPUTS, decode_detections, detector_loss, targets
from training.train_detector import draw_scenes, matches, soften
from training.world.render import render
from training.world.scene import generator_for
from training.world.vocabulary import BACKGROUNDS, COLOURS


def perfect_outputs(batch):
    """The logits an all-knowing network would give."""
    wanted = targets(batch, 'cpu')
    hot = {name: torch.nn.functional.one_hot(wanted[name], len(names)).permute(0, 3, 1, 2) * 9.0
           for name, names in CLASS_HEADS.items()}
    heat = torch.logit(wanted['weight'].clamp(1e-4, 0.999))[:, None]
    return (heat, *hot.values(), wanted['offset'],
            torch.nn.functional.one_hot(wanted['backgroundKind'], len(BACKGROUNDS)) * 9.0,
            torch.nn.functional.one_hot(wanted['backgroundColours'], len(COLOURS)) * 9.0)


class DetectorTest(unittest.TestCase):
    def test_perfect_outputs_decode_to_the_truth(self):
        batch = draw_scenes(generator_for('val', 41), 300)
        for truth, found in zip(batch.to_scenes(), decode_detections(perfect_outputs(batch))):
            self.assertEqual(len(truth.objects), len(found.objects))
            self.assertEqual(truth.background.kind, found.background.kind)
            self.assertEqual(truth.background.colours, found.background.colours)
            for one, other in matches(truth.objects, found.objects):
                self.assertEqual((one.kind, one.colour, one.texture, one.size, one.cell),
                                 (other.kind, other.colour, other.texture, other.size, other.cell))
                self.assertLess(abs(one.x - other.x) + abs(one.y - other.y), 1e-3)

    def test_shapes_and_learning(self):
        torch.manual_seed(0)
        model, generator = Detector(), generator_for('train', 42)
        batch = draw_scenes(generator, 12)
        images = soften(render(batch), generator)
        self.assertTrue(-1 <= images.min() and images.max() <= 1)
        optimiser, losses = torch.optim.AdamW(model.parameters(), lr=2e-3), []
        for _ in range(8):
            outputs = model(images)
            loss, _ = detector_loss(outputs, targets(batch, 'cpu'))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        named = dict(zip(OUTPUTS, outputs))
        self.assertEqual(tuple(named['heatmap'].shape), (12, 1, GRID, GRID))
        self.assertEqual(tuple(named['backgroundColours'].shape), (12, 2, len(COLOURS)))
        self.assertLess(losses[-1], losses[0])


if __name__ == '__main__':
    unittest.main()
