"""Writing graphs of foreign modules: one exporter for all converters, weights beside a graph that would be too large for one file."""
import errno
import math
import os
import shutil
from pathlib import Path

import onnx
import torch
from onnx.external_data_helper import ExternalDataInfo, uses_external_data

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
    precision: one of PRECISIONS, inputs and outputs are float32 in both. Raises WrongCheckpoint where the disk has no room for it.
    """
    def trace(target):
        torch.onnx.export(module.eval(), inputs, str(target), input_names=names, output_names=outputs, dynamic_axes=axes,
                          opset_version=OPSET, **tracing())
    size = sum(tensor.numel() * tensor.element_size() for tensor in (*module.parameters(), *module.buffers()))
    require_room(path.parent, size)
    in_one_file = size <= LARGEST
    if in_one_file and precision == "fp32":
        trace(path)
        return
    # PyTorch writes one file for each weight, under the weight's name; all of them go into one.
    scratch = path.with_suffix(".parts")
    scratch.mkdir()
    try:
        trace(scratch / path.name)
        require_whole(scratch / path.name)
        data = path.with_name(f"{path.name}.data")
        if precision == "fp32" and gather(scratch / path.name, path, data):
            return
        model = onnx.load(str(scratch / path.name))
        if precision == "fp16":
            to_half(model.graph)
            in_one_file = sum(len(tensor.raw_data) for tensor in model.graph.initializer) <= LARGEST
        if in_one_file:
            onnx.save_model(model, str(path))
            return
        onnx.save_model(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True, location=data.name, size_threshold=1024)
        shutil.copymode(path, data)  # else nobody but its owner could read it
    finally:
        shutil.rmtree(scratch)


def require_room(folder, size):
    """Raises WrongCheckpoint where `folder` has no room for `size` bytes and a twentieth: better now than after an hour."""
    free = shutil.disk_usage(folder).free
    if free < 1.05 * size:
        raise WrongCheckpoint(f"{folder} has no room for a graph of {size / 1e9:.1f} GB: {free / 1e9:.1f} GB are free. Name another disk by --out.")


def outside_of(model):
    """The weights of `model` (without its external data) that lie in files of their own, each with the name of its file."""
    return [(tensor, ExternalDataInfo(tensor).location) for tensor in model.graph.initializer if uses_external_data(tensor)]


def require_whole(source):
    """Raises OSError where a file of weights beside `source` is shorter than the weights: PyTorch does not say when the disk was full."""
    for tensor, location in outside_of(onnx.load(str(source), load_external_data=False)):
        wanted = math.prod(tensor.dims) * onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        if (Path(source).parent / location).stat().st_size != wanted:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source))


def gather(source, path, data):
    """The graph `source`, whose weights lie in files of their own beside it, as `path` with all of them in `data`. They pass by one after the
    other and leave their places, so that neither memory nor disk needs them twice. False where its weights lie within, and nothing is done."""
    model = onnx.load(str(source), load_external_data=False)
    outside = outside_of(model)
    if not outside:
        return False
    with open(data, "wb") as file:
        for tensor, location in outside:
            part = Path(source).parent / location
            offset, length = file.tell(), part.stat().st_size
            with open(part, "rb") as weights:
                shutil.copyfileobj(weights, file, 1 << 20)
            part.unlink()
            del tensor.external_data[:]
            for key, value in (("location", data.name), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(value))
    onnx.save_model(model, str(path))
    return True


def batched(*names):
    """axes of graphs whose every input and output has the batch in front, any number of rows, and fixed sizes behind it"""
    return {name: {0: "batch"} for name in names}
