"""Finished models: with averaged weights from the checkpoints of a training, or from the graphs of a shipped pack."""
from pathlib import Path

import torch

from training.export.storage import encoder_fingerprint, same_fingerprint, weights_of
from training.models.checkpoint import RUNS, load
from training.models.autoencoder import SIZES as AUTOENCODER_SIZES
from training.models.autoencoder import Autoencoder, AutoencoderConfig
from training.models.codec import SIZES as CODEC_SIZES
from training.models.codec import Codec, CodecConfig
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.models.phrases import PhraseReader


def load_autoencoder(size):
    """The autoencoder with averaged weights, and the facts of its training."""
    state = load(RUNS / f"autoencoder-{size}" / "last.pt")
    autoencoder = Autoencoder(AutoencoderConfig(**state["config"]))
    autoencoder.load_state_dict({**state["model"], **state["average"]}, strict=True)
    return autoencoder.eval(), state


# What the end-to-end training goes on with, and where it lies in the codec.
LATER_PARTS = {"encoder": "encoder", "diffusion": "decoder", "pixels": "autoencoder.decoder"}


def later_parts(codec):
    """The parts of the end-to-end training under one roof, for averages and checkpoints."""
    return torch.nn.ModuleDict({name: codec.get_submodule(place) for name, place in LATER_PARTS.items()})


def load_codec(size, later=True):
    """The codec with averaged weights, and the facts of its training. `later`: with what the end-to-end training made of it."""
    state = load(RUNS / f"codec-{size}" / "last.pt")
    codec = Codec(CodecConfig(**state["config"]))
    codec.load_state_dict(state["codec"], strict=True)
    path = RUNS / f"end-to-end-{size}" / "last.pt"
    if later and path.exists():
        trained = load(path)
        if same_fingerprint(trained["start"], encoder_fingerprint(codec)):
            later_parts(codec).load_state_dict({**later_parts(codec).state_dict(), **trained["average"]}, strict=True)
    return codec.eval(), state


def load_language_model(size, reinforced=False):
    """With averaged weights, and the facts of its training. `reinforced`: what train_reinforced.py made of it."""
    state = load(RUNS / f"{'reinforced' if reinforced else 'language-model'}-{size}" / "last.pt")
    model = LanguageModel(LanguageModelConfig(**state["config"]))
    model.load_state_dict(state["average"], strict=True)
    return model.eval(), state


def load_phrases(size):
    """The reader of phrases with averaged weights."""
    state = load(RUNS / f"phrases-{size}" / "last.pt")
    reader = PhraseReader.of(LanguageModelConfig(**state["config"]))
    reader.load_state_dict(state["average"], strict=True)
    return reader.eval(), state


def load_codec_weights(codec, pack):
    """The naming head stays as it is: packs do not hold it."""
    weights = {name: weight for graph in ("encoder", "vae-decoder", "decoder")
               for name, weight in weights_of(Path(pack) / f"{graph}.onnx").items()}
    missing, unknown = codec.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.startswith("autoencoder.naming.")
               and not name.endswith("num_batches_tracked")]
    if unknown or missing:
        raise ValueError(f"{pack} holds another codec: missing {missing}, unknown {unknown}")


def load_language_model_weights(model, pack):
    weights = weights_of(Path(pack) / "lm.onnx")
    # Packs up to 0.11.0 were trained without a mark on what comes again.
    weights.setdefault("named", torch.zeros_like(model.named))
    model.load_state_dict(weights)


def codec_of_pack(pack, size="cpu"):
    """The shipped codec, for a stage that comes after it."""
    codec = Codec(CodecConfig(AUTOENCODER_SIZES[size].as_dict(), **CODEC_SIZES[size]))
    load_codec_weights(codec, pack)
    return codec.eval()
