"""Quantiser, schedule, sampler, language-model cache and text tokenizer, without a trained network."""

import tempfile
import unittest
from pathlib import Path

import torch

from training.models import diffusion
from training.models.codec import Codec, CodecConfig
from training.models.fsq import FiniteScalarQuantiser
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.models.muon import orthogonalise
from training.text_tokenizer import TextTokenizer, normalise, split_words, train, write

SMALL = CodecConfig(token_count=8, width=64, heads=2, encoder_blocks=1, decoder_blocks=1, head_width=16)


class QuantiserTest(unittest.TestCase):
    def test_codes_and_tokens_agree(self):
        quantiser = FiniteScalarQuantiser()
        z = torch.randn(500, 4) * 2
        self.assertTrue(torch.allclose(quantiser(z), quantiser.from_index(quantiser.to_index(z)), atol=1e-6))

    def test_every_token_has_a_code(self):
        quantiser = FiniteScalarQuantiser()
        codes = quantiser.from_index(torch.arange(quantiser.size))
        self.assertEqual(len(codes.unique(dim=0)), quantiser.size)


class DiffusionTest(unittest.TestCase):
    def test_schedule_grows_and_shows_everything_at_pure_noise(self):
        visible = diffusion.tokens_visible_at(torch.linspace(0, 1, 200), 32)
        self.assertTrue((visible.diff() >= 0).all())
        self.assertEqual((visible[0].item(), visible[-1].item()), (0, 32))

    def test_sampler_arrives_at_what_the_decoder_predicts(self):
        image = torch.rand(2, 3, 8, 8) * 2 - 1
        result = diffusion.sample(lambda x, t, tokens, visible: image, torch.zeros(2, 8, dtype=torch.int64),
                                  torch.randn(2, 3, 8, 8), steps=5)
        self.assertTrue(torch.allclose(result, image, atol=1e-6))

    def test_hidden_tokens_do_not_matter(self):
        codec = Codec(SMALL).eval()
        torch.nn.init.normal_(codec.decoder.head.out.weight)
        for block in codec.decoder.blocks:
            torch.nn.init.normal_(block.attention.out.weight)
        x, t = torch.randn(1, 3, 128, 128), torch.tensor([0.5])
        visible = torch.arange(8)[None] < 4
        a, b = torch.zeros(1, 8, dtype=torch.int64), torch.full((1, 8), 999)
        with torch.no_grad():
            mixed = torch.where(visible, a, b)
            self.assertTrue(torch.equal(codec.decoder(x, t, a, visible), codec.decoder(x, t, mixed, visible)))
            self.assertFalse(torch.equal(codec.decoder(x, t, a, visible), codec.decoder(x, t, b, visible)))


class LossTest(unittest.TestCase):
    def test_emphasis_weighs_the_pixels_it_names(self):
        truth, t = torch.zeros(1, 3, 8, 8), torch.ones(1)
        emphasis = torch.ones(1, 1, 8, 8)
        emphasis[..., :4] = 5
        left, right = truth.clone(), truth.clone()
        left[..., 0], right[..., 7] = 1, 1
        loss = diffusion.loss_on_clean_image
        self.assertAlmostEqual(loss(left, truth, t, emphasis).item(), 5 * loss(right, truth, t, emphasis).item(), 5)
        self.assertAlmostEqual(loss(right, truth, t, emphasis).item(), loss(right, truth, t).item(), 6)

    def test_the_stem_sees_no_difference_between_equals_and_pulls_on_what_differs(self):
        stem = Codec(SMALL).encoder.stem
        image = torch.rand(2, 3, 128, 128) * 2 - 1
        self.assertEqual(stem.distance(image, image).item(), 0)
        other = (image * 0.5).requires_grad_(True)
        distance = stem.distance(other, image)
        distance.backward()
        self.assertTrue(0 < distance.item() < 4)
        self.assertGreater(other.grad.abs().sum().item(), 0)

    def test_drawing_from_codes_is_the_second_half_of_training(self):
        codec = Codec(SMALL).eval()
        image, x = torch.rand(2, 3, 128, 128) * 2 - 1, torch.randn(2, 3, 128, 128)
        t, visible = torch.tensor([0.5, 1.0]), torch.ones(2, 8, dtype=torch.bool)
        with torch.no_grad():
            whole, parts = codec(image, x, t, visible), codec.draw(codec.codes(image), image, x, t, visible)
            self.assertTrue(torch.equal(whole[0], parts[0]))
            at_once = codec.decoder(diffusion.NOISE_SCALE * x, torch.ones(2), codec.encode(image), visible)
            self.assertTrue(torch.allclose(codec.draw_at_once(codec.codes(image), x), at_once, atol=1e-5))


class MuonTest(unittest.TestCase):
    def test_singular_values_come_near_one(self):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(3, 32, 64)).float())
        self.assertGreater(values.min().item(), 0.5)
        self.assertLess(values.max().item(), 1.3)


class LanguageModelTest(unittest.TestCase):
    def test_cache_and_left_padding_change_nothing(self):
        model = LanguageModel(LanguageModelConfig(50, width=32, heads=2, blocks=2, hidden=64)).eval()
        for p in model.parameters():
            torch.nn.init.normal_(p, std=0.3)
        ids = torch.randint(1, 50, (1, 9))
        with torch.no_grad():
            whole = model.logits(model.train_hidden(ids))[:, -1]
            padded = torch.cat([torch.zeros(1, 3, dtype=torch.int64), ids], dim=1)
            mask = torch.tensor([[0] * 3 + [1] * 9])
            position = (mask.cumsum(1) - 1).clamp(min=0)
            _, *past = model(padded[:, :7], mask[:, :7], position[:, :7], *model.empty_past(1))
            for place in range(7, 12):
                logits, *past = model(padded[:, place:place + 1], mask[:, :place + 1], position[:, place:place + 1], *past)
        self.assertTrue(torch.allclose(whole, logits[:, -1], atol=1e-4))


class TextTokenizerTest(unittest.TestCase):
    def test_any_text_survives(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tokenizer.json"
            write(train(["a red circle above a blue star", "two red circles"] * 3, vocabulary=300), path)
            tokenizer = TextTokenizer(path)
            for text in ("a red circle", "  Two  RED\tcircles ", "naïve 日本 🎨", "don't 3x!", ""):
                self.assertEqual(tokenizer.decode(tokenizer.encode(text)), normalise(text))

    def test_splitting_follows_the_published_pattern(self):
        self.assertEqual(split_words(" it's  a 50% test"), [" it", "'s", " ", " a", " 50", "%", " test"])


if __name__ == "__main__":
    unittest.main()
