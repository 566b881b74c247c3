"""Parts of an exported graph that are computed only where somebody looks at their result."""
import tempfile
import unittest
from pathlib import Path

import onnx
import torch
from torch import nn

from training.export.graphs import export_graph
from training.models.layers import Branch


class Model(nn.Module):
    """Two parts that share a table, the first of them needed where the mean of the input is positive, the second where it is not."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(5, 5))
        self.one, self.other = nn.Linear(5, 3), nn.Linear(5, 3)
        self.first, self.second = Branch(), Branch()

    def forward(self, input_ids):
        shared = (input_ids @ self.table).tanh()
        needed = input_ids.mean() > 0
        return self.first(needed, self.one(shared)) + self.second(~needed, self.other(shared))


class BranchTest(unittest.TestCase):
    def test_a_part_moves_into_its_branch_and_what_two_share_does_not(self):
        model, inputs = Model().eval(), torch.randn(2, 5)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "graph.onnx"
            export_graph(model, (inputs,), path, ["input_ids"], ["result"], {"input_ids": {0: "batch"}, "result": {0: "batch"}},
                         branches={"first": (3,), "second": (3,)})
            graph = onnx.load(str(path)).graph  # export_graph has checked it

            def kinds(nodes):
                return [node.op_type for node in nodes]
            branches = [node for node in graph.node if node.op_type == "If"]
            self.assertEqual(len(branches), 2)
            inside = [kinds(attribute.g.node) for node in branches for attribute in node.attribute if attribute.name == "then_branch"]
            for nodes in inside:
                self.assertTrue({"Gemm", "MatMul"} & set(nodes))
                self.assertNotIn("Tanh", nodes)
            self.assertIn("Tanh", kinds(graph.node))
            self.assertNotIn("Gemm", kinds(graph.node))
            self.assertLessEqual({"table", "one.weight", "other.weight"}, {tensor.name for tensor in graph.initializer})
            try:
                import onnxruntime
            except ImportError:
                return  # where it is missing, tests/parity compares the shipped graphs with PyTorch
            session = onnxruntime.InferenceSession(str(path))
            for given in (inputs, -inputs, torch.ones(3, 5), -torch.ones(3, 5)):
                self.assertTrue(torch.allclose(torch.from_numpy(session.run(None, {"input_ids": given.numpy()})[0]), model(given), atol=1e-2))


if __name__ == "__main__":
    unittest.main()
