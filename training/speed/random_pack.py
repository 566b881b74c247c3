"""A pack of as many gigabytes as asked for, with random weights and the shapes of D-AR: what opening, cancelling and unloading one costs.

    python3 -m training.speed.random_pack --gigabytes 4.5 --out pack
    npm run tools -- pack-opening pack

The weights lie beside the graphs, half of them the decoder's and half the language model's; all of them take part in every answer.
"""
import argparse
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper

from training.convert.dar import write_tokenizer
from training.convert.dar_modules import SPECIAL
from training.convert.pack_folder import provenance, unfinished, write_manifest

SIDE, PATCH, TOKENS, CODES, CLASSES = 256, 32, 256, 1024, 1000
WIDTH, MODEL_WIDTH = 2048, 512
CELLS, PIXELS = (SIDE // PATCH) ** 2, 3 * PATCH * PATCH
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


class Weights:
    """Tensors of one graph, in a file beside it."""

    def __init__(self, path, random):
        self.path, self.random, self.at, self.tensors = path, random, 0, []

    def normal(self, name, *shape):
        values = self.random.standard_normal(shape, dtype=numpy.float32)
        values *= shape[0] ** -0.5
        with open(self.path, "ab") as file:
            file.write(values.tobytes())
        tensor = TensorProto(name=name, data_type=FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", self.path.name), ("offset", self.at), ("length", values.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        self.at += values.nbytes
        self.tensors.append(tensor)
        return name

    def whole(self, name, *values):
        self.tensors.append(helper.make_tensor(name, INT64, [len(values)], values))
        return name


def chain(weights, nodes, name, width, most):
    """Square matrices behind `name`, each with a bend, until `most` bytes are used -> name of the last answer"""
    for layer in range(max(1, (most - weights.at) // (4 * width * width))):
        weights.normal(f"layer {layer}", width, width)
        nodes += [helper.make_node("MatMul", [name, f"layer {layer}"], [f"sum {layer}"]), helper.make_node("Tanh", [f"sum {layer}"], [f"bent {layer}"])]
        name = f"bent {layer}"
    return name


def port(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, ["batch", *shape])


def save(folder, name, nodes, inputs, outputs, weights):
    graph = helper.make_graph(nodes, name, inputs, outputs, weights.tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / f"{name}.onnx")


def encoder(folder, random):
    weights = Weights(folder / "encoder.onnx.data", random)
    nodes = [helper.make_node("AveragePool", ["image"], ["small"], kernel_shape=[PATCH, PATCH], strides=[PATCH, PATCH]),
             helper.make_node("Flatten", ["small"], ["flat"]),
             helper.make_node("MatMul", ["flat", weights.normal("scores", 3 * CELLS, TOKENS * CODES)], ["scored"]),
             helper.make_node("Reshape", ["scored", weights.whole("shape", -1, TOKENS, CODES)], ["of each"]),
             helper.make_node("ArgMax", ["of each"], ["tokens"], axis=2, keepdims=0)]
    save(folder, "encoder", nodes, [port("image", FLOAT, 3, SIDE, SIDE)], [port("tokens", INT64, TOKENS)], weights)
    return weights.at


def decoder(folder, random, most):
    weights = Weights(folder / "decoder.onnx.data", random)
    cells = SIDE // PATCH
    nodes = [helper.make_node("Gather", [weights.normal("codes", CODES, WIDTH), "tokens"], ["read"]),
             helper.make_node("Cast", ["visible"], ["seen"], to=FLOAT),
             helper.make_node("Unsqueeze", ["seen", weights.whole("last", 2)], ["mask"]),
             helper.make_node("Mul", ["read", "mask"], ["known"]),
             helper.make_node("ReduceMean", ["known"], ["condition"], axes=[1]),
             helper.make_node("Unsqueeze", ["t", weights.whole("columns", 1, 2)], ["time"]),
             helper.make_node("Reshape", ["x", weights.whole("apart", -1, 3, cells, PATCH, cells, PATCH)], ["patches"]),
             helper.make_node("Transpose", ["patches"], ["in order"], perm=[0, 2, 4, 1, 3, 5]),
             helper.make_node("Reshape", ["in order", weights.whole("rows", -1, CELLS, PIXELS)], ["pixels"]),
             helper.make_node("MatMul", ["pixels", weights.normal("in", PIXELS, WIDTH)], ["wide"]),
             helper.make_node("Add", ["wide", "condition"], ["told"]), helper.make_node("Add", ["told", "time"], ["start"])]
    out = weights.normal("out", WIDTH, PIXELS)
    last = chain(weights, nodes, "start", WIDTH, most)
    nodes += [helper.make_node("MatMul", [last, out], ["answer"]),
              helper.make_node("Reshape", ["answer", weights.whole("tiles", -1, cells, cells, 3, PATCH, PATCH)], ["tiled"]),
              helper.make_node("Transpose", ["tiled"], ["side by side"], perm=[0, 3, 1, 4, 2, 5]),
              helper.make_node("Reshape", ["side by side", weights.whole("picture", -1, 3, SIDE, SIDE)], ["velocity"])]
    inputs = [port("x", FLOAT, 3, SIDE, SIDE), port("t", FLOAT), port("tokens", INT64, TOKENS), port("visible", BOOL, TOKENS)]
    save(folder, "decoder", nodes, inputs, [port("velocity", FLOAT, 3, SIDE, SIDE)], weights)
    return weights.at


def language_model(folder, random, most):
    """One layer's cache of what was read: the mean of it has a say in what comes next."""
    weights = Weights(folder / "lm.onnx.data", random)
    vocabulary = len(SPECIAL) + CLASSES + CODES
    cache = [f"{past}.0.{part}" for past in ("past_key_values", "present") for part in ("key", "value")]
    nodes = [helper.make_node("Gather", [weights.normal("embedding", vocabulary, MODEL_WIDTH), "input_ids"], ["read"]),
             helper.make_node("Unsqueeze", ["read", weights.whole("heads", 1)], ["added"]),
             helper.make_node("Concat", [cache[0], "added"], [cache[2]], axis=2), helper.make_node("Concat", [cache[1], "added"], [cache[3]], axis=2),
             helper.make_node("Cast", ["attention_mask"], ["seen"], to=FLOAT),
             helper.make_node("Unsqueeze", ["seen", weights.whole("around", 1, 3)], ["mask"]),
             helper.make_node("Mul", [cache[2], "mask"], ["known"]),
             helper.make_node("ReduceMean", ["known"], ["mean"], axes=[1, 2], keepdims=0),
             helper.make_node("Unsqueeze", ["mean", "heads"], ["state"]),
             helper.make_node("MatMul", ["state", weights.normal("in", MODEL_WIDTH, WIDTH)], ["start"])]
    head = weights.normal("head", WIDTH, vocabulary)
    last = chain(weights, nodes, "start", WIDTH, most)
    nodes.append(helper.make_node("MatMul", [last, head], ["logits"]))
    inputs = [port("input_ids", INT64, "length"), port("attention_mask", INT64, "total"), *(port(name, FLOAT, 1, "past", MODEL_WIDTH) for name in cache[:2])]
    save(folder, "lm", nodes, inputs, [port("logits", FLOAT, 1, vocabulary), *(port(name, FLOAT, 1, "total", MODEL_WIDTH) for name in cache[2:])], weights)
    return weights.at, vocabulary


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=4.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", required=True, help="folder of the pack, which must not be there yet")
    arguments = parser.parse_args(argv)
    random, most = numpy.random.default_rng(arguments.seed), int(arguments.gigabytes * 1e9)
    with unfinished(arguments.out) as folder:
        used = encoder(folder, random)
        drawing = decoder(folder, random, (most - used) // 2)
        writing, vocabulary = language_model(folder, random, most - used - drawing)
        names = [f"class {index}" for index in range(CLASSES)]
        write_tokenizer(folder, names)
        write_manifest(
            folder, name="random-large", version="1.0.0", license="Apache-2.0", description="Random weights: draws noise, for measurements.",
            image={"width": SIDE, "height": SIDE, "channels": 3, "range": [-1, 1], "space": "pixels"},
            tokens={"count": TOKENS, "codebookSize": CODES, "schedule": {"kind": "all"}, "generationOrder": "coarse-to-fine", "keepFromTrained": False,
                    "withoutTokensTrained": False},
            diffusion={"parameterisation": "velocity", "noiseScale": 1, "defaultSteps": 1, "timestepShift": 1, "defaultGuidance": 1},
            limits={"rows": 2, "positions": 4}, examples={"prompts": names[:3], "instructions": [], "questions": []}, classNames=names,
            languageModel={
                "layers": 1, "keyValueHeads": 1, "headSize": MODEL_WIDTH, "vocabularySize": vocabulary, "contextLength": 1 + TOKENS,
                "imageTokenOffset": len(SPECIAL) + CLASSES, "maxPromptTokens": 1, "specialTokens": SPECIAL,
                "templates": {"textToImage": [{"slot": "text"}]}, "unconditional": ["begin"],
                "defaults": {"temperature": 1, "topK": 0, "guidance": 1, "maxTextTokens": 1}},
            parameters={"decoder": drawing // 4, "languageModel": writing // 4}, precision="float32",
            provenance=provenance("random weights by training/speed/random_pack.py"))
    size = sum(path.stat().st_size for path in Path(arguments.out).iterdir())
    print(f"{arguments.out} is a pack of {size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
