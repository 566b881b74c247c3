"""Quantiser, schedule, sampler, components, autoencoder and language model, without a trained network."""

import unittest

import torch

from training.models import diffusion
from training.models.autoencoder import Autoencoder, AutoencoderConfig
from training.models.codec import Codec, CodecConfig, start_from_components
from training.models.fsq import FiniteScalarQuantiser
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.models.muon import orthogonalise
from training.models.phrases import likeliest_tokens
from training.models.pool import draw_scenes
from training.text_tokenizer import SPECIAL_TOKENS
from training.train_autoencoder import error_of_pixels, faint_patterns
from training.world.description import Background, Scene, SceneObject
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch
from training.world.segmentation import NOTHING
from training.world.vocabulary import BACKGROUNDS

LATENTS = AutoencoderConfig(channels=8, stem_width=32, width=32, naming_width=16)
SMALL = CodecConfig(LATENTS.as_dict(), token_count=8, width=64, heads=2, encoder_blocks=1, decoder_blocks=1)


def stirred(model):
    """The model with every weight moved: much starts at zero."""
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.05 * torch.randn_like(p))
    return model.eval()


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
        decoder = stirred(Codec(SMALL)).decoder
        x, t = torch.randn(1, 8, 8, 8), torch.tensor([0.5])
        visible = torch.arange(8)[None] < 4
        a, b = torch.zeros(1, 8, dtype=torch.int64), torch.full((1, 8), 999)
        with torch.no_grad():
            mixed = torch.where(visible, a, b)
            self.assertTrue(torch.equal(decoder(x, t, a, visible), decoder(x, t, mixed, visible)))
            self.assertFalse(torch.equal(decoder(x, t, a, visible), decoder(x, t, b, visible)))


class ComponentsTest(unittest.TestCase):
    def test_before_any_training_tokens_already_hold_the_latents_coarsest_first(self):
        torch.manual_seed(4)
        codec = Codec(SMALL).eval()
        # Latents of twelve directions of falling strength, as pictures' are.
        directions = torch.randn(12, 8, 8, 8)
        latents = torch.einsum("nd,dchw->nchw", torch.randn(400, 12) * 0.6 ** torch.arange(12), directions) + 0.3
        kept = start_from_components(codec, latents)
        self.assertGreater(kept["variance kept by the components"], 0.99)

        def error(keep_from):
            visible = (torch.arange(8) >= keep_from).expand(400, 8)
            codes = codec.quantiser(codec.encoder.components(latents.flatten(1)).reshape(400, 8, 4))
            with torch.no_grad():
                return (codec.decoder.sketch_of(codes, visible) - latents).square().mean().item()
        errors = [error(keep_from) for keep_from in (8, 7, 6, 5)]  # no token, the coarsest, the two coarsest, three
        self.assertEqual(errors, sorted(errors, reverse=True))
        self.assertLess(errors[1], 0.45 * errors[0])
        self.assertLess(errors[3], 0.15 * errors[0])

    def test_what_a_change_adds_comes_later_and_nothing_is_lost(self):
        torch.manual_seed(5)
        codec = Codec(SMALL).eval()
        directions = torch.linalg.qr(torch.randn(8 * 8 * 8, 32)).Q.t()
        strengths = 0.97 ** torch.arange(32)
        latents = ((torch.randn(2000, 32) * strengths) @ directions).reshape(-1, 8, 8, 8)
        # Textures change what is strongest but one, grounds what is weakest but one.
        texture, ground = (torch.randn(500, 1) * 2 ** 0.5 * strengths[at] * directions[at] for at in (1, 30))

        def places(changes):
            """In how many of the coarsest tokens lies half of a direction, and what all of them keep"""
            kept = start_from_components(codec, latents, {name: rows.reshape(-1, 8, 8, 8) for name, rows in changes.items()})
            ways = codec.encoder.components.weight.reshape(8, 4, -1).flip(0)
            ways = ways / ways.norm(dim=2, keepdim=True)
            share = torch.einsum("tcs,ds->dtc", ways, directions[[1, 30]]).square().sum(dim=2).cumsum(dim=1)
            return (share < 0.5).sum(dim=1).tolist(), kept["error after rounding, share of the variance"]
        (texture_before, ground_before), error_before = places({})
        (texture_after, ground_after), error = places({"texture": texture, "ground": ground})
        self.assertEqual((texture_before, ground_before), (0, 7))
        self.assertGreaterEqual(texture_after, 2)
        self.assertLess(ground_after, ground_before)
        self.assertAlmostEqual(error, error_before, delta=0.02)

    def test_the_autoencoder_stays_as_it_is_while_the_codec_trains(self):
        codec = Codec(SMALL).train()
        self.assertFalse(codec.autoencoder.training)
        self.assertFalse(any(p.requires_grad for p in codec.autoencoder.parameters()))


class AutoencoderTest(unittest.TestCase):
    def test_a_cell_is_named_from_itself_alone(self):
        naming = stirred(Autoencoder(LATENTS)).naming
        one = torch.randn(1, 8, 8, 8)
        other = one.clone()
        other[:, :, 3, 5] += 1
        with torch.no_grad():
            changed = (naming(one)[0] != naming(other)[0]).any(dim=1)[0].nonzero().tolist()
        self.assertEqual(changed, [[6, 10], [6, 11], [7, 10], [7, 11]])


    def test_the_same_latent_is_drawn_otherwise_at_another_place_and_a_crop_as_in_the_whole(self):
        config = AutoencoderConfig(channels=8, stem_width=32, width=32, naming_width=16, decoder_blocks=(0, 0, 0), detail_blocks=0)
        decoder = Autoencoder(config).decoder
        image = torch.zeros(1, 8, 8, 8)
        # Far from the border, which convolutions see, two cells of one picture are alike...
        with torch.no_grad():
            drawn = decoder(image)
            self.assertTrue(torch.allclose(drawn[..., 48:64, 48:64], drawn[..., 64:80, 64:80], atol=1e-5))
            decoder.place.copy_(torch.randn_like(decoder.place))
            drawn = decoder(image)
            self.assertGreater((drawn[..., 48:64, 48:64] - drawn[..., 64:80, 64:80]).abs().max().item(), 0.01)
            # ... and a crop that brings its places along is what it is in the whole, but for its own border.
            crop = decoder(image[..., 2:6, 2:6], decoder.places(1)[..., 2:6, 2:6])
        self.assertTrue(torch.allclose(crop[..., 16:48, 16:48], drawn[..., 48:80, 48:80], atol=1e-5))


class PatternTest(unittest.TestCase):
    def scenes(self, kind):
        one = SceneObject("heart", "red", "solid", "small", 0.3, 0.3, 0.15)
        return SceneBatch.from_scenes([Scene(Background(kind, ["teal", "white" if kind == "gradient" else "teal"]), [one])])

    def test_patterned_grounds_are_found_and_plain_ones_are_not(self):
        share = {kind: faint_patterns(render(self.scenes(kind)))[..., 80:, 80:].mean().item() for kind in ("plain", "checked", "banded", "spotted")}
        self.assertEqual(share["plain"], 0)
        for kind in ("checked", "banded", "spotted"):
            self.assertGreater(share[kind], 0.9, kind)

    def test_a_missing_spot_costs_more_than_the_same_error_on_a_plain_ground(self):
        labels = torch.full((1, 4, 16, 16), NOTHING, dtype=torch.uint8)
        costs = []
        for kind in ("plain", "spotted"):
            image = render(self.scenes(kind))
            drawn = image.clone()
            drawn[..., 100:104, 100:104] += 0.1
            costs.append(error_of_pixels(drawn, image, labels).item())
        self.assertGreater(costs[1], 5 * costs[0])

    def test_patterned_and_crowded_pictures_are_drawn_more_often_for_training(self):
        generator = generator_for("train", 3)
        plain, chosen = sample_batch(2000, generator), draw_scenes(2000, generator)
        patterned = [(one.background_kind >= BACKGROUNDS.index("checked")).float().mean().item() for one in (plain, chosen)]
        covered = [(one.radius ** 2 * one.present).sum().item() for one in (plain, chosen)]
        self.assertGreater(patterned[1], 1.25 * patterned[0])
        self.assertGreater(covered[1], 1.05 * covered[0])


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


class MuonTest(unittest.TestCase):
    def test_singular_values_come_near_one(self):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(3, 32, 64)).float())
        self.assertGreater(values.min().item(), 0.5)
        self.assertLess(values.max().item(), 1.3)


class LanguageModelTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(5)
        config = LanguageModelConfig(4, (3, 2), text_vocabulary=50, width=32, heads=2, blocks=2, hidden=64, phrase_width=16,
                                     separators=(40,), starters=(41,), latent_channels=3, grid=2, reader_width=8, reader_blocks=1)
        self.model = stirred(LanguageModel(config))
        # <bos>, two words, <boi>, then indices 3, 2, 1, 0 of an image by position
        self.image = [50 + 3 * 6 + 1, 50 + 2 * 6 + 5, 50 + 6 + 0, 50 + 3]
        self.ids = torch.tensor([[1, 20, 21, 3, *self.image]])

    def test_cache_and_left_padding_change_nothing(self):
        model, ids = self.model, self.ids
        with torch.no_grad():
            states = model.train_hidden(ids)
            phrases = model.phrase_scores(ids)
            wanted = model.image_logits(states[:, 3:7], phrases)  # after <boi> and the first three codes
            padded = torch.cat([torch.zeros(1, 3, dtype=torch.int64), ids], dim=1)
            mask = torch.tensor([[0] * 3 + [1] * 8])
            position = (mask.cumsum(1) - 1).clamp(min=0)
            logits, *past = model(padded[:, :7], mask[:, :7], position[:, :7], *model.empty_past(1))
            for step in range(4):
                self.assertTrue(torch.allclose(wanted[:, step], logits[:, 0, 50:], atol=1e-5), step)
                place = 7 + step
                logits, *past = model(padded[:, place:place + 1], mask[:, :place + 1], position[:, place:place + 1], *past)

    def test_what_follows_a_picture_looks_at_all_of_it_whatever_is_read_at_once(self):
        model = self.model
        ids = torch.tensor([[1, 3, *self.image, 4, 20, 21, 22]])  # <boi> picture <eoi> words
        with torch.no_grad():
            states = model.train_hidden(ids)
            wanted = model.text_logits(states[0])
            padded = torch.cat([torch.zeros(1, 2, dtype=torch.int64), ids], dim=1)
            mask = torch.tensor([[0] * 2 + [1] * 10])
            position = (mask.cumsum(1) - 1).clamp(min=0)
            past = model.empty_past(1)
            for start, end in ((0, 5), (5, 9), (9, 10), (10, 12)):  # the picture in two pieces, its end in the second
                logits, *past = model(padded[:, start:end], mask[:, :end], position[:, start:end], *past)
                self.assertTrue(torch.allclose(wanted[end - 3], logits[0, 0, :50], atol=1e-5), end)
            for p in model.reader.parameters():
                p.add_(torch.randn_like(p))
            changed = (model.train_hidden(ids) - states).abs().amax(dim=2)[0] > 1e-4
        self.assertEqual(changed.tolist(), [False] * 6 + [True] * 4)

    def test_a_picture_stays_in_view_while_another_row_ends_its_own(self):
        rows = torch.tensor([[1, 3, *self.image, 4, 20, 21, 22], [1, 20, 3, *self.image[::-1], 4, 21, 22], [1, 20, 21, 22, 20, 21, 22, 20, 21, 22]])
        with torch.no_grad():
            wanted = self.model.text_logits(self.model.train_hidden(rows))
            past, position = self.model.empty_past(3), torch.arange(10)[None].expand(3, -1)
            for end in range(1, 11):
                logits, *past = self.model(rows[:, end - 1:end], torch.ones(3, end, dtype=torch.int64), position[:, end - 1:end], *past)
                self.assertTrue(torch.allclose(wanted[:, end - 1], logits[:, 0, :50], atol=1e-5), end)

    def test_words_of_an_instruction_are_marked_where_they_come_again(self):
        bos, edit, caption, plan = (SPECIAL_TOKENS.index(token) for token in ("<bos>", "<edit>", "<caption>", "<plan>"))
        row = [bos, 30, edit, 20, 21, caption, 22, 21, 30, caption, 20, 23, plan, 21]
        marked = [0] * 7 + [1, 0, 0, 1, 0, 0, 1]
        rows = torch.tensor([row, [bos, 20, 21, caption, 21, 20, caption, 20, 23, plan, 21, 20, 22, 22]])  # the second holds no instruction
        self.assertEqual(self.model.again(rows, rows)[..., 0].tolist(), [marked, [0] * 14])
        with torch.no_grad():
            wanted = self.model.text_logits(self.model.train_hidden(rows))
            past, position = self.model.empty_past(2), torch.arange(14)[None].expand(2, -1)
            for start, end in ((0, 4), (4, 7), *((place, place + 1) for place in range(7, 14))):  # whatever is read at once
                logits, *past = self.model(rows[:, start:end], torch.ones(2, end, dtype=torch.int64), position[:, start:end], *past)
                self.assertTrue(torch.allclose(wanted[:, end - 1], logits[:, 0, :50], atol=1e-5), end)
            before = self.model.train_hidden(rows)
            self.model.named.zero_()
            told = (self.model.train_hidden(rows) - before).abs().amax(dim=(0, 2)) > 1e-4
        self.assertEqual(told.tolist(), [False] * 7 + [True] * 7)

    def test_a_branch_is_what_it_would_be_alone_behind_what_all_share(self):
        shared, ones = [1, 3, *self.image, 4, 20], [[21, 22, 23], [24, 25], [26, 27, 28]]
        row = torch.tensor([[*shared, *sum(ones, []), 0, 0]])  # padded, as in a batch
        branches = torch.tensor([[0] * len(shared) + [1] * 3 + [2] * 2 + [3] * 3 + [0] * 2])
        with torch.no_grad():
            together, start = self.model.train_hidden(row, branches)[0], len(shared)
            for words in ones:
                alone = self.model.train_hidden(torch.tensor([[*shared, *words]]))[0]
                self.assertTrue(torch.allclose(together[start:start + len(words)], alone[len(shared):], atol=1e-5), words)
                start += len(words)
            self.assertTrue(torch.allclose(together[:len(shared)], alone[:len(shared)], atol=1e-5))

    def test_phrases_read_the_words_between_the_last_two_special_tokens(self):
        def scores(*ids):
            row = torch.tensor([ids])
            with torch.no_grad():
                return self.model.phrase_scores(row)
        plan = scores(1, 20, 21, 40, 22, 3)
        same = [scores(1, 21, 20, 40, 22, 3),  # within a phrase the order of words, and of phrases in a plan
                scores(1, 22, 40, 20, 21, 3),
                scores(1, 3, 60, 70, 80, 4, 30, 9, 20, 21, 40, 22, 3, 60),  # what stood before, and tokens written since
                scores(0, 0, 1, 20, 21, 40, 22, 3)]  # padding
        for other in same:
            self.assertTrue(torch.allclose(plan, other, atol=1e-5))
        nothing = scores(1, 3)
        self.assertTrue(torch.allclose(nothing, scores(1, 3, 60, 4, 6, 20, 21, 3), atol=1e-5))  # an instruction describes nothing
        # What begins a phrase belongs to it.
        for other in (nothing, scores(1, 20, 21, 41, 22, 3), scores(1, 20, 40, 21, 22, 3), scores(1, 20, 21, 40, 23, 3), scores(1, 20, 21, 22, 3)):
            self.assertFalse(torch.allclose(plan, other, atol=1e-4))

    def test_an_edit_that_says_nothing_new_keeps_the_tokens_and_the_difference_is_added_to_them(self):
        caption, edit, plan, end, begin_image = (SPECIAL_TOKENS.index(token) for token in ("<caption>", "<edit>", "<plan>", "<eoi>", "<boi>"))
        quantiser = self.model.phrases.quantiser
        torch.nn.init.ones_(self.model.phrases.kept)
        source = torch.tensor([[3, 0, 5, 1]])  # as self.image writes them, index 0 the finest

        def scores(before, after):
            row = torch.tensor([[1, begin_image, *self.image, end, caption, *before, edit, 30, plan, *after, begin_image]])
            with torch.no_grad():
                return self.model.phrase_scores(row)
        said = [20, 21, 40, 22]
        self.assertEqual(likeliest_tokens(scores(said, said), quantiser).tolist(), source.tolist())
        self.assertTrue(torch.allclose(scores(said, said), scores([23], [23]), atol=1e-4))  # whatever both say
        self.assertFalse(torch.allclose(scores(said, said), scores(said, [20, 21, 40, 23]), atol=1e-3))
        # Without a description of the source a plan is drawn as any other.
        fresh = torch.tensor([[1, begin_image, *self.image, end, plan, *said, begin_image]])
        with torch.no_grad():
            self.assertTrue(torch.allclose(self.model.phrase_scores(fresh), self.model.phrase_scores(torch.tensor([[1, *said, begin_image]])), atol=1e-5))

    def test_a_code_means_something_else_at_every_index_and_neighbouring_levels_share(self):
        embed = self.model.embedding
        with torch.no_grad():
            same_code = embed(torch.tensor([[50 + 1, 50 + 6 + 1]]))[0]
            # Codes 0 and 1 differ in the first channel alone, 3 and 4 by the same step.
            steps = embed(torch.tensor([[50, 51, 53, 54]]))[0]
        self.assertFalse(torch.allclose(same_code[0], same_code[1]))
        self.assertTrue(torch.allclose(steps[1] - steps[0], steps[3] - steps[2], atol=1e-6))


if __name__ == "__main__":
    unittest.main()
