"""Finished models: with averaged weights from the checkpoints of a training, or from the graphs of a shipped pack."""
from pathlib import Path

from training.export.storage import weights_of
from training.models.checkpoint import RUNS, load
from training.models.autoencoder import Autoencoder, AutoencoderConfig
from training.models.codec import Codec, CodecConfig
from training.models.language_model import LanguageModel, LanguageModelConfig


def load_autoencoder(size):
    """The autoencoder with averaged weights, and the facts of its training."""
    state = load(RUNS / f"autoencoder-{size}" / "last.pt")
    autoencoder = Autoencoder(AutoencoderConfig(**state["config"]))
    autoencoder.load_state_dict({**state["model"], **state["average"]}, strict=True)
    return autoencoder.eval(), state


def load_codec(size):
    """The codec with averaged weights, and the facts of its training."""
    state = load(RUNS / f"codec-{size}" / "last.pt")
    codec = Codec(CodecConfig(**state["config"]))
    codec.load_state_dict(state["codec"], strict=True)
    return codec.eval(), state


def load_language_model(size):
    state = load(RUNS / f"language-model-{size}" / "last.pt")
    model = LanguageModel(LanguageModelConfig(**state["config"]))
    model.load_state_dict(state["average"], strict=True)
    return model.eval(), state


def load_codec_weights(codec, pack):
    weights = {**weights_of(Path(pack) / "encoder.onnx"), **weights_of(Path(pack) / "decoder.onnx")}
    missing, unknown = codec.load_state_dict(weights, strict=False)
    if unknown or any(not name.startswith("reading.") for name in missing):  # the reading stays out of packs
        raise ValueError(f"{pack} holds another codec: missing {missing}, unknown {unknown}")


def load_language_model_weights(model, pack):
    model.load_state_dict(weights_of(Path(pack) / "lm.onnx"))


def codec_of_pack(pack, config):
    """The shipped codec, for a stage that comes after it. config: CodecConfig."""
    codec = Codec(config)
    load_codec_weights(codec, pack)
    return codec.eval()
