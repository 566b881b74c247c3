"""What reinforcement rests on: what is written by chance has the probability it is later held to have, and what the second reader sees becomes scenes."""
import unittest
import unittest.mock

import torch

from training.models import rollouts
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.models.sequences import padded, to_ids
from training.tests.test_models import stirred
from training.text_tokenizer import SPECIAL_TOKENS
from training.train_reinforced import unlike_groups, written
from training.train_second_reader import PLACES, SecondReader, agrees, islands
from training.world.description import Background, Scene, SceneObject
from training.world.scene import SceneBatch
from training.world.vocabulary import COLOURS, KINDS

SPECIAL = {token: index for index, token in enumerate(SPECIAL_TOKENS)}
CODEBOOK = 6


class RolloutTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(5)
        config = LanguageModelConfig(4, (3, 2), text_vocabulary=1024, width=32, heads=2, blocks=2, hidden=64, phrase_width=16,
                                     separators=(40,), starters=(41,), latent_channels=3, grid=2, reader_width=8, reader_blocks=1)
        self.model = stirred(LanguageModel(config))
        picture, = to_ids(torch.tensor([[3, 0, 5, 1]]).numpy(), CODEBOOK).tolist()
        # A prompt and a longer edit, so that one is padded.
        self.rows = [[SPECIAL["<bos>"], 20, 21], [SPECIAL["<bos>"], SPECIAL["<boi>"], *picture, SPECIAL["<eoi>"], 30, 31]]

    def log_probabilities_while(self, write):
        """What `write` returns, and the log probability of each choice [B, steps] at the moment it was made."""
        found = []

        def choose(logits, temperature):
            chosen = torch.distributions.Categorical(logits=logits / temperature).sample()
            found.append((logits / temperature).log_softmax(dim=-1).gather(1, chosen[:, None])[:, 0])
            return chosen
        with unittest.mock.patch.object(rollouts, "drawn_from", choose):
            return write(), torch.stack(found, dim=1)

    def held_to_have(self, sequences):
        inputs, targets, _ = (torch.from_numpy(part) for part in padded(sequences))
        with torch.no_grad():
            return rollouts.log_probabilities(self.model, inputs, targets, (0.8, 0.6)), targets > 0

    def test_pictures(self):
        rows = [row + [SPECIAL["<boi>"]] for row in self.rows]
        tokens, was = self.log_probabilities_while(lambda: rollouts.write_pictures(self.model, rows, SPECIAL, 0.6))
        self.assertEqual((tokens.shape, tokens.max().item() < CODEBOOK), ((2, 4), True))
        now, asked = self.held_to_have([written(row, ids) for row, ids in zip(rows, to_ids(tokens.numpy(), CODEBOOK).tolist())])
        self.assertTrue(torch.allclose(now[asked].reshape(2, 4), was, atol=1e-4), (now[asked], was))

    def test_texts_of_several_lengths(self):
        texts, was = self.log_probabilities_while(lambda: rollouts.write_texts(self.model, self.rows, {**SPECIAL, "<eos>": 7}, 6, 0.8))
        texts = [ids[:2 + row] for row, ids in enumerate(texts)]
        now, asked = self.held_to_have([written(row, ids) for row, ids in zip(self.rows, texts)])
        for row, ids in enumerate(texts):
            self.assertTrue(torch.allclose(now[row][asked[row]], was[row, :len(ids)], atol=1e-4), row)


class GroupsTest(unittest.TestCase):
    def test_only_groups_whose_plans_differ_are_drawn(self):
        plans = [[1], [1], [2], [3], [4], [4], [5], [6], [7], [8]]
        self.assertEqual(unlike_groups(plans, 2, 9), [1, 3, 4])
        self.assertEqual(unlike_groups(plans, 2, 2), [1, 3])


class SecondReaderTest(unittest.TestCase):
    @unittest.mock.patch("training.train_second_reader.LEAST_PLACES", 3)
    def test_islands_are_what_touches_and_is_called_the_same(self):
        rows = [[9] * 6 for _ in range(5)]
        for row, column, label in ((0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 2, 2), (2, 2, 2), (3, 2, 2), (4, 5, 3)):
            rows[row][column] = label
        self.assertEqual(sorted(map(sorted, islands(rows, nothing=9))), [[(0, 0), (0, 1), (1, 1)], [(1, 2), (2, 2), (3, 2)]])

    def test_what_every_place_says_becomes_objects(self):
        scene = Scene(Background("plain", ["white", "white"]), [SceneObject("heart", "red", "solid", "medium", 0.3, 0.7, 0.19)])
        reader = SecondReader().eval()
        kinds, colours = torch.zeros(1, len(KINDS) + 1, PLACES, PLACES), torch.zeros(1, len(COLOURS), PLACES, PLACES)
        kinds[0, -1] = 1
        kinds[0, KINDS.index("heart"), 9:13, 3:7] = 2
        colours[0, COLOURS.index("red"), 9:13, 3:7] = 2
        texture, size = torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 0])
        named = [kinds, colours, *(one[None, :, None, None].expand(1, 3, PLACES, PLACES) for one in (texture, size))]
        ground, of_colours = torch.zeros(1, 6), torch.zeros(1, 2, len(COLOURS))
        ground[0, 0] = of_colours[0, 0, COLOURS.index("white")] = 1
        with unittest.mock.patch.object(SecondReader, "forward", lambda self, image: (named, ground, of_colours)):
            seen, = reader.scenes(torch.zeros(1, 3, 128, 128))
        self.assertEqual([(one.kind, one.colour, one.texture, one.size, one.cell) for one in seen.objects],
                         [(one.kind, one.colour, one.texture, one.size, one.cell) for one in scene.objects])
        texts = ["a red heart", "a blue heart", "a red heart at the bottom left on a white background", "two red hearts"]
        self.assertEqual(agrees(texts, [seen] * 4).tolist(), [1, 0, 1, 0])

    def test_something_more_is_no_fulfilment(self):
        one = SceneObject("star", "blue", "solid", "small", 0.5, 0.5, 0.15)
        scenes = [Scene(Background("plain", ["white", "white"]), [one] * count) for count in (1, 2)]
        self.assertEqual(agrees(["a blue star"] * 2, scenes).tolist(), [1, 0])

    def test_its_loss_falls_on_what_it_has_seen(self):
        torch.manual_seed(1)
        scenes = SceneBatch.from_scenes([Scene(Background("plain", ["white", "white"]), [SceneObject("heart", "red", "solid", "medium", 0.3, 0.7, 0.19)])] * 4)
        reader, images = SecondReader(), torch.rand(4, 3, 128, 128)
        optimiser = torch.optim.AdamW(reader.parameters(), lr=1e-3)
        losses = []
        for _ in range(6):
            loss = reader.loss(reader(images), scenes)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        self.assertLess(losses[-1], 0.5 * losses[0])


if __name__ == "__main__":
    unittest.main()
