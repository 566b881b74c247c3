"""Converters of strangers' checkpoints: what is refused, and, where the authors' code is at hand, whether a pack does what it does.

    DAR_CHECKOUT=path/to/D-AR python3 -m unittest training.tests.test_convert
"""
import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import onnx
import torch
from torch import nn

from training.convert import comparison, dar_modules, graph_file
from training.convert.checkpoint_file import MAPPED, WrongCheckpoint, load_strictly, read_weights
from training.convert.graph_file import batched, export_graph
from training.convert.pack_folder import unfinished
from training.convert.selftok_modules import OnMeta
from training.speed import random_dar
from training.tests import test_convert_half, test_speed

CHECKOUT = os.environ.get("DAR_CHECKOUT")


class Runs:
    """Would run code when it is read: it leaves a file at `path`."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch '{self.path}'",))


def own_memory():
    """Bytes of this process that lie in no file."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("RssAnon:")[1].split()[0])


@contextlib.contextmanager
def small_files(size):
    """Within it no file may grow beyond `size` bytes: to whoever writes, a disk that is full."""
    import resource
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


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
        left = Path(self.folder.name) / "left"
        path = self.file({"model": {"weight": torch.ones(1)}, "hook": Runs(left)})
        self.refused("refused", lambda: read_weights(path))
        self.assertFalse(left.exists())
        torch.load(path, weights_only=False)
        self.assertTrue(left.exists(), "this file would have run nothing")

    def test_no_checkpoint_and_half_of_one(self):
        path = self.file({"weight": torch.ones(1000)})
        path.write_bytes(path.read_bytes()[:700])
        self.refused("cannot be read", lambda: read_weights(path))
        self.refused("is not a file", lambda: read_weights(Path(self.folder.name) / "nowhere.pt"))
        # What a browser saves where one has to log in, and what a repository has in the place of a large file.
        for name, content in (("page.pt", b"<!doctype html><title>Log in</title>"), ("pointer.pt", b"version https://git-lfs.github.com/spec/v1\n"),
                              ("empty.pt", b""), ("page.safetensors", b"<!doctype html>"), ("empty.safetensors", b"")):
            (Path(self.folder.name) / name).write_bytes(content)
            self.refused(f"{name} cannot be read", lambda: read_weights(Path(self.folder.name) / name))
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

    def test_weights_that_are_no_numbers(self):
        damaged = nn.Linear(3, 2).state_dict()
        damaged["weight"][1, 2] = float("nan")
        self.refused("no numbers: weight", lambda: load_strictly(nn.Linear(3, 2), damaged, "thing"))

    @unittest.skipUnless(importlib.util.find_spec("safetensors"), "safetensors is not installed")
    def test_half_a_file_of_safetensors(self):
        from safetensors.torch import save_file
        path = Path(self.folder.name) / "weights.safetensors"
        save_file({"weight": torch.arange(1000.0)}, str(path))
        self.assertEqual(read_weights(path)["weight"][999], 999)
        path.write_bytes(path.read_bytes()[:2000])
        self.refused("cannot be read", lambda: read_weights(path))

    @unittest.skipUnless(sys.platform == "linux" and MAPPED, "memory is counted as Linux does, and this PyTorch reads files whole")
    def test_weights_stay_in_their_file(self):
        path = self.file({"model": {"weight": torch.rand(2000, 10000), "bias": torch.rand(2000)}, "optimizer": {"step": torch.rand(20_000_000)}})
        before = own_memory()
        with torch.device("meta"):
            module = nn.Linear(10000, 2000)
        load_strictly(module, read_weights(path), "thing")
        self.assertLess(own_memory() - before, 50_000_000)
        self.assertEqual(module(torch.ones(1, 10000)).shape, (1, 2000))


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

    @unittest.skipIf(sys.platform == "win32", "files have no limit there")
    def test_a_disk_that_is_full_is_told_and_leaves_nothing(self):
        module, image = nn.Linear(512, 512), torch.ones(2, 512)
        for largest, precision in ((10 ** 9, "fp32"), (1000, "fp32"), (10 ** 9, "fp16")):
            with self.subTest(largest=largest, precision=precision), tempfile.TemporaryDirectory() as name, \
                    mock.patch.object(graph_file, "LARGEST", largest):
                with self.assertRaises(WrongCheckpoint) as raised, small_files(100_000), unfinished(Path(name) / "pack") as folder:
                    export_graph(module, (image,), folder / "graph.onnx", ["x"], ["y"], batched("x", "y"), precision)
                self.assertIn("could not be made", str(raised.exception))
                self.assertEqual(list(Path(name).iterdir()), [])

    def test_a_disk_without_room_is_told_before_anything_is_traced(self):
        usage = mock.Mock(return_value=mock.Mock(free=1_000_000))
        with tempfile.TemporaryDirectory() as name, mock.patch("shutil.disk_usage", usage), mock.patch("torch.onnx.export") as traced:
            with self.assertRaises(WrongCheckpoint) as raised:
                export_graph(nn.Linear(512, 512), (torch.ones(2, 512),), Path(name) / "graph.onnx", ["x"], ["y"], {})
            traced.assert_not_called()
        self.assertIn("no room for a graph of 0.0 GB: 0.0 GB are free", str(raised.exception))


@unittest.skipUnless(importlib.util.find_spec("onnxruntime"), "onnxruntime is not installed")
class WeightsBeside(unittest.TestCase):
    """Graphs over 2 GB, as PyTorch writes them: a file for each weight."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "parts").mkdir()
        self.graph, self.data = self.path / "graph.onnx", self.path / "graph.onnx.data"
        self.module = nn.Sequential(nn.Linear(40, 50), nn.Linear(50, 60)).eval()
        torch.onnx.export(self.module, (torch.ones(2, 40),), str(self.path / "whole.onnx"), input_names=["x"], output_names=["y"],
                          opset_version=graph_file.OPSET, **graph_file.tracing())
        self.source = self.path / "parts" / "graph.onnx"
        onnx.save_model(onnx.load(str(self.path / "whole.onnx")), str(self.source), save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=0)

    def test_come_into_one_file_and_leave_their_places(self):
        self.assertEqual(len(list((self.path / "parts").iterdir())), 5)
        graph_file.require_whole(self.source)
        self.assertTrue(graph_file.gather(self.source, self.graph, self.data))
        self.assertEqual([path.name for path in (self.path / "parts").iterdir()], ["graph.onnx"])
        x = torch.rand(2, 40)
        found = comparison.session(self.graph).run(None, {"x": x.numpy()})[0]
        self.assertLess((torch.from_numpy(found) - self.module(x)).abs().max().item(), 1e-5)
        self.assertFalse(graph_file.gather(self.path / "whole.onnx", self.graph, self.data))

    def test_that_are_shorter_than_they_should_be(self):
        part = max((path for path in (self.path / "parts").iterdir() if path != self.source), key=lambda path: path.stat().st_size)
        part.write_bytes(part.read_bytes()[:-4])
        with self.assertRaises(OSError) as raised:
            graph_file.require_whole(self.source)
        self.assertIn("No space left", str(raised.exception))


@unittest.skipUnless(importlib.util.find_spec("yaml"), "PyYAML is not installed")
class Configurations(unittest.TestCase):
    def test_a_yaml_that_is_none_of_theirs(self):
        with tempfile.TemporaryDirectory() as name:
            for content in ("model: [", "[1, 2]", "other: 1", "model: {num_all_queries: 3}", "model: 3"):
                path = Path(name) / "tokenizer.yaml"
                path.write_text(content)
                with self.assertRaises(WrongCheckpoint) as raised:
                    dar_modules.read_config(path)
                self.assertIn("is no configuration of D-AR's tokenizer", str(raised.exception))


@unittest.skipUnless(CHECKOUT, "DAR_CHECKOUT names no checkout of the authors' repository")
class DAR(unittest.TestCase):
    """At a tiny size and with every weight random, so that nothing agrees because it is zero."""

    def test_the_pack_does_what_the_modules_do(self):
        import yaml

        from training.convert import dar
        make_tokenizer, sizes = dar_modules.official(CHECKOUT)
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
            original = ["dar", *common, "--tokenizer", str(folder / "tokenizer.pt"), "--language-model", str(folder / "language.pt"), "--out", "pack"]
            special = len(dar_modules.SPECIAL)
            test_speed.assert_runtimes_agree(self, folder / "pack", original, [special + 3], [dar_modules.SPECIAL["begin"]])
            dar.main([*common, "--tokenizer", str(folder / "tokenizer.pt"), "--language-model", str(folder / "language.pt"),
                      "--out", str(folder / "halves"), "--precision", "fp16", "--verify"])
            for graph in ("encoder", "decoder", "lm"):
                test_convert_half.assert_halved(self, folder / "pack" / f"{graph}.onnx", folder / "halves" / f"{graph}.onnx")
            with self.assertRaises(WrongCheckpoint) as raised:
                dar.main([*common, "--tokenizer", str(folder / "language.pt"), "--out", str(folder / "wrong")])
            self.assertIn("tokenizer's checkpoint does not belong", str(raised.exception))
            random_dar.main([*common[:4], "--classes", "10", "--gpt", "GPT-tiny", "--out", str(folder / "random")])
            found = dar_modules.load(dar.parse([*common, "--tokenizer", str(folder / "random" / "tokenizer.pt"), "--language-model",
                                                str(folder / "random" / "gpt.pt"), "--out", "pack"]))
            self.assertTrue(all(weight.std() > 0 for one in found for weight in one.parameters() if weight.ndim > 1))
            with self.assertRaises(WrongCheckpoint) as raised:
                dar.main([*common, "--gpt", "GPT-huge", "--tokenizer", str(folder / "tokenizer.pt"), "--language-model", str(folder / "language.pt"),
                          "--out", str(folder / "wrong")])
            self.assertIn("knows no language model GPT-huge, but GPT-B, ", str(raised.exception))
            self.assertEqual(sorted(path.name for path in folder.iterdir() if path.is_dir()), ["halves", "pack", "random"])


    def test_names_and_shapes_of_the_released_size(self):
        make_tokenizer, sizes = dar_modules.official(CHECKOUT)
        config = dar_modules.read_config(Path(CHECKOUT) / "configs" / "tokenizer_v1.yaml")
        with OnMeta():
            tokenizer = make_tokenizer(config).eval()
            for module in tokenizer.modules():
                if type(module).__name__ == "EmbedND2DMaker":
                    dar_modules.keep_tables(module)
            languages = {name: sizes[name](vocab_size=16384, block_size=256, num_classes=1000, cls_token_num=1, model_type="c2i").eval()
                         for name in ("GPT-L", "GPT-XL")}
            image, t = torch.zeros(2, 3, 256, 256), torch.zeros(2)
            tokens = dar_modules.Encoder(tokenizer)(image)
            velocity = dar_modules.Decoder(tokenizer)(image, t, tokens, tokens == 0)
            ids, mask = torch.zeros(2, 1, dtype=torch.int64), torch.ones(2, 4, dtype=torch.int64)
            answers = {name: dar_modules.LanguageModel(one)(ids, mask, ids, *dar_modules.past_of(one, 2, 3)) for name, one in languages.items()}
        self.assertEqual([tuple(one.shape) for one in (tokens, velocity)], [(2, 256), (2, 3, 256, 256)])
        for name, (logits, *present) in answers.items():
            attention = languages[name].layers[0].attention
            self.assertEqual(tuple(logits.shape), (2, 1, 5 + 1000 + 16384))
            self.assertEqual({tuple(one.shape) for one in present}, {(2, attention.n_head, 4, attention.head_dim)})
        weights = {name: sum(p.numel() for p in one.parameters()) for name, one in (("tokenizer", tokenizer), *languages.items())}
        # README.md of the checkout calls them 300, 343 and 775 M.
        self.assertEqual({name: round(count / 1e6) for name, count in weights.items()}, {"tokenizer": 307, "GPT-L": 343, "GPT-XL": 775})
        shapes = {name: tuple(value.shape) for one in (tokenizer, languages["GPT-L"]) for name, value in one.state_dict().items()}
        self.assertEqual({name: shapes.get(name) for name in RELEASED}, RELEASED)


# Of one weight of each kind, as the design of the model has them.
RELEASED = {"patchify.weight": (768, 3, 16, 16), "quant_in_conv.weight": (8, 768, 1, 1), "quantize.embedding.weight": (16384, 8),
            "decoder_layers.7.attention.q.weight": (768, 768), "decoder_layers.7.mlp.fc1.weight": (3072, 768),
            "diff_decoder.net.conv_in.weight": (768, 3 * 8 * 8, 1, 1), "diff_decoder.net.blocks.11.cross_attn.k.weight": (768, 768),
            "diff_decoder.net.blocks.11.cond_embed.0.weight": (768, 768), "cls_embedding.embedding_table.weight": (1001, 1024),
            "layers.23.attention.wqkv.weight": (3072, 1024), "layers.23.feed_forward.w2.weight": (1024, 2816), "output.weight": (16384, 1024)}


if __name__ == "__main__":
    unittest.main()
