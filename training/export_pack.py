"""Writes the model pack: ONNX graphs, tokenizer, golden vectors and pack.json.

    python3 -m training.export_pack resources/packs/scenes-128

Weights are stored as float16 under their training names (so that training can start again from a pack, see
`load_codec_weights`) and cast to float32, the precision of all arithmetic. The golden vectors are computed here in
PyTorch with the rounded weights: what is tested is what is shipped.
"""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.models import diffusion
from training.models.checkpoint import RUNS
from training.models.codec import Codec, CodecConfig
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.text_tokenizer import TEXT_VOCABULARY, TextTokenizer

OPSET = 16  # at 17 torch 1.13 writes an invalid LayerNormalization


# ---------------------------------------------------------------------------------------------- checkpoints

def load_codec(size):
    """The codec with averaged weights, and the facts of its training."""
    state = torch.load(RUNS / f"codec-{size}" / "last.pt", map_location="cpu")
    codec = Codec(CodecConfig(**state["config"]))
    codec.load_state_dict(state["average"], strict=True)
    return codec.eval(), state


def load_language_model(size):
    state = torch.load(RUNS / f"language-model-{size}" / "last.pt", map_location="cpu")
    model = LanguageModel(LanguageModelConfig(**state["config"]))
    model.load_state_dict(state["average"], strict=True)
    return model.eval(), state


def round_to_half(model):
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.half().float())


def weights_of(graph_path):
    """Training name -> float32 tensor, from the initialisers of a shipped graph."""
    return {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).astype(numpy.float32))
            for tensor in onnx.load(graph_path).graph.initializer if tensor.data_type == TensorProto.FLOAT16}


def load_codec_weights(codec, pack):
    weights = {**weights_of(Path(pack) / "encoder.onnx"), **weights_of(Path(pack) / "decoder.onnx")}
    missing, unknown = codec.load_state_dict(weights, strict=False)
    if unknown or any(not name.startswith("reading.") for name in missing):  # the reading stays out of packs
        raise ValueError(f"{pack} holds another codec: missing {missing}, unknown {unknown}")


def load_language_model_weights(model, pack):
    model.load_state_dict(weights_of(Path(pack) / "lm.onnx"))


# --------------------------------------------------------------------------------------------------- graphs

class EncoderGraph(nn.Module):
    """image [B, 3, H, W] -> tokens [B, K]. Attribute names keep the codec's weight names."""

    def __init__(self, codec):
        super().__init__()
        self.encoder, self.quantiser = codec.encoder, codec.quantiser

    def forward(self, image):
        return self.quantiser.to_index(self.encoder(image))


class DecoderGraph(nn.Module):
    def __init__(self, codec):
        super().__init__()
        self.decoder = codec.decoder

    def forward(self, x, t, tokens, visible):
        return self.decoder(x, t, tokens, visible)


def export_graph(module, inputs, path, input_names, output_names, dynamic_axes):
    # Without constant folding the initialisers keep their training names; onnxruntime folds when it loads.
    torch.onnx.export(module, inputs, str(path), input_names=input_names, output_names=output_names,
                      dynamic_axes=dynamic_axes, opset_version=OPSET, do_constant_folding=False)
    graph_file = onnx.load(str(path))
    parameters = {name for name, _ in module.named_parameters()}
    store_as_half(graph_file.graph, parameters)
    onnx.checker.check_model(graph_file)
    onnx.save(graph_file, str(path))


def store_as_half(graph, parameters):
    """Replaces each float32 parameter by a float16 initialiser of the same name and a Cast back to float32."""
    casts, renamed = [], {}
    for index, tensor in enumerate(graph.initializer):
        if tensor.name in parameters and tensor.data_type == TensorProto.FLOAT:
            half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(numpy.float16), tensor.name)
            graph.initializer[index].CopyFrom(half)
            renamed[tensor.name] = f"{tensor.name}.float32"
            casts.append(helper.make_node("Cast", [tensor.name], [renamed[tensor.name]], to=TensorProto.FLOAT))
    missing = parameters - set(renamed)
    assert not missing, f"parameters that are not initialisers of the graph: {sorted(missing)}"
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in renamed:
                node.input[position] = renamed[name]
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)


def export_codec(codec, folder):
    config = codec.config
    image = torch.rand(2, 3, config.image_size, config.image_size) * 2 - 1
    export_graph(EncoderGraph(codec), (image,), folder / "encoder.onnx", ["image"], ["tokens"],
                 {"image": {0: "batch"}, "tokens": {0: "batch"}})
    tokens = torch.zeros(2, config.token_count, dtype=torch.int64)
    names = ["x", "t", "tokens", "visible"]
    export_graph(DecoderGraph(codec), (image, torch.rand(2), tokens, tokens == 0), folder / "decoder.onnx",
                 names, ["x0"], {name: {0: "batch"} for name in names + ["x0"]})


def export_language_model(model, folder):
    batch, past, length = 2, 3, 4
    config = model.config
    shape = (batch, config.heads, past, config.head_size)
    pasts = [torch.rand(shape) for _ in range(2 * config.blocks)]
    names = ["input_ids", "attention_mask", "position_ids"]
    slots = [f"{index}.{part}" for index in range(config.blocks) for part in ("key", "value")]
    inputs = names + [f"past_key_values.{slot}" for slot in slots]
    outputs = ["logits"] + [f"present.{slot}" for slot in slots]
    axes = {"input_ids": {0: "batch", 1: "length"}, "position_ids": {0: "batch", 1: "length"},
            "attention_mask": {0: "batch", 1: "total"}, "logits": {0: "batch", 1: "length"}}
    axes.update({name: {0: "batch", 2: "past"} for name in inputs[3:]})
    axes.update({name: {0: "batch", 2: "total"} for name in outputs[1:]})
    ids = torch.ones(batch, length, dtype=torch.int64)
    mask = torch.ones(batch, past + length, dtype=torch.int64)
    export_graph(model, (ids, mask, ids, *pasts), folder / "lm.onnx", inputs, outputs, axes)


# ------------------------------------------------------------------------------------------- golden vectors

class GoldenFolder:
    """Raw little-endian tensors and the JSON that describes them."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def store(self, name, tensor):
        array = tensor.detach().numpy()
        kinds = {"float32": "<f4", "int64": "<i8", "bool": "u1"}
        path = self.folder / f"{name}.bin"
        path.write_bytes(array.astype(kinds[str(array.dtype)]).tobytes())
        return {"file": path.name, "type": str(array.dtype), "shape": list(array.shape)}


@torch.no_grad()
def clear_images(codec, images, count):
    """The `count` images whose encoder values stay farthest from a rounding border: their tokens are not a matter
    of the last bit."""
    grid = codec.quantiser.grid(codec.encoder(images))
    margin = (0.5 - (grid - grid.round()).abs()).flatten(1).min(dim=1).values
    return images[margin.argsort(descending=True)[:count]]


@torch.no_grad()
def codec_goldens(codec, images, golden):
    """images [2, 3, H, W]"""
    generator = torch.Generator().manual_seed(11)
    tokens = codec.encode(images)
    noise = torch.randn(images[:1].shape, generator=generator)
    t = torch.tensor([0.3, 0.85])
    visible = diffusion.visibility(t, codec.config.token_count)
    visible[1, :5] = False
    x = diffusion.add_noise(images, noise.expand_as(images), t)
    stored_noise = golden.store("noise", noise)
    result = {
        "encoder": {"image": golden.store("images", images), "tokens": golden.store("tokens", tokens)},
        "decoder": {"x": golden.store("decoder-x", x), "t": golden.store("decoder-t", t),
                    "tokens": golden.store("decoder-tokens", tokens),
                    "visible": golden.store("decoder-visible", visible),
                    "x0": golden.store("decoder-x0", codec.decoder(x, t, tokens, visible))},
        "sampling": []}
    for name, steps, guidance in (("plain", 8, 1.0), ("guided", 6, 2.0)):
        image = diffusion.sample(codec.decoder, tokens[:1], noise, steps, guidance)
        result["sampling"].append({
            "tokens": golden.store(f"sampling-{name}-tokens", tokens[:1]), "noise": stored_noise, "steps": steps,
            "guidance": guidance, "image": golden.store(f"sampling-{name}-image", image)})
    return result


@torch.no_grad()
def language_model_goldens(model, special, prefixes, token_count, golden):
    """prefixes: two lists of ids of different lengths, each up to <boi>; run as one left-padded batch."""
    length = max(map(len, prefixes))
    ids = torch.tensor([[special["<pad>"]] * (length - len(p)) + p for p in prefixes])
    mask = torch.tensor([[0] * (length - len(p)) + [1] * len(p) for p in prefixes])
    position = (mask.cumsum(1) - 1).clamp(min=0)
    past = model.empty_past(2)
    prefill = {name: golden.store(f"lm-{name}", tensor)
               for name, tensor in (("input_ids", ids), ("attention_mask", mask), ("position_ids", position))}
    logits, written, cached = None, [], []
    for step in range(token_count):
        logits, *past = model(ids, mask, position, *past)
        last = logits[:, -1]
        if step == 0:
            prefill["logits"] = golden.store("lm-logits", last)
        elif step in (1, 2, token_count - 1):
            cached.append({"step": step, "logits": golden.store(f"lm-logits-step-{step}", last)})
        choice = last[:, TEXT_VOCABULARY:].argmax(dim=1)  # only image tokens are legal here
        written.append(choice)
        ids = (choice + TEXT_VOCABULARY)[:, None]
        mask = torch.cat([mask, torch.ones(2, 1, dtype=torch.int64)], dim=1)
        position = mask.sum(dim=1, keepdim=True) - 1
    return {"prefill": prefill, "cached": cached,
            "greedy": {"order": "coarse-to-fine", "imageTokens": golden.store("lm-greedy", torch.stack(written, 1))}}


# ---------------------------------------------------------------------------------------------------- pack

def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def git_commit():
    result = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            cwd=Path(__file__).parent)
    return result.stdout.strip()


def replace_folder(new, target):
    """Readers see the old pack or the new one, never half of each."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.rename(target, old)
    os.rename(new, target)
    shutil.rmtree(old, ignore_errors=True)


TEMPLATES = {
    "textToImage": ["begin", {"slot": "text"}, "beginImage"],
    "caption": ["begin", "beginImage", {"slot": "image"}, "endImage", "caption"],
    "edit": ["begin", "beginImage", {"slot": "image"}, "endImage", "edit", {"slot": "text"}, "beginImage"],
    "question": ["begin", "beginImage", {"slot": "image"}, "endImage", "question", {"slot": "text"}, "answer"],
}
SPECIAL_NAMES = {"pad": "<pad>", "begin": "<bos>", "end": "<eos>", "beginImage": "<boi>", "endImage": "<eoi>",
                 "caption": "<caption>", "edit": "<edit>", "question": "<question>", "answer": "<answer>"}


def language_facts():
    """Words and examples that only the world knows; written into the manifest."""
    from training.world import corpus
    return {"canDraw": corpus.can_draw(), "knownWords": corpus.known_words(), "examples": corpus.examples()}


def manifest(folder, codec, codec_state, model, model_state, tokenizer, probe, facts, version):
    config, lm = codec.config, model.config
    files = [{"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
             for path in sorted(folder.rglob("*")) if path.is_file()]
    parameters = {"encoder": count(codec.encoder), "decoder": count(codec.decoder), "languageModel": count(model)}
    graphs = {"encoder": "encoder.onnx", "decoder": "decoder.onnx", "lm": "lm.onnx"}
    result = {
        "format": 1,
        "name": "scenes-128",
        "version": version,
        "license": "Apache-2.0",
        "description": "Flat illustrations of one to four things on a simple background, 128 x 128 pixels, written in "
                       f"{config.token_count} diffusion timestep tokens. A small model trained from scratch on "
                       "generated scenes; it knows nothing else.",
        "canDraw": facts["canDraw"],
        "examples": facts["examples"],
        "knownWords": facts["knownWords"],
        "image": {"width": config.image_size, "height": config.image_size, "channels": 3, "range": [-1, 1],
                  "space": "pixels"},
        "tokens": {"count": config.token_count, "codebookSize": codec.quantiser.size,
                   "schedule": {"kind": "power", "exponent": diffusion.SCHEDULE_EXPONENT}, "generationOrder": "coarse-to-fine",
                   "keepFromTrained": True},
        "diffusion": {"parameterisation": "x0", "noiseScale": diffusion.NOISE_SCALE, "defaultSteps": 16,
                      "timestepShift": 1, "defaultGuidance": 1},
        "languageModel": {
            "layers": lm.blocks, "keyValueHeads": lm.heads, "headSize": lm.head_size,
            "vocabularySize": lm.vocabulary, "contextLength": lm.context, "imageTokenOffset": TEXT_VOCABULARY,
            "maxPromptTokens": lm.context - 2 * config.token_count - 16,
            "specialTokens": {name: tokenizer.special[token] for name, token in SPECIAL_NAMES.items()},
            "templates": TEMPLATES,
            "unconditional": ["begin", "beginImage"],
            "defaults": {"temperature": 0.4, "topK": 50, "guidance": 4, "maxTextTokens": 80},
        },
        "files": files,
        "graphs": graphs,
        "tokenizer": "tokenizer.json",
        "golden": "golden/golden.json",
        "parameters": parameters,
        "precision": "float16 weights, float32 arithmetic",
        # float32 copies of the weights, plus what one batch of 8 needs while it runs
        "memory": 4 * sum(parameters.values()) + 200 * 2 ** 20,
        "provenance": {
            "recipe": f"training/README.md, size {facts['size']}: codec {codec_state['seconds'] / 60:.0f} minutes and "
                      f"{codec_state['images']} images, language model {model_state['seconds'] / 60:.0f} minutes and "
                      f"{model_state['sequences']} sequences",
            "data": "generated scenes (training/world), every image and text made by the repository",
            "seed": codec_state["seed"], "commit": git_commit(), "date": time.strftime("%Y-%m-%d"), "scores": [],
        },
    }
    if probe:
        graphs["probe"] = "probe.onnx"
        result["attributes"] = {"graph": "probe", **probe}
    return result


def count(module):
    return sum(p.numel() for p in module.parameters())


def copy_probe(folder):
    """The detector of train_detector.py, when it has been trained: attribute names and labels for the manifest."""
    source = RUNS / "detector"
    if not (source / "probe.onnx").exists() or not (source / "probe.json").exists():
        return None
    shutil.copy(source / "probe.onnx", folder / "probe.onnx")
    return json.loads((source / "probe.json").read_text())


def text_goldens(tokenizer, facts):
    """About forty texts: the grammar's own, unknown words, other scripts, odd spacing."""
    odd = ["", " ", "A  Red\tcircle \n", "it's 3 o'clock", "naïve café", "日本語のテキスト", "emoji 🎨🚀 here", "ÄÖÜ ß",
           "x" * 40, "don't you'll we've", "50% of 7.5", "a_b-c/d", "??!!", "привет мир", "tab\tand\nnewline", "10²½"]
    texts = [*facts["prompts"][:10], *facts["instructions"][:8], *facts["questions"][:8], *odd]
    return [{"text": text, "ids": tokenizer.encode(text)} for text in texts]


def export_pack(codec, codec_state, model, model_state, tokenizer_path, facts, images, target, version):
    """facts: canDraw, examples, knownWords, size; images: held-out [N, 3, H, W] to choose golden images from."""
    target = Path(target).resolve()
    folder = target.with_name(f".{target.name}.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = TextTokenizer(tokenizer_path)
    round_to_half(codec)
    round_to_half(model)

    export_codec(codec, folder)
    export_language_model(model, folder)
    shutil.copy(tokenizer_path, folder / "tokenizer.json")
    probe = copy_probe(folder)

    golden = GoldenFolder(folder / "golden")
    prompts = facts["examples"]["prompts"]
    prompt = max(prompts, key=len)
    special = tokenizer.special
    prefixes = [[special["<bos>"], *tokenizer.encode(prompt), special["<boi>"]], [special["<bos>"], special["<boi>"]]]
    vectors = {
        "format": 1,
        "tolerance": 1e-3,
        **codec_goldens(codec, clear_images(codec, images, 2), golden),
        "languageModel": {"prompts": [prompt, ""], **language_model_goldens(
            model, special, prefixes, codec.config.token_count, golden)},
        "text": text_goldens(tokenizer, facts["examples"]),
    }
    (folder / "golden" / "golden.json").write_text(json.dumps(vectors, indent=1) + "\n")
    pack = manifest(folder, codec, codec_state, model, model_state, tokenizer, probe, facts, version)
    (folder / "pack.json").write_text(json.dumps(pack, indent=1, ensure_ascii=False) + "\n")
    replace_folder(folder, target)
    total = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {total / 2 ** 20:.1f} MiB, parameters {pack['parameters']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="resources/packs/scenes-128")
    parser.add_argument("--size", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--version", default="0.1.0")
    arguments = parser.parse_args()
    from training.world.render import render
    from training.world.scene import generator_for, sample_batch

    torch.set_num_threads(2)
    codec, codec_state = load_codec(arguments.size)
    model, model_state = load_language_model(arguments.size)
    facts = {"size": arguments.size, **language_facts()}
    images = render(sample_batch(64, generator_for("test", 0)))
    export_pack(codec, codec_state, model, model_state, RUNS / "text" / "tokenizer.json", facts, images,
                arguments.target, arguments.version)


if __name__ == "__main__":
    main()
