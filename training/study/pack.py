"""A tokenizer and a language model of the studies as a model pack (docs/pack-format.md), loaded like any other."""
import json
import shutil
import types

import torch

from training.export.goldens import GoldenFolder, clear_images, codec_goldens, language_model_goldens, text_goldens
from training.export.graphs import export_graph, export_language_model
from training.export.manifest import manifest
from training.export.storage import round_to_bytes, round_to_half
from training.export_pack import replace_folder
from training.models import diffusion
from training.study.raster import CODES, cells_of
from training.text_tokenizer import TextTokenizer

VERSION = "0.2.0"
TITLES = {
    "timestep": "diffusion timestep tokens of the shipped pack",
    "raster": "spatial tokens: one for each cell of a raster, written row by row",
}


class EncoderGraph(torch.nn.Module):
    """image -> tokens"""

    def __init__(self, codec):
        super().__init__()
        self.encoder, self.encode = codec.encoder, codec.encode

    def forward(self, image):
        return self.encode(image)


def export_codec(codec, folder):
    """As training/export/graphs.py does it, for codecs of either kind."""
    side, count = codec.config.image_size, codec.config.token_count
    image, tokens = torch.rand(2, 3, side, side) * 2 - 1, torch.zeros(2, count, dtype=torch.int64)
    export_graph(EncoderGraph(codec), (image,), folder / "encoder.onnx", ["image"], ["tokens"],
                 {"image": {0: "batch"}, "tokens": {0: "batch"}})
    names = ["x", "t", "tokens", "visible"]
    export_graph(codec.decoder, (image, torch.rand(2), tokens, tokens == 0), folder / "decoder.onnx", names, ["x0"],
                 {name: {0: "batch"} for name in names + ["x0"]})


@torch.no_grad()
def clear_cells(codec, images, count):
    """The images whose cells stay farthest from the border between two codes: see `clear_images`."""
    best = codec.encoder.scores(cells_of(images, codec.encoder.rows, codec.encoder.columns)).topk(2, dim=-1).values
    return images[(best[..., 0] - best[..., 1]).min(dim=1).values.argsort(descending=True)[:count]]


@torch.no_grad()
def raster_goldens(codec, images, golden):
    """As `codec_goldens`, with every token visible whenever pictures are sampled."""
    vectors = codec_goldens(codec, images, golden)
    noise = torch.randn(images[:1].shape, generator=torch.Generator().manual_seed(11))
    for one in vectors["sampling"]:
        image = diffusion.sample(codec.visible_decoder, codec.encode(images)[:1], noise, one["steps"], one["guidance"])
        golden.store(one["image"]["file"].removesuffix(".bin"), image)
    return vectors


def export(kind, codec, model, states, images, shipped, target):
    """states: {"codec", "languageModel"} of seconds, images, sequences and seed; images [N, 3, H, W]: held-out ones;

    shipped: folder of the pack whose text tokenizer, detector and card texts this one shares.
    """
    folder = target.with_name(f".{target.name}.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    card = json.loads((shipped / "pack.json").read_text())
    round_to_half(codec)
    round_to_bytes(model)
    export_codec(codec, folder)
    export_language_model(model, folder)
    for name in ("tokenizer.json", "probe.onnx"):
        shutil.copy(shipped / name, folder / name)

    golden, tokenizer = GoldenFolder(folder / "golden"), TextTokenizer(shipped / "tokenizer.json")
    chosen = (clear_images if kind == "timestep" else clear_cells)(codec, images, 2)
    special, prompt = tokenizer.special, max(card["examples"]["prompts"], key=len)
    prefixes = [[special["<bos>"], *tokenizer.encode(prompt), special["<boi>"]], [special["<bos>"], special["<boi>"]]]
    order = "coarse-to-fine" if kind == "timestep" else "fine-to-coarse"
    written = language_model_goldens(model, special, prefixes, codec.config.token_count, golden)
    written["greedy"]["order"] = order
    vectors = {"format": 1, "tolerance": 1e-3, **(codec_goldens if kind == "timestep" else raster_goldens)(codec, chosen, golden),
               "languageModel": {"prompts": [prompt, ""], **written}, "text": text_goldens(tokenizer, card["examples"])}
    (folder / "golden" / "golden.json").write_text(json.dumps(vectors, indent=1) + "\n")

    # The manifest asks a codec for these and its number of codes, which the raster has no quantiser for.
    described = types.SimpleNamespace(encoder=codec.encoder, decoder=codec.decoder, config=codec.config,
                                      quantiser=types.SimpleNamespace(size=CODES))
    probe = {name: value for name, value in card["attributes"].items() if name != "graph"}
    facts = {"size": "study", "knownWords": card["knownWords"], "examples": {"prompts": [], "instructions": [], "questions": []},
             "canDraw": ["Backgrounds, and hardly more: it is for comparing tokens, not for drawing."]}
    pack = manifest(folder, {"codec": described, "languageModel": model}, states, tokenizer, probe, facts, VERSION)
    pack.update(name=f"study-{kind}", description=f"One side of a comparison in docs/findings.md: {TITLES[kind]}, with a small "
                f"language model trained like its counterpart's. {CODES} codes, {codec.config.token_count} tokens.")
    pack["purpose"] = "study"
    pack["tokens"].update(schedule=codec.schedule, generationOrder=order, keepFromTrained=kind == "timestep")
    pack["languageModel"]["defaults"].update(temperature=0.5, guidance=1)
    tokens = {"timestep": f"tokens of {card['name']} {card['version']}", "raster": "codebook by k-means"}[kind]
    codec_recipe = f"{tokens}, decoder {states['codec']['images']} images"
    pack["provenance"]["recipe"] = (f"training/study/spatial.py: {codec_recipe}; language model "
                                    f"{states['languageModel']['sequences']} sequences")
    (folder / "pack.json").write_text(json.dumps(pack, indent=1, ensure_ascii=False) + "\n")
    replace_folder(folder, target)
