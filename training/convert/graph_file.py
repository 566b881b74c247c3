"""Writing graphs of foreign modules: one exporter for all converters, weights beside a graph that would be too large for one file."""
import shutil

import torch

from training.export.graphs import tracing

OPSET = 17
# A graph's file ends at 2 GiB; from here on its weights lie in a second one, `<graph>.data`.
LARGEST = 1_900_000_000


def export_graph(module, inputs, path, names, outputs, axes):
    """Traces `module` over `inputs` (a tuple) into `path`.

    names, outputs: of the graph's inputs and outputs, in order; axes: {name: {axis: its name}}, those that may have any length.
    """
    def trace(target):
        torch.onnx.export(module.eval(), inputs, str(target), input_names=names, output_names=outputs, dynamic_axes=axes,
                          opset_version=OPSET, **tracing())
    tensors = [*module.parameters(), *module.buffers()]
    if sum(tensor.numel() * tensor.element_size() for tensor in tensors) <= LARGEST:
        trace(path)
        return
    import onnx
    # PyTorch writes one file for each weight, under the weight's name; all of them go into one.
    scratch = path.with_suffix(".parts")
    scratch.mkdir()
    try:
        trace(scratch / path.name)
        onnx.save_model(onnx.load(str(scratch / path.name)), str(path), save_as_external_data=True, all_tensors_to_one_file=True,
                        location=f"{path.name}.data", size_threshold=1024)
        shutil.copymode(path, path.with_name(f"{path.name}.data"))  # else nobody but its owner could read it
    finally:
        shutil.rmtree(scratch)


def batched(*names):
    """axes of graphs whose every input and output has the batch in front, any number of rows, and fixed sizes behind it"""
    return {name: {0: "batch"} for name in names}
