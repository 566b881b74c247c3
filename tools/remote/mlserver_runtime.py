"""An MLServer runtime that runs a graph of a pack, and tells which pack it is from."""

import os

import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, Parameters, ResponseOutput
from mlserver.utils import get_model_uri

DATATYPES = {"tensor(float)": ("FP32", np.float32), "tensor(int64)": ("INT64", np.int64), "tensor(bool)": ("BOOL", np.bool_)}


class PackGraph(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("DDT_SERVER_THREADS", "1"))
        path = await get_model_uri(self.settings)
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return True

    async def metadata(self) -> MetadataModelResponse:
        described = MetadataModelResponse(name=self.name, platform="onnxruntime", versions=[])
        described.inputs = [self.describe(tensor) for tensor in self.session.get_inputs()]
        described.outputs = [self.describe(tensor) for tensor in self.session.get_outputs()]
        # MLServer itself tells nobody what model-settings.json says.
        described.parameters = Parameters(**self.settings.parameters.extra)
        return described

    def describe(self, tensor):
        shape = [size if isinstance(size, int) else -1 for size in tensor.shape]
        return {"name": tensor.name, "datatype": DATATYPES[tensor.type][0], "shape": shape}

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        types = {tensor.name: DATATYPES[tensor.type][1] for tensor in self.session.get_inputs()}
        feeds = {
            tensor.name: np.array(tensor.data.root, dtype=types[tensor.name]).reshape(tensor.shape)
            for tensor in payload.inputs
        }
        described = self.session.get_outputs()
        answers = self.session.run([tensor.name for tensor in described], feeds)
        outputs = [
            ResponseOutput(
                name=tensor.name,
                shape=list(answer.shape),
                datatype=DATATYPES[tensor.type][0],
                data=answer.reshape(-1).tolist(),
            )
            for tensor, answer in zip(described, answers)
        ]
        return InferenceResponse(model_name=self.name, outputs=outputs)
