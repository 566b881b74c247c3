"""Selftok's modules (arXiv 2505.07538), from the user's own checkout of github.com/selftok-team/SelftokTokenizer: built, filled, made ready
for a graph. Nothing of that repository is part of this one; names of its files stand where something follows them.
"""
import contextlib
import copy
import importlib.util
import sys
import types
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from training.convert.checkpoint_file import WrongCheckpoint, load_strictly, read_weights

# What their package imports on the way and what turns pictures into tokens and back never calls.
NEVER_CALLED = {"transformers": ("CLIPTokenizer", "T5TokenizerFast"), "easydict": ("EasyDict",)}
# Of training alone: times of the loss, and averaged weights, which their own pipeline leaves aside too.
OF_TRAINING, AVERAGED = ("diffusion.",), ("ema_state_dict",)


@contextlib.contextmanager
def stand_ins():
    """Empty modules in the place of those in NEVER_CALLED that are not installed, for as long as something is imported."""
    missing = [name for name in NEVER_CALLED if name not in sys.modules and importlib.util.find_spec(name) is None]
    for name in missing:
        sys.modules[name] = types.ModuleType(name)
        for member in NEVER_CALLED[name]:
            setattr(sys.modules[name], member, object)
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


@contextlib.contextmanager
def without_cuda():
    """Their code moves tensors to CUDA whatever there is (sd3/rectified_flow.py, sd3/mmdit.py); here they stay where they are."""
    moved = torch.Tensor.cuda
    torch.Tensor.cuda = lambda tensor, *_, **__: tensor
    try:
        yield
    finally:
        torch.Tensor.cuda = moved


def official(checkout):
    """Their classes, by what they are for. Raises WrongCheckpoint where `checkout` is no checkout of theirs."""
    checkout = Path(checkout)
    if not (checkout / "mimogpt" / "models" / "selftok" / "image_tokenizer.py").is_file():
        raise WrongCheckpoint(f"{checkout} is no checkout of SelftokTokenizer: mimogpt/models/selftok/image_tokenizer.py is missing.")
    sys.path.insert(0, str(checkout.resolve()))
    with stand_ins():
        from mimogpt.models.selftok import model_zoo
        from mimogpt.models.selftok.image_renderer import ImageRenderer
        from mimogpt.models.selftok.image_tokenizer import ImageTokenizer
        from mimogpt.models.selftok.sd3.rectified_flow import RectifiedFlow
        from mimogpt.models.selftok.sd3.sd3_impls import SD3LatentFormat, VAEDecoder, VAEEncoder
    return SimpleNamespace(tokenizer=ImageTokenizer, renderer=ImageRenderer, flow=RectifiedFlow, latents=SD3LatentFormat(),
                           vae_encoder=VAEEncoder, vae_decoder=VAEDecoder, zoo=model_zoo)


class OnMeta(TorchFunctionMode):
    """Whatever is made within has a shape and no memory, also where its device is named; a single value of it reads as 0."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function in _device_constructors():
            kwargs["device"] = "meta"
        if function is torch.Tensor.item and args[0].is_meta:
            return 0.0
        return function(*args, **kwargs)


def read_params(path, renders=False):
    """The section `tokenizer.params` of one of their yaml files (configs/), of a tokenizer or, with `renders`, of a renderer. Raises
    WrongCheckpoint by the name of what would make another model of it than those that were published."""
    import yaml
    try:
        params = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["tokenizer"]["params"]
        encoder, decoder, schedule = (params[name] for name in ("encoder_config", "decoder_config", "noise_schedule_config"))
        kind = params["model"], params["enc"]
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise WrongCheckpoint(f"{path} is no configuration of Selftok ({type(error).__name__}: {error}).") from None
    if ("Renderer" in kind[0]) != renders:
        raise WrongCheckpoint(f"{path} is the configuration of a {'tokenizer' if renders else 'renderer'} ({kind[0]}): name the other one.")
    wrong = [what for what, unlike in (
        ("stages", not params.get("stages")), ("diffusion_type", params.get("diffusion_type", "flow") != "flow"),
        ("noise_schedule_config.parameterization", schedule.get("parameterization") != "velocity"),
        ("enc", "Qformer" not in kind[1] or "Multi" in kind[1]),
        ("encoder_config.qformer_mode", encoder.get("qformer_mode") != "dual"), ("encoder_config.attn_mask", encoder.get("attn_mask")),
        ("encoder_config.single_token", encoder.get("single_token")),
        ("decoder_config.multi_ct_emb", decoder.get("multi_ct_emb")), ("decoder_config.low_res", decoder.get("low_res") is not None),
        ("decoder_config.register_length", decoder.get("register_length")), ("t2k", params.get("t2k", 1) != 1),
        ("cut_of_k", params.get("cut_of_k"))) if unlike]
    if wrong:
        raise WrongCheckpoint(f"{path} describes another kind of model than the released tokenizers: {', '.join(wrong)}.")
    return params


def build(make, params):
    """One of their models on the meta device: names and shapes without memory, at the real size in seconds. Raises WrongCheckpoint where
    the checkout knows no such model."""
    try:
        with OnMeta(), without_cuda():
            return make(**copy.deepcopy(params)).eval()  # they change what they are given
    except (AttributeError, KeyError, TypeError) as error:
        raise WrongCheckpoint(f"The authors' modules make no model of this configuration ({type(error).__name__}: {error}).") from error


def load(make, params, path, what):
    """{"encoder", "model"} of a checkpoint, float32; `make`: their ImageTokenizer or ImageRenderer. Raises WrongCheckpoint by the names that
    do not fit, and where the codebook was never filled."""
    built = build(make, params)
    parts = nn.ModuleDict({"encoder": built.encoder, "model": built.model})
    load_strictly(parts, read_weights(path, beside=AVERAGED), what, unused=OF_TRAINING)
    quantizer = built.encoder.quantizer
    if not bool(quantizer._codebook.initted) or bool(quantizer.continuous):
        raise WrongCheckpoint(f"The {what} has no codebook yet: its training stopped before there was one.")
    return SimpleNamespace(encoder=built.encoder, model=built.model, diti=built.diti)


class Folded(nn.Module):
    """A table that was computed once, whatever it is asked for."""

    def __init__(self, table):
        super().__init__()
        self.register_buffer("table", table)

    def forward(self, _):
        return self.table


def fold(parts, latent_size):
    """Computes once what depends on positions alone: crops of tables of positions, and the modulation of tokens (modules.py, DualBlock;
    sd3/mmdit.py, DismantledBlock), which is 389 million weights. `parts` is changed; what it answers is not."""
    encoder, model, hw = parts.encoder, parts.model, (latent_size, latent_size)
    count = encoder.K
    position = parts.diti.get_position(torch.arange(count))

    def once(block):
        block.adaLN_modulation, block.t_embedder = Folded(block.adaLN_modulation(block.t_embedder(position))), nn.Identity()
    for block in encoder.blocks:
        if block.time_adaln:
            once(block)
    for block in model.joint_blocks:
        # Around it is only what saves memory in training.
        block.forward = block._forward
        if block.context_block.time_adaln == "pos_emb" and not block.context_block.pre_only:
            once(block.context_block)
    for module in (encoder, model):
        if not hasattr(module, "x_embedder"):
            continue  # a renderer has no picture to start from
        # Copied: a part of a table keeps all of it.
        module.cropped_pos_embed = lambda _, table=module.cropped_pos_embed(hw).clone(): table


class Encoder(nn.Module):
    """image [B, 3, H, W] of [-1, 1] -> tokens [B, K] (infer/SelftokPipeline.py, `encoding`, in float32; models_ours.py, Encoder;
    vector_quantize_pytorch.py): the code whose direction is nearest."""

    def __init__(self, encoder, to_latent, latents):
        super().__init__()
        self.encoder, self.to_latent, self.latents = encoder, to_latent, latents

    def forward(self, image):
        encoder, latent = self.encoder, self.latents.process_in(self.to_latent(image))
        embedded = encoder.x_embedder(latent) + encoder.cropped_pos_embed(latent.shape[-2:])
        features = encoder.get_encoder_outs(embedded)
        if encoder.pre_norm:
            features = encoder.final_layer_norm(features)
        direction = encoder.quantizer._codebook.transform_input(encoder.quantizer.project_in(features))
        return (direction @ encoder.quantizer.codebook.T).argmax(-1)


class TokenReader(nn.Module):
    """tokens [B, K] -> what the diffusion model reads of them, [B, K, channels] (infer/SelftokPipeline.py, `decoding`)"""

    def __init__(self, encoder):
        super().__init__()
        self.register_buffer("codebook", encoder.quantizer.codebook)
        self.project = encoder.quantizer.project_out
        self.norm = encoder.final_layer_norm3 if encoder.post_norm else nn.Identity()

    def forward(self, tokens):
        return self.norm(self.project(self.codebook[tokens]))


class Decoder(nn.Module):
    """x [B, C, h, w], t [B] of [0, 1], tokens [B, K], visible [B, K] -> velocity, noise minus picture (sd3/mmdit.py, MMDiT). Tokens that are
    not visible are keys that nobody attends to; without any it is what training left out the condition for."""

    def __init__(self, parts):
        super().__init__()
        self.read, self.model = TokenReader(parts.encoder), parts.model

    def forward(self, x, t, tokens, visible):
        patches = (x.shape[-2] // self.model.patch_size) * (x.shape[-1] // self.model.patch_size)
        everywhere = x.new_ones(x.shape[0], patches)
        return self.model(x, t, encoder_hidden_states=self.read(tokens), mask=visible.to(x.dtype), x_mask=everywhere, context_see_xt=True)[0]


class Renderer(nn.Module):
    """tokens [B, K], all of them -> latent [B, C, h, w], scaled as the decoder's (sd3/mmdit.py, MMDiT_Renderer)"""

    def __init__(self, parts):
        super().__init__()
        self.read, self.model = TokenReader(parts.encoder), parts.model

    def forward(self, tokens):
        hidden = self.read(tokens)
        everywhere = hidden.new_ones(hidden.shape[0], self.model.grid_size ** 2)
        return self.model(encoder_hidden_states=hidden, mask=torch.ones_like(hidden[..., 0]), x_mask=everywhere)[0]
