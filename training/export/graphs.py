"""The ONNX graphs of a pack. Names, types and shapes are the contract of docs/pack-format.md."""
import contextlib
import inspect

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from training.export.branches import only_where_needed
from training.export.storage import store

OPSET = 16  # at 17 torch 1.13 writes an invalid LayerNormalization


class EncoderGraph(nn.Module):
    """image [B, 3, H, W] -> tokens [B, K]. Attribute names keep the codec's weight names."""

    def __init__(self, codec):
        super().__init__()
        self.autoencoder = nn.ModuleDict({"encoder": codec.autoencoder.encoder})
        self.encoder, self.quantiser = codec.encoder, codec.quantiser

    def forward(self, image):
        return self.quantiser.to_index(self.encoder(self.autoencoder["encoder"](image)))


class DecoderGraph(nn.Module):
    def __init__(self, codec):
        super().__init__()
        self.decoder = codec.decoder

    def forward(self, x, t, tokens, visible):
        return self.decoder(x, t, tokens, visible)


class LatentEncoderGraph(nn.Module):
    """image [B, 3, H, W] -> latent [B, channels, grid, grid]"""

    def __init__(self, codec):
        super().__init__()
        self.autoencoder = nn.ModuleDict({"encoder": codec.autoencoder.encoder})

    def forward(self, image):
        return self.autoencoder["encoder"](image)


class LatentDecoderGraph(nn.Module):
    """latent [B, channels, grid, grid] -> image [B, 3, H, W], not clamped"""

    def __init__(self, codec):
        super().__init__()
        self.autoencoder = nn.ModuleDict({"decoder": codec.autoencoder.decoder})

    def forward(self, latent):
        return self.autoencoder["decoder"](latent)


@contextlib.contextmanager
def no_two_alike(module):
    """While it lasts every weight and statistic holds noise: the exporter merges equal tensors (all norms of a young model), and names are lost.

    Yields what they hold otherwise, name -> tensor. Tracing writes down operations, which the values have no part in.
    """
    held = {name: value for name, value in module.state_dict().items() if value.is_floating_point()}
    kept = {name: value.clone() for name, value in held.items()}
    generator = torch.Generator().manual_seed(1)
    try:
        for value in held.values():
            value.copy_(torch.rand(value.shape, generator=generator))
        yield kept
    finally:
        for name, value in held.items():
            value.copy_(kept[name])


def tracing():
    """What torch.onnx.export is told to be the exporter that traces: the newer one renames initialisers. Before torch 2.5 there is
    only this one and no word for it."""
    return {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}


def export_graph(module, inputs, path, input_names, output_names, dynamic_axes, as_bytes=False, branches=None):
    """branches: as `only_where_needed` takes them"""
    # Without constant folding the initialisers keep their training names; onnxruntime folds when it loads.
    with no_two_alike(module) as weights:
        torch.onnx.export(module, inputs, str(path), input_names=input_names, output_names=output_names,
                          dynamic_axes=dynamic_axes, opset_version=OPSET, do_constant_folding=False, **tracing())
    graph_file = onnx.load(str(path))
    for tensor in graph_file.graph.initializer:
        if tensor.name in weights:
            tensor.CopyFrom(numpy_helper.from_array(weights[tensor.name].cpu().numpy(), tensor.name))
    store(graph_file.graph, {name for name, _ in module.named_parameters()}, as_bytes)
    only_where_needed(graph_file.graph, branches or {})
    onnx.checker.check_model(graph_file)
    onnx.save(graph_file, str(path))


def export_codec(codec, folder):
    config = codec.config

    def export(module, inputs, name, input_names, output, as_bytes=False):
        export_graph(module.eval(), inputs, folder / f"{name}.onnx", input_names, [output],
                     {axis: {0: "batch"} for axis in (*input_names, output)}, as_bytes)
    image = torch.rand(2, 3, config.image_size, config.image_size) * 2 - 1
    latent = torch.randn(2, *config.latent_shape)
    tokens = torch.zeros(2, config.token_count, dtype=torch.int64)
    export(EncoderGraph(codec), (image,), "encoder", ["image"], "tokens")
    export(LatentEncoderGraph(codec), (image,), "vae-encoder", ["image"], "latent")
    export(LatentDecoderGraph(codec), (latent,), "vae-decoder", ["latent"], "image")
    export(DecoderGraph(codec), (latent, torch.rand(2), tokens, tokens == 0), "decoder",
           ["x", "t", "tokens", "visible"], "x0", as_bytes=True)


def export_language_model(model, folder):
    batch, past, length = 2, 3, 4
    config = model.config
    shape = (batch, config.heads, past, config.head_size)
    pasts = [torch.rand(shape) for _ in range(2 * config.layers)]
    names = ["input_ids", "attention_mask", "position_ids"]
    slots = [f"{index}.{part}" for index in range(config.layers) for part in ("key", "value")]
    inputs = names + [f"past_key_values.{slot}" for slot in slots]
    outputs = ["logits"] + [f"present.{slot}" for slot in slots]
    axes = {"input_ids": {0: "batch", 1: "length"}, "position_ids": {0: "batch", 1: "length"},
            "attention_mask": {0: "batch", 1: "total"}, "logits": {0: "batch"}}
    axes.update({name: {0: "batch", 2: "past"} for name in inputs[3:]})
    axes.update({name: {0: "batch", 2: "total"} for name in outputs[1:]})
    ids = torch.ones(batch, length, dtype=torch.int64)
    mask = torch.ones(batch, past + length, dtype=torch.int64)
    codes = (config.token_count, len(config.levels))
    # By the names that tracing gives them: no module is called around those of the phrases.
    branches = {"looked_at": (config.grid ** 2, config.reader_width), "fresh": codes, "recalled": codes}
    export_graph(model, (ids, mask, ids, *pasts), folder / "lm.onnx", inputs, outputs, axes, as_bytes=True, branches=branches)
