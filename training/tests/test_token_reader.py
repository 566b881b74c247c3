"""What the token reader is asked and told, and the mean of several, without a trained network."""

import unittest
import unittest.mock

import torch

from training.average_readers import mean_state
from training.models.token_reader import GROUND_HEADS, OBJECT_HEADS, CellHeads, CellLabels
from training.world.description import Background, Scene, SceneObject
from training.world.scene import SceneBatch
from training.world.vocabulary import COLOURS, KINDS


class TokenReaderTest(unittest.TestCase):
    def test_an_object_is_labelled_where_its_centre_lies_and_read_there(self):
        scenes = SceneBatch.from_scenes([
            Scene(Background("horizon", ["blue", "green"], 0.6), [SceneObject("star", "red", "dotted", "small", 0.3, 0.62, 0.15)]),
            Scene(Background("plain", ["grey", "grey"]), [])])
        labels = CellLabels.of(scenes, 8)
        self.assertEqual(labels.cell.tolist(), [[4 * 8 + 2, 64, 64], [64] * 3])
        self.assertEqual(labels.objects[0, 0].tolist(), [KINDS.index("star"), COLOURS.index("red"), 2, 0, 30, 62])
        self.assertEqual(labels.ground[:, 3].tolist(), [60, -1])
        heads = CellHeads(4)
        sure = [torch.full((2, 64, count), -9.0) for count in (1, *OBJECT_HEADS.values())]
        beside = 3 * 8 + 2  # a centre near the border of two cells
        for logits, value in zip(sure, (0, *labels.objects[0, 0].tolist())):
            logits[0, beside, value] = 9
        grounds = [torch.zeros(2, count) for count in GROUND_HEADS.values()]
        with unittest.mock.patch.object(heads, "forward", lambda _: (sure[0][..., 0], sure[1:], grounds)):
            found = heads.right(None, labels)
            self.assertEqual((found["count"], found["all"], found["kind"]), (1, 1, 1))
            sure[1][0, beside] = 0
            sure[1][0, beside, KINDS.index("sun")] = 1
            found = heads.right(None, labels)
            self.assertEqual((found["all"], found["kind"], found["colour"]), (0, 0, 1))
        # No horizon in the whole batch, and no object: the rest still counts.
        self.assertTrue(heads.loss(torch.zeros(1, 64, 4), labels[1:]).isfinite())


class AverageReadersTest(unittest.TestCase):
    def state(self, value, known=0.0):
        reader = {"lay_out.weight": torch.full((2,), value)}
        return {"known": {"lay_out.weight": torch.full((2,), known)}, "encoder": torch.ones(3), "pictures": 10,
                "average": {"reader.lay_out.weight": reader["lay_out.weight"]}, "model": {"reader.lay_out.weight": reader["lay_out.weight"] + 9}}

    def test_the_mean_of_all_is_what_is_taken_up(self):
        mean = mean_state([self.state(1.0), self.state(4.0), self.state(4.0)])
        self.assertEqual(mean["average"]["reader.lay_out.weight"].tolist(), [3.0, 3.0])
        self.assertEqual(mean["model"]["reader.lay_out.weight"].tolist(), [3.0, 3.0])
        self.assertEqual(mean["pictures"], 30)

    def test_weights_without_a_common_meaning_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "the same one"):
            mean_state([self.state(1.0), self.state(1.0, known=2.0)])
        with self.assertRaisesRegex(SystemExit, "must be taught"):
            mean_state([self.state(1.0), {**self.state(1.0), "known": None}])


if __name__ == "__main__":
    unittest.main()
