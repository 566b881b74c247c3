"""Graphs in float16: whether weights and products are halves, what must not be one is none, and answers stay near."""
import importlib.util
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy
import onnx
import torch
from onnx import TensorProto
from torch import nn

from training.convert import graph_file
from training.convert.checkpoint_file import WrongCheckpoint
from training.convert.comparison import session
from training.convert.graph_file import batched, export_graph, round_weights
from training.convert.half_graph import behind_choices

PRODUCTS = ("MatMul", "Gemm", "Conv", "ConvTranspose")


def types_of(model):
    """{tensor: its type} of a whole graph"""
    found = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    values = (*found.input, *found.output, *found.value_info)
    return {one.name: one.type.tensor_type.elem_type for one in values} | {one.name: one.data_type for one in found.initializer}


def borders(model):
    return [(one.name, one.type.tensor_type.elem_type) for one in (*model.graph.input, *model.graph.output)]


def assert_halved(test, whole, half):
    """whole, half: paths of the same graph in float32 and float16"""
    one, other = onnx.load(str(whole)), onnx.load(str(half))
    onnx.checker.check_model(other)
    test.assertEqual(borders(other), borders(one))
    types, compared = types_of(other), behind_choices(other.graph)
    products = [node for node in other.graph.node if node.op_type in PRODUCTS and types[node.output[0]] == TensorProto.FLOAT16]
    test.assertGreater(len(products), 0.8 * sum(node.op_type in PRODUCTS for node in one.graph.node))
    for node in products:
        test.assertEqual({types[name] for name in node.input if name}, {TensorProto.FLOAT16}, node.name)
    # What is left in float32 is compared, or is small.
    left = [tensor.name for tensor in other.graph.initializer if tensor.data_type == TensorProto.FLOAT and numpy.prod(tensor.dims) >= 1000]
    readers = [node for node in other.graph.node if set(node.input) & set(left)]
    test.assertTrue(all(set(node.output) & compared for node in readers), left)


class Tiny(nn.Module):
    """image [B, 3, 8, 8], t [B], tokens [B, 5] -> values [B, 5, 40], codes [B, 5]: one of everything that is treated by itself"""

    def __init__(self):
        super().__init__()
        self.patches, self.table, self.time = nn.Conv2d(3, 40, 4, stride=4), nn.Embedding(64, 40), nn.Linear(16, 40)
        self.attend, self.norm, self.out = nn.Linear(40, 120), nn.LayerNorm(40), nn.Linear(40, 40, bias=False)
        self.register_buffer("codebook", torch.randn(64, 40))
        self.register_buffer("places", torch.randn(5, 40, 6))
        self.register_buffer("speeds", torch.linspace(1, 1000, 8))

    def forward(self, image, t, tokens):
        angles = t[:, None] * self.speeds
        time = self.time(torch.cat([angles.sin(), angles.cos()], dim=1))
        # The image is multiplied, and read as it is.
        x = self.table(tokens) + self.places.mean(-1) + time[:, None] + self.patches(image).flatten(2).mean(2)[:, None] + image.abs().mean((1, 2, 3))[:, None, None]
        query, key, value = self.attend(self.norm(x)).split(40, dim=2)
        x = x + self.out((query @ key.transpose(1, 2) / 40 ** 0.5).softmax(-1) @ value)
        return x, (x @ self.codebook.T).argmax(-1)


@unittest.skipUnless(importlib.util.find_spec("onnxruntime"), "onnxruntime is not installed")
class Halves(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        torch.manual_seed(0)
        self.module = Tiny().eval()
        self.inputs = torch.rand(3, 3, 8, 8) * 2 - 1, torch.tensor([0.0, 0.37, 1.0]), torch.randint(64, (3, 5))

    def export(self, precision):
        path, names, outputs = self.path / f"{precision}.onnx", ["image", "t", "tokens"], ["values", "codes"]
        export_graph(self.module, self.inputs, path, names, outputs, batched(*names, *outputs), precision)
        return path

    def answers(self, path):
        return session(path).run(None, dict(zip(("image", "t", "tokens"), (value.numpy() for value in self.inputs))))

    def test_weights_and_products_are_halves_and_borders_are_not(self):
        round_weights(self.module, "fp16", "module")
        whole, half = self.export("fp32"), self.export("fp16")
        assert_halved(self, whole, half)
        self.assertLess(half.stat().st_size, 0.75 * whole.stat().st_size)
        (values, codes), (near, same) = self.answers(whole), self.answers(half)
        self.assertEqual(near.dtype, numpy.float32)
        self.assertTrue((same == codes).all())
        # Not the same, or nothing would have been computed in halves; not far, or it would be another model.
        self.assertGreater(numpy.abs(near - values).max(), 0)
        self.assertLess(numpy.abs(near - values).max(), 1e-2)

    def test_time_norms_and_choices_keep_every_digit(self):
        model = onnx.load(str(self.export("fp16")))
        types, makers = types_of(model), {output: node for node in model.graph.node for output in node.output}
        for kind in ("Sin", "Cos", "Softmax", "LayerNormalization", "ArgMax"):
            nodes = [node for node in model.graph.node if node.op_type == kind]
            self.assertGreater(len(nodes), 0, kind)
            for node in nodes:
                self.assertEqual(types[node.input[0]], TensorProto.FLOAT, kind)
                # A half that became float32 just before would have lost them.
                self.assertNotEqual(makers[node.input[0]].op_type, "Cast" if kind in ("Sin", "Cos", "ArgMax") else "", kind)
        self.assertEqual([tensor.data_type for tensor in model.graph.initializer if list(tensor.dims) == [40, 64]], [TensorProto.FLOAT])

    def test_tables_that_only_float32_reads_lie_as_halves(self):
        model = onnx.load(str(self.export("fp16")))
        self.assertEqual([tensor.data_type for tensor in model.graph.initializer if tensor.name == "places"], [TensorProto.FLOAT16])

    def test_what_a_half_cannot_hold(self):
        with torch.no_grad():
            self.module.out.weight[0, 0] = 1e5
        round_weights(self.module, "fp32", "module")
        with self.assertRaises(WrongCheckpoint) as raised:
            round_weights(self.module, "fp16", "module")
        self.assertIn("out.weight is beyond 65504. Convert with --precision fp32", str(raised.exception))
        self.assertEqual(self.module.out.weight[0, 0], 1e5)

    def test_weights_beside_a_graph(self):
        inside = self.answers(self.export("fp16"))
        with mock.patch.object(graph_file, "LARGEST", 1000):
            path = self.export("fp16")
        self.assertEqual(sorted(one.name for one in self.path.iterdir()), ["fp16.onnx", "fp16.onnx.data"])
        for one, other in zip(self.answers(path), inside):
            numpy.testing.assert_array_equal(one, other)


if __name__ == "__main__":
    unittest.main()
