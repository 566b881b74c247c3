"""Converters of strangers' checkpoints: what is refused, and, where the authors' code is at hand, whether a pack does what it does.

    DAR_CHECKOUT=path/to/D-AR python3 -m unittest training.tests.test_convert
"""
import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path

import torch
from torch import nn

from training.convert import comparison
from training.convert.checkpoint_file import WrongCheckpoint, load_strictly, read_weights
from training.convert.pack_folder import unfinished
from training.tests import test_convert_half

CHECKOUT = os.environ.get("DAR_CHECKOUT")


class Runs:
    """Would run code when it is read."""

    def __reduce__(self):
        return (os.system, ("true",))


class Checkpoints(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, value):
        path = Path(self.folder.name) / "checkpoint.pt"
        torch.save(value, path)
        return path

    def refused(self, words, work):
        with self.assertRaises(WrongCheckpoint) as raised:
            work()
        self.assertIn(words, str(raised.exception))

    def test_weights_are_found_in_what_trainings_wrap_them_in(self):
        weights = {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}
        for wrapped in (weights, {"model": weights, "epoch": 3}, {"ema": weights, "model": {}},
                        {"state_dict": {f"_orig_mod.{name}": value for name, value in weights.items()}}):
            self.assertEqual(sorted(read_weights(self.file(wrapped))), ["bias", "weight"])

    def test_what_runs_code_is_never_read(self):
        self.refused("refused", lambda: read_weights(self.file({"model": {"weight": torch.ones(1)}, "hook": Runs()})))

    def test_no_checkpoint_and_half_of_one(self):
        path = self.file({"weight": torch.ones(1000)})
        path.write_bytes(path.read_bytes()[:700])
        self.refused("cannot be read", lambda: read_weights(path))
        self.refused("is not a file", lambda: read_weights(Path(self.folder.name) / "nowhere.pt"))
        self.refused("no weights by name", lambda: read_weights(self.file([torch.ones(1)])))
        beside = {"weight": torch.ones(1), "averages": {"weight": torch.ones(1)}, "step": 3}
        self.refused("no weights by name: averages, step is something else", lambda: read_weights(self.file(beside)))
        self.assertEqual(list(read_weights(self.file(beside), beside=("averages", "step"))), ["weight"])

    def test_the_wrong_pair_is_told_by_name(self):
        right = nn.Linear(3, 2).state_dict()
        self.refused("another shape: weight is [2, 3], not [2, 4]", lambda: load_strictly(nn.Linear(4, 2), right, "thing"))
        self.refused("missing: bias", lambda: load_strictly(nn.Linear(3, 2), {"weight": right["weight"]}, "thing"))
        self.refused("not known: head", lambda: load_strictly(nn.Linear(3, 2), {**right, "head": torch.ones(1)}, "thing"))
        load_strictly(nn.Linear(3, 2), {**right, "table": torch.ones(1)}, "thing", unused=("table",))


class Comparisons(unittest.TestCase):
    def test_what_is_too_far_ends_the_conversion(self):
        near, far, none = (comparison.values_row("graph", torch.tensor([1.0, value]), torch.ones(2)) for value in (1.0005, 1.01, float("nan")))
        other = comparison.tokens_row("tokens", torch.tensor([[1, 2]]), torch.tensor([[1, 3]]))
        self.assertEqual([near[2], far[2], none[2], other[2]], [True, False, False, False])
        self.assertIn("1 of 2 tokens differ", other[1])
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            comparison.report([near])
            self.assertRaises(WrongCheckpoint, comparison.report, [near, other])
        self.assertIn("TOO FAR", printed.getvalue())

    def test_halves_have_fewer_digits_but_no_holes(self):
        large, tokens = torch.tensor([1.0, 100.0]), torch.arange(100)[None]
        near, far, none = (comparison.values_row("graph", large + apart, large, "fp16") for apart in (1.0, 3.0, float("nan")))
        few, many = (comparison.tokens_row("tokens", torch.where(tokens < count, -1, tokens), tokens, "fp16") for count in (2, 3))
        self.assertEqual([near[2], far[2], none[2], few[2], many[2]], [True, False, False, True, False])


class Folders(unittest.TestCase):
    def test_what_fails_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "pack"
            with self.assertRaises(KeyError), unfinished(folder) as partial:
                (partial / "graph").write_text("half")
                raise KeyError
            self.assertEqual(list(Path(name).iterdir()), [])
            with unfinished(folder) as partial:
                (partial / "graph").write_text("whole")
            self.assertEqual([path.name for path in Path(name).rglob("*")], ["pack", "graph"])
            with self.assertRaises(WrongCheckpoint), unfinished(folder):
                pass
            self.assertTrue((folder / "graph").is_file())


@unittest.skipUnless(CHECKOUT, "DAR_CHECKOUT names no checkout of the authors' repository")
class DAR(unittest.TestCase):
    """At a tiny size and with every weight random, so that nothing agrees because it is zero."""

    def test_the_pack_does_what_the_modules_do(self):
        import yaml

        from training.convert import dar
        make_tokenizer, sizes = dar.official(CHECKOUT)
        from autoregressive.models.gpt import ModelArgs, Transformer
        decoder = dict(in_dim=3, out_dim=3, dim=128, cond_dim=128, patch_size=8, depth=2, data_std=0.6, time_shift=2, mlp_head=False,
                       share_time_encoding=False)
        config = dict(encoder_patch_size=16, num_encoder_layers=2, num_decoder_layers=2, query_low_rank=True, encoder_dim=128, decoder_dim=128,
                      vq_dim=8, vq_codebook_size=64, num_denoising_steps=8, num_query_groups=8, num_all_queries=32, queries_per_step=4,
                      vq_enable=True, diff_decoder=decoder)
        torch.manual_seed(0)
        tokenizer = make_tokenizer(config)
        language = Transformer(ModelArgs(n_layer=2, n_head=4, dim=64, vocab_size=64, block_size=32, num_classes=10, model_type="c2i"))
        for module, spread, centre in ((tokenizer, 0.05, 0), (language, 0.2, 1)):
            for p in module.parameters():
                p.data.normal_(0 if p.ndim > 1 else centre, spread if p.ndim > 1 else 0.3)
        sizes["GPT-tiny"] = lambda **facts: Transformer(ModelArgs(n_layer=2, n_head=4, dim=64, **facts))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "tiny.yaml").write_text(yaml.safe_dump({"model": config}))
            torch.save({"ema": tokenizer.state_dict()}, folder / "tokenizer.pt")
            torch.save({"model": language.state_dict()}, folder / "language.pt")
            common = ["--checkout", CHECKOUT, "--config", str(folder / "tiny.yaml"), "--size", "128", "--classes", "10", "--gpt", "GPT-tiny"]
            dar.main([*common, "--tokenizer", str(folder / "tokenizer.pt"), "--language-model", str(folder / "language.pt"),
                      "--out", str(folder / "pack"), "--verify"])
            self.assertTrue((folder / "pack" / "lm.onnx").is_file())
            dar.main([*common, "--tokenizer", str(folder / "tokenizer.pt"), "--language-model", str(folder / "language.pt"),
                      "--out", str(folder / "halves"), "--precision", "fp16", "--verify"])
            for graph in ("encoder", "decoder", "lm"):
                test_convert_half.assert_halved(self, folder / "pack" / f"{graph}.onnx", folder / "halves" / f"{graph}.onnx")
            with self.assertRaises(WrongCheckpoint) as raised:
                dar.main([*common, "--tokenizer", str(folder / "language.pt"), "--out", str(folder / "wrong")])
            self.assertIn("tokenizer's checkpoint does not belong", str(raised.exception))
            self.assertEqual(sorted(path.name for path in folder.iterdir() if path.is_dir()), ["halves", "pack"])


if __name__ == "__main__":
    unittest.main()
