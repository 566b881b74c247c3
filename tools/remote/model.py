"""A model of Triton's Python backend that runs the repository's own model.onnx: for servers without the onnxruntime backend."""

import json
import os
import sys

# The backend's interpreter is isolated and ignores PYTHONPATH.
sys.path[:0] = [folder for folder in os.environ.get("DDT_SERVER_MODULES", "").split(":") if folder]

import numpy as np
import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        self.outputs = [output["name"] for output in config["output"]]
        # Tensors that Triton knows as [rows, 1] and the graph as [rows].
        self.tails = {tensor["name"] for tensor in config["input"] if tensor["name"] == "t"}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("DDT_SERVER_THREADS", "1"))
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.inputs = [tensor.name for tensor in self.session.get_inputs()]

    def execute(self, requests):
        """Runs all requests of a dynamic batch as one, and gives each its own rows."""
        parts = [{name: self.read(request, name) for name in self.inputs} for request in requests]
        rows = [len(part[self.inputs[0]]) for part in parts]
        together = {name: np.concatenate([part[name] for part in parts]) for name in self.inputs}
        answers = self.session.run(self.outputs, together)
        responses = []
        start = 0
        for count in rows:
            tensors = [
                triton.Tensor(name, np.ascontiguousarray(answer[start : start + count]))
                for name, answer in zip(self.outputs, answers)
            ]
            responses.append(triton.InferenceResponse(output_tensors=tensors))
            start += count
        return responses

    def read(self, request, name):
        array = triton.get_input_tensor_by_name(request, name).as_numpy()
        return array.reshape(len(array)) if name in self.tails else array
