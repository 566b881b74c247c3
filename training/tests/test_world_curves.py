"""The record of training curves and the figure drawn from it."""

import json
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import torch  # noqa: F401  record_curve stands beside the checkpoints: without torch this file is left out

from training.models.checkpoint import record_curve
from training.plot_curves import figure


class CurvesTest(unittest.TestCase):
    def test_a_run_replaces_its_own_rows_and_no_other(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'curves.json'
            record_curve('codec cpu', [{'images': 1, 'psnr16': 10.0}], path)
            record_curve('language model cpu', [{'sequences': 5, 'caption': 0.5}], path)
            record_curve('codec cpu', [{'images': 1, 'psnr16': 10.0}, {'images': 2, 'psnr16': 11.5}], path)
            self.assertEqual(json.loads(path.read_text()), {
                'codec cpu': [{'images': 1, 'psnr16': 10.0}, {'images': 2, 'psnr16': 11.5}],
                'language model cpu': [{'sequences': 5, 'caption': 0.5}]})
            self.assertEqual([one.name for one in Path(folder).iterdir()], ['curves.json'])

    def test_scores_of_attributes_are_written_flat(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'curves.json'
            record_curve('codec cpu', [{'images': 1, 'judged1': {'kind': 0.5, 'all': 0.25}}], path)
            self.assertEqual(json.loads(path.read_text()),
                             {'codec cpu': [{'images': 1, 'judged1.kind': 0.5, 'judged1.all': 0.25}]})

    def test_each_unit_of_a_run_has_a_panel_of_its_own(self):
        rows = [{'minutes': 1, 'images': 1000, 'psnr1': 18.0, 'judged1.all': 0.125, 'judged1.kind': 0.3, 'named1.all': 0.75},
                {'minutes': 2, 'images': 2000, 'psnr1': 19.0, 'judged1.all': 0.25, 'judged1.kind': 0.4, 'named1.all': 0.875}]
        drawing = ElementTree.fromstring(figure({'codec cpu, world 2': rows}))
        texts = [one.text for one in drawing.iter('{http://www.w3.org/2000/svg}text')]
        self.assertEqual(texts.count('codec cpu, world 2'), 3)
        for words in ('PSNR, dB, held-out scenes', 'share of objects with every attribute right, held-out scenes',
                      'share named right from latents, held-out scenes', '19.0', '0.25', '0.88'):
            self.assertIn(words, texts)

    def test_every_run_on_record_is_drawn(self):
        curves = json.loads((Path(__file__).resolve().parents[1] / 'curves.json').read_text())
        drawing = figure(curves)
        self.assertEqual([name for name in curves if f'>{name}</text>' not in drawing], [])

    def test_the_figure_shows_every_measure_of_every_run(self):
        curves = {'codec cpu': [{'minutes': 1, 'images': 1000, 'psnr16': 18.0, 'psnr1': 20.0, 'codes': 90},
                                {'minutes': 2, 'images': 9000, 'psnr16': 21.0, 'psnr1': 23.0, 'codes': 200}],
                  'language model <cpu>': [{'minutes': 1, 'sequences': 100, 'caption': 0.9},
                                           {'minutes': 2, 'sequences': 900, 'caption': 0.4}]}
        drawing = ElementTree.fromstring(figure(curves))
        texts = [one.text for one in drawing.iter('{http://www.w3.org/2000/svg}text')]
        for words in ('codec cpu', 'language model <cpu>', '16 steps', 'one step', 'captions'):
            self.assertIn(words, texts)
        self.assertNotIn('codes', texts)
        self.assertIn('PSNR, dB, held-out scenes', texts)
        self.assertIn('loss, nats per token, held-out scenes', texts)

    def test_the_renderer_is_drawn_beside_the_decoder_it_stands_for(self):
        row = {'minutes': 0, 'images': 0, 'renderer': 9.5, 'half': 9.0, 'noise': 24.0, 'steps16': 22.0, 'edges': 0.1}
        drawing = figure({'renderer cpu': [row, {**row, 'images': 4000, 'renderer': 21.25}]})
        for words in ('renderer', 'half the tokens', '16 steps', '21.2'):
            self.assertIn(f'>{words}</text>', drawing)
        self.assertNotIn('edges', drawing)

    def test_a_run_with_one_row_or_none_is_no_curve(self):
        drawing = figure({'codec cpu': [{'images': 1000, 'psnr16': 18.0}], 'language model cpu': []})
        self.assertIn('18.0', drawing)
        self.assertNotIn('language model', drawing)


if __name__ == '__main__':
    unittest.main()
