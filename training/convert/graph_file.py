"""Writing graphs of foreign modules: one exporter for all converters, weights beside a graph that would be too large for one file."""
import shutil

import onnx
import torch

from training.convert.checkpoint_file import WrongCheckpoint
from training.convert.half_graph import to_half
from training.export.graphs import tracing
from training.export.storage import round_to_half

OPSET = 17
# A graph's file ends at 2 GiB; from here on its weights lie in a second one, `<graph>.data`.
LARGEST = 1_900_000_000


# What --precision takes, and how the pack's card calls it.
PRECISIONS = {"fp32": "float32", "fp16": "float16 weights and products; float32 between them"}


def round_weights(module, precision, what):
    """Gives `module` the weights that its graphs will have. Raises WrongCheckpoint where float16 cannot hold one of them."""
    if precision == "fp32":
        return
    largest = torch.finfo(torch.float16).max
    beyond = [name for name, value in module.named_parameters() if not bool((value.abs() <= largest).all())]
    if beyond:
        raise WrongCheckpoint(f"float16 cannot hold the {what}: {', '.join(beyond[:5])} is beyond {largest:.0f}. Convert with --precision fp32.")
    round_to_half(module)


def export_graph(module, inputs, path, names, outputs, axes, precision="fp32"):
    """Traces `module` over `inputs` (a tuple) into `path`.

    names, outputs: of the graph's inputs and outputs, in order; axes: {name: {axis: its name}}, those that may have any length;
    precision: one of PRECISIONS, inputs and outputs are float32 in both.
    """
    def trace(target):
        torch.onnx.export(module.eval(), inputs, str(target), input_names=names, output_names=outputs, dynamic_axes=axes,
                          opset_version=OPSET, **tracing())
    tensors = [*module.parameters(), *module.buffers()]
    in_one_file = sum(tensor.numel() * tensor.element_size() for tensor in tensors) <= LARGEST
    if in_one_file and precision == "fp32":
        trace(path)
        return
    # PyTorch writes one file for each weight, under the weight's name; all of them go into one.
    scratch = path.with_suffix(".parts")
    scratch.mkdir()
    try:
        trace(scratch / path.name)
        model = onnx.load(str(scratch / path.name))
        if precision == "fp16":
            to_half(model.graph)
            in_one_file = sum(len(tensor.raw_data) for tensor in model.graph.initializer) <= LARGEST
        if in_one_file:
            onnx.save_model(model, str(path))
            return
        onnx.save_model(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True, location=f"{path.name}.data",
                        size_threshold=1024)
        shutil.copymode(path, path.with_name(f"{path.name}.data"))  # else nobody but its owner could read it
    finally:
        shutil.rmtree(scratch)


def batched(*names):
    """axes of graphs whose every input and output has the batch in front, any number of rows, and fixed sizes behind it"""
    return {name: {0: "batch"} for name in names}
