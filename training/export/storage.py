"""How weights lie in a graph: float16, or one byte with a scale per row; cast to float32, the precision of all arithmetic.

Stored weights keep their training names, so that a shipped pack can start a new training. The runtime folds the casts when
it loads a graph: storage changes a file's size, never its speed.
"""
import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

SCALE = ".scale"  # what follows a weight's name in the name of its scales
STATISTICS = (".running_mean", ".running_var")  # of batch norms: no parameters, kept in float32


def round_to_half(model):
    """Gives every parameter the value that it will have in a graph."""
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.half().float())


def fingerprint(model):
    """Every hundredth weight, float16 [N]: enough to tell whether tokens or checkpoints belong to these weights."""
    return torch.cat([p.detach().cpu().flatten()[::100] for _, p in sorted(model.named_parameters())]).half()


def encoder_fingerprint(codec):
    """Of everything that turns a picture into tokens: the autoencoder's encoder and the codec's."""
    return torch.cat([fingerprint(codec.autoencoder.encoder), fingerprint(codec.encoder)])


def same_fingerprint(one, other):
    """Rounding, and an average over weights that stand still, change a fingerprint less; a second of training more."""
    if one.shape != other.shape:
        return False
    one, other = one.cpu().float(), other.cpu().float()
    return bool((one - other).abs().mean() <= 1e-3 * other.abs().mean())


def in_bytes(shape):
    """Matrices and convolutions are stored in bytes; tables of three axes, norms, biases as halves."""
    return len(shape) in (2, 4) and shape[0] > 64


def scales_of(weight):
    """weight [rows, ...] numpy -> float32 scales [rows, 1, ...]: the largest magnitude of each row is 127 steps."""
    largest = numpy.abs(weight).reshape(len(weight), -1).max(axis=1)
    return (numpy.maximum(largest, 1e-8) / 127).astype(numpy.float32).reshape((-1,) + (1,) * (weight.ndim - 1))


def to_bytes(weight):
    """-> int8 weights and their float32 scales"""
    scales = scales_of(weight)
    return numpy.clip(numpy.rint(weight / scales), -127, 127).astype(numpy.int8), scales


def round_to_bytes(model):
    """As round_to_half, for graphs stored in bytes. The losses stay what they were (LOG.md); the size is halved."""
    with torch.no_grad():
        for p in model.parameters():
            if in_bytes(p.shape):
                stored, scales = to_bytes(p.numpy())
                p.copy_(torch.from_numpy(stored.astype(numpy.float32) * scales))
            else:
                p.copy_(p.half().float())


def store(graph, parameters, as_bytes=False):
    """Replaces each float32 parameter by a smaller initialiser of the same name and the nodes that restore it."""
    restoring, renamed, scales = [], {}, []
    for index, tensor in enumerate(graph.initializer):
        name = tensor.name
        if name not in parameters or tensor.data_type != TensorProto.FLOAT:
            continue
        weight, renamed[name] = numpy_helper.to_array(tensor), f"{name}.float32"
        if as_bytes and in_bytes(weight.shape):
            small, scale = to_bytes(weight)
            scales.append(numpy_helper.from_array(scale, name + SCALE))
            restoring.append(helper.make_node("Cast", [name], [f"{name}.steps"], to=TensorProto.FLOAT))
            restoring.append(helper.make_node("Mul", [f"{name}.steps", name + SCALE], [renamed[name]]))
        else:
            small = weight.astype(numpy.float16)
            restoring.append(helper.make_node("Cast", [name], [renamed[name]], to=TensorProto.FLOAT))
        graph.initializer[index].CopyFrom(numpy_helper.from_array(small, name))
    missing = parameters - set(renamed)
    assert not missing, f"parameters that are not initialisers of the graph: {sorted(missing)}"
    graph.initializer.extend(scales)
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in renamed:
                node.input[position] = renamed[name]
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(restoring + nodes)


def weights_of(graph_path):
    """Training name -> float32 tensor, from the initialisers of a shipped graph."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(graph_path)).graph.initializer
              if tensor.data_type in (TensorProto.FLOAT16, TensorProto.INT8) or tensor.name.endswith((SCALE, *STATISTICS))}
    return {name: torch.from_numpy(weight.astype(numpy.float32) * stored.get(name + SCALE, 1))
            for name, weight in stored.items() if not name.endswith(SCALE)}
