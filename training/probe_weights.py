"""From a shipped probe graph back to a detector that can be trained on, also when the world's classes have changed.

The graph holds every convolution with its batch norm folded in. Here each is taken apart again: the weights are scaled so
that a channel leaves the convolution with deviation 1 on rendered scenes, and the norm gets the statistics that undo it. The
function stays what it was, and training starts where it would have been with the norms never folded.
"""
import json
from pathlib import Path

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from training.detector import CLASS_HEADS
from training.world.vocabulary import BACKGROUNDS, COLOURS

HALF = ".half"  # what store_half puts behind a weight's name


def layers_of(graph_path):
    """[(weight, bias)] float32 tensors of the graph's convolutions and products, in the order in which they are computed."""
    graph = onnx.load(str(graph_path)).graph
    stored = {one.name.removesuffix(HALF): torch.from_numpy(numpy_helper.to_array(one).astype(numpy.float32))
              for one in graph.initializer}
    return [tuple(stored[name] for name in node.input[1:3]) for node in graph.node if node.op_type in ("Conv", "Gemm")]


def head_rows(labels):
    """Names of the rows of the detector's two last layers, (cells, background), for class names `labels` per attribute."""
    cells = ["centre", *((name, value) for name in CLASS_HEADS for value in labels[name]), "across", "down"]
    grounds = [*(("backgroundKind", value) for value in labels["backgroundKind"]),
               *((place, value) for place in ("first", "second") for value in labels["backgroundColours"])]
    return cells, grounds


def copy_rows(layer, weight, bias, rows, old_rows):
    """Rows that both know by name; the others keep their initialisation. -> how many were copied"""
    old_place = {name: index for index, name in enumerate(old_rows)}
    known = [(index, old_place[name]) for index, name in enumerate(rows) if name in old_place]
    new, old = (torch.tensor(places) for places in zip(*known))
    layer.weight[new] = weight[old].view(len(known), *layer.weight.shape[1:])
    layer.bias[new] = bias[old]
    return len(known)


def norm_of(model):
    """Convolution without a bias -> the batch norm behind it."""
    pairs = {}
    for module in model.modules():
        if isinstance(module, nn.Sequential):
            pairs.update({one: other for one, other in zip(module, list(module)[1:])
                          if isinstance(one, nn.Conv2d) and isinstance(other, nn.BatchNorm2d)})
    return pairs


@torch.no_grad()
def start_from_probe(model, graph_path, images):
    """Gives a Detector the weights of a probe graph whose pack.json lies beside it.

    images [B, 3, 128, 128]: rendered scenes to take the norms' statistics from. -> (rows copied, rows) of the class layers
    """
    labels = json.loads((Path(graph_path).parent / "pack.json").read_text())["attributes"]["labels"]
    layers = [module for module in model.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    read = layers_of(graph_path)
    if len(read) != len(layers):
        raise ValueError(f"{graph_path} has {len(read)} layers, the detector has {len(layers)}")
    norms = norm_of(model)
    rows = dict(zip((model.heads, model.background[-1]), zip(
        head_rows({**CLASS_HEADS, "backgroundKind": BACKGROUNDS, "backgroundColours": COLOURS}), head_rows(labels))))
    copied = 0
    for layer, (weight, bias) in zip(layers, read):
        if layer in rows:
            copied += copy_rows(layer, weight, bias, *rows[layer])
            continue
        if layer.weight.shape != weight.shape:
            raise ValueError(f"{graph_path} has a layer {tuple(weight.shape)} where the detector has "
                             f"{tuple(layer.weight.shape)}")
        layer.weight.copy_(weight)
        if layer in norms:  # for now a norm that adds the bias and does nothing else
            norm = norms[layer]
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.fill_(1)
            norm.bias.copy_(bias)
        else:
            layer.bias.copy_(bias)
    unfold(model, norms, images)
    return copied, sum(len(new) for new, _ in rows.values())


def unfold(model, norms, images):
    """Moves the scale of every convolution into its norm, which then describes what really comes in."""
    seen = {}
    hooks = [layer.register_forward_hook(lambda layer, _, output: seen.update({layer: torch.var_mean(output, (0, 2, 3))}))
             for layer in norms]
    model.eval()
    model(images)
    for hook in hooks:
        hook.remove()
    for layer, norm in norms.items():
        variance, mean = seen[layer]
        deviation = (variance + 1e-8).sqrt()
        layer.weight.div_(deviation.view(-1, 1, 1, 1))
        norm.running_mean.copy_(mean / deviation)
        norm.bias.add_(mean)
        norm.weight.copy_(deviation)  # with a running variance of 1 - eps
