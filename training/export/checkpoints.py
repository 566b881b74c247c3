"""Finished models: with averaged weights from the checkpoints of a training, or from the graphs of a shipped pack."""
from pathlib import Path

from training.export.storage import encoder_fingerprint, same_fingerprint, weights_of
from training.models.checkpoint import RUNS, load
from training.models.autoencoder import SIZES as AUTOENCODER_SIZES
from training.models.autoencoder import Autoencoder, AutoencoderConfig
from training.models.codec import SIZES as CODEC_SIZES
from training.models.codec import Codec, CodecConfig
from training.models.language_model import LanguageModel, LanguageModelConfig


def load_autoencoder(size):
    """The autoencoder with averaged weights, and the facts of its training."""
    state = load(RUNS / f"autoencoder-{size}" / "last.pt")
    autoencoder = Autoencoder(AutoencoderConfig(**state["config"]))
    autoencoder.load_state_dict({**state["model"], **state["average"]}, strict=True)
    return autoencoder.eval(), state


def load_codec(size):
    """The codec with averaged weights, with the decoders that went on after it, and the facts of its training."""
    state = load(RUNS / f"codec-{size}" / "last.pt")
    codec = Codec(CodecConfig(**state["config"]))
    codec.load_state_dict(state["codec"], strict=True)
    path = RUNS / f"decoders-{size}" / "last.pt"
    if path.exists():
        decoders = load(path)
        if same_fingerprint(decoders["encoder"], encoder_fingerprint(codec)):
            places = {"diffusion.": "decoder.", "pixels.": "autoencoder.decoder."}
            later = {places[f"{name.split('.')[0]}."] + name.split(".", 1)[1]: value
                     for name, value in decoders["average"].items()}
            codec.load_state_dict({**codec.state_dict(), **later}, strict=True)
    return codec.eval(), state


def load_language_model(size):
    state = load(RUNS / f"language-model-{size}" / "last.pt")
    model = LanguageModel(LanguageModelConfig(**state["config"]))
    model.load_state_dict(state["average"], strict=True)
    return model.eval(), state


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
    model.load_state_dict(weights_of(Path(pack) / "lm.onnx"))


def codec_of_pack(pack, size="cpu"):
    """The shipped codec, for a stage that comes after it."""
    codec = Codec(CodecConfig(AUTOENCODER_SIZES[size].as_dict(), **CODEC_SIZES[size]))
    load_codec_weights(codec, pack)
    return codec.eval()
