"""The Python side of the comparison of runtimes: whether all of them do the same work."""
import importlib.util
import json
import tempfile
import unittest
from pathlib import Path

import numpy
import torch

from training.speed.answer import Answers, read_tensor, write_tensor

SHIPPED = Path(__file__).parents[2] / "resources" / "packs" / "scenes-128"


def cases_of(folder, manifest, words, unconditional):
    """One case for each graph with an original, and three tokens written behind the ids `words` and, padded, `unconditional`."""
    generator = torch.Generator().manual_seed(5)
    image, tokens = manifest["image"], manifest["tokens"]
    latent = image.get("latent", image)
    x = torch.randn(1, latent["channels"], latent["height"], latent["width"], generator=generator)
    codes = torch.randint(tokens["codebookSize"], (1, tokens["count"]), generator=generator)
    feeds = {"encoder": {"image": torch.rand(1, 3, image["height"], image["width"], generator=generator) * 2 - 1},
             "decoder": {"x": x, "t": torch.tensor([0.7]), "tokens": codes, "visible": torch.arange(tokens["count"])[None] < tokens["count"] // 2}}
    if "vaeDecoder" in manifest["graphs"]:
        feeds |= {"vaeEncoder": feeds["encoder"], "vaeDecoder": {"latent": x}}
    language = manifest.get("languageModel")
    if language:
        offset = language["imageTokenOffset"]
        # Read by their place where the pack says so, the coarsest written first.
        place = tokens["codebookSize"] if language.get("imageTokenIds") == "by-position" else 0
        following = torch.tensor([[offset + place * (tokens["count"] - 1 - step) + int(codes[0, step]) for step in range(3)]] * 2)
        gap = len(words) - len(unconditional)
        feeds["lm"] = {"ids": torch.tensor([words, [0] * gap + unconditional]), "mask": torch.tensor([[1] * len(words), [0] * gap + [1] * len(unconditional)]),
                       "following": following}
    return [{"name": name, "graph": name, "inputs": list(tensors),
             "tensors": {key: write_tensor(Path(folder) / f"{name}-{key}.bin", value.numpy()) for key, value in tensors.items()}}
            for name, tensors in feeds.items()]


def assert_runtimes_agree(test, pack, original, words=(), unconditional=(), runtimes=("onnxruntime-defaults", "onnxruntime-bound", "eager")):
    """Every graph of the pack in each of `runtimes`, against onnxruntime with the engine's settings."""
    answers, manifest = Answers(), json.loads((Path(pack) / "pack.json").read_text())
    opened = answers.open(str(pack), 1, original)
    test.assertEqual(opened["missing"], {})
    with tempfile.TemporaryDirectory() as folder:
        for case in cases_of(folder, manifest, list(words), list(unconditional)):
            first = read_tensor(answers.run("onnxruntime", case)["answer"])
            test.assertGreater(numpy.abs(first).max(), 0)
            for runtime in runtimes:
                if runtime not in opened["writing" if case["graph"] == "lm" else "once"]:
                    continue
                found = answers.run(runtime, case)
                answer = read_tensor(found["answer"])
                test.assertEqual(answer.shape, first.shape, (case["name"], runtime))
                test.assertLess(numpy.abs(answer - first).max(), 1e-3, (case["name"], runtime))
                test.assertGreater(found["ms"], 0)
                test.assertIsNone(answers.run(runtime, case)["answer"])


@unittest.skipUnless(importlib.util.find_spec("onnxruntime"), "onnxruntime is not installed")
class Shipped(unittest.TestCase):
    def test_all_runtimes_do_what_the_graphs_do(self):
        special = json.loads((SHIPPED / "pack.json").read_text())["languageModel"]["specialTokens"]
        assert_runtimes_agree(self, SHIPPED, [], [special["begin"], 300, 400, special["beginImage"]], [special["begin"], special["beginImage"]])

    def test_a_pack_of_unknown_make_has_no_original_and_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "pack.json").write_text(json.dumps({"provenance": {"recipe": "somebody's"}}))
            opened = Answers().open(folder, 1, [])
            self.assertEqual(opened["once"], ["onnxruntime", "onnxruntime-defaults"])
            self.assertIn("name it by --original", opened["missing"]["compiled"])
            self.assertEqual(Answers().open(folder, 1, ["flextok"])["missing"]["eager"], "there is no converter flextok")
            self.assertIn("nowhere is no checkout", Answers().open(folder, 1, ["dar", "--checkout", "nowhere", "--tokenizer", "t", "--out", "o"])["missing"]["eager"])


if __name__ == "__main__":
    unittest.main()
