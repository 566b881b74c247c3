"""pack.json: what the studio must know of a pack, and how it was made."""
import hashlib
import subprocess
import time
from pathlib import Path

from training.models import diffusion
from training.text_tokenizer import TEXT_VOCABULARY


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def git_commit():
    result = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            cwd=Path(__file__).parent)
    return result.stdout.strip()


SOURCE = ["begin", "beginImage", {"slot": "image"}, "endImage"]
# An instruction stands before the description it is about, and a plan is written after a second reading (models/sequences.py).
SAID = ["caption", {"slot": "description"}]
DESCRIBED = [*SOURCE, *SAID]
EDIT_WORDS = ["edit", {"slot": "text"}, *SAID]
TEMPLATES = {
    "plan": ["begin", {"slot": "text"}, "plan"],
    "textToImage": ["begin", {"slot": "text"}, "beginImage"],
    "caption": [*SOURCE, "caption"],
    "edit": [*SOURCE, "edit", {"slot": "text"}, "beginImage"],
    "editPlan": ["begin", *EDIT_WORDS, *SAID, "plan"],
    "editFromPlan": [*SOURCE, *EDIT_WORDS, "plan", {"slot": "plan"}, "beginImage"],
    "question": [*DESCRIBED, "question", {"slot": "text"}, "answer"],
}
# One step without guidance knows the most of what stands where (LOG.md, the table of steps): more steps and more guidance lose
# outlines, so Best only keeps the best of several by the model's own reading.
PRESETS = {"best": {"bestOf": 4}}
SPECIAL_NAMES = {"pad": "<pad>", "begin": "<bos>", "end": "<eos>", "beginImage": "<boi>", "endImage": "<eoi>",
                 "caption": "<caption>", "edit": "<edit>", "question": "<question>", "answer": "<answer>", "plan": "<plan>"}


def language_facts():
    """Words and examples that only the world knows; written into the manifest."""
    from training.world import corpus
    return {"canDraw": corpus.can_draw(), "knownWords": corpus.known_words(), "examples": corpus.examples()}


def manifest(folder, models, states, tokenizer, probe, facts, version):
    """models and states: dicts of "codec" and "languageModel", states also of "autoencoder"."""
    codec, model = models["codec"], models["languageModel"]
    config, lm = codec.config, model.config
    files = [{"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
             for path in sorted(folder.rglob("*")) if path.is_file()]
    parameters = {"autoencoder": count(codec.autoencoder.encoder) + count(codec.autoencoder.decoder),
                  "encoder": count(codec.encoder), "decoder": count(codec.decoder), "languageModel": count(model)}
    graphs = {"encoder": "encoder.onnx", "decoder": "decoder.onnx", "lm": "lm.onnx",
              "vaeEncoder": "vae-encoder.onnx", "vaeDecoder": "vae-decoder.onnx"}
    result = {
        "format": 1,
        "name": "scenes-128",
        "version": version,
        "license": "Apache-2.0",
        "description": "Flat illustrations of one to three things on a simple background, 128 x 128 pixels, written in "
                       f"{config.token_count} diffusion timestep tokens. A small model trained from scratch on "
                       "generated scenes; it knows nothing else.",
        "canDraw": facts["canDraw"],
        "examples": facts["examples"],
        "knownWords": facts["knownWords"],
        "image": {"width": config.image_size, "height": config.image_size, "channels": 3, "range": [-1, 1],
                  "space": "latents", "latent": {"channels": config.channels, "width": config.grid, "height": config.grid,
                                                 "scale": 1, "shift": 0}},
        "tokens": {"count": config.token_count, "codebookSize": codec.quantiser.size,
                   "schedule": {"kind": "power", "exponent": diffusion.SCHEDULE_EXPONENT}, "generationOrder": "coarse-to-fine",
                   "keepFromTrained": True},
        "diffusion": {"parameterisation": "x0", "noiseScale": diffusion.NOISE_SCALE, "defaultSteps": 1,
                      "timestepShift": diffusion.TIMESTEP_SHIFT, "defaultGuidance": 1},
        "languageModel": {
            "layers": lm.layers, "keyValueHeads": lm.heads, "headSize": lm.head_size,
            "vocabularySize": lm.vocabulary, "contextLength": lm.context, "imageTokenOffset": TEXT_VOCABULARY,
            "imageTokenIds": "by-position",
            "maxPromptTokens": lm.context - 2 * config.token_count - 16,
            "specialTokens": {name: tokenizer.special[token] for name, token in SPECIAL_NAMES.items()},
            "templates": TEMPLATES,
            "unconditional": ["begin", "beginImage"],
            "defaults": {"temperature": 0.3, "topK": 50, "guidance": 1, "maxTextTokens": 80, "planTemperature": 0.5, "planMinP": 0.3},
        },
        "presets": PRESETS,
        "files": files,
        "graphs": graphs,
        "tokenizer": "tokenizer.json",
        "golden": "golden/golden.json",
        "parameters": parameters,
        "precision": "float16 weights, decoder and language model int8 weights; float32 arithmetic",
        # float32 copies of the weights, plus what one batch of 8 needs while it runs
        "memory": 4 * sum(parameters.values()) + 200 * 2 ** 20,
        "provenance": {
            "recipe": recipe(facts["size"], states),
            "data": "generated scenes (training/world), every image and text made by the repository",
            "seed": states["codec"]["seed"], "commit": git_commit(), "date": time.strftime("%Y-%m-%d"), "scores": [],
        },
    }
    if probe:
        graphs["probe"] = "probe.onnx"
        result["attributes"] = {"graph": "probe", **probe}
    return result


def count(module):
    return sum(p.numel() for p in module.parameters())


def recipe(size, states):
    """One sentence for the card: the stages and what they took."""
    autoencoder, codec, language = states["autoencoder"], states["codec"], states["languageModel"]
    stages = [f"semantic autoencoder {autoencoder['seconds'] / 60:.0f} minutes and {autoencoder['images']} images, whose latents "
              "also name what stands where through a head that the pack does not contain",
              f"codec on its latents {codec['seconds'] / 60:.0f} minutes and {codec['images']} images",
              f"language model {language['seconds'] / 60:.0f} minutes and {language['sequences']} sequences"]
    return f"training/README.md, size {size}: {', '.join(stages)}"
