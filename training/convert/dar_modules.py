"""D-AR's modules (arXiv 2505.23660), from the user's own checkout of github.com/showlab/D-AR: filled, and as the graphs of a pack have them.
Nothing of that repository is part of this one; names of its files stand where something follows them.
"""
import contextlib
import sys
from pathlib import Path

import torch
from torch import nn

from training.convert.checkpoint_file import WrongCheckpoint, load_strictly, read_weights

NO_LOGIT = -1e4  # of ids that are no codes
# Ids before those of classes: all of them read as "no class", which is what guidance starts from.
SPECIAL = {"pad": 0, "begin": 1, "end": 2, "beginImage": 3, "endImage": 4}


def official(checkout):
    """Their modules, from the checkout."""
    checkout = Path(checkout)
    if not (checkout / "tokenizer" / "tokenizer_image" / "vq_model.py").is_file():
        raise WrongCheckpoint(f"{checkout} is no checkout of D-AR: tokenizer/tokenizer_image/vq_model.py is missing.")
    sys.path.insert(0, str(checkout.resolve()))
    # They ask for a kind of attention that only CUDA has; anywhere else PyTorch takes its own.
    torch.backends.cuda.sdp_kernel = lambda **_: contextlib.nullcontext()
    from autoregressive.models.gpt import GPT_models
    from tokenizer.tokenizer_image.vq_model import VQModel
    return VQModel, GPT_models


def keep_tables(module):
    """Rotary tables are computed in float64, which a graph cannot carry: each is computed once and stays as it is."""
    made = {}

    def table(height, width, device=None, make=module.forward):
        if (height, width) not in made:
            made[height, width] = make(int(height), int(width)).detach()
        return made[height, width]
    module.forward = table


class Encoder(nn.Module):
    """image [B, 3, H, W] -> tokens [B, K]; theirs run from coarse to fine, ours from fine to coarse."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image):
        return self.model.extract_code(image).flip(1)


class Decoder(nn.Module):
    """x [B, 3, H, W], t [B], tokens [B, K], visible [B, K] -> velocity [B, 3, H, W]"""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x, t, tokens, visible):
        model, scale = self.model, self.model.diff_decoder.std
        codes = tokens.flip(1)
        quantised = model.quantize.get_codebook_entry(codes)  # [B, K, channels]
        condition = model.decoder_layers_forward(quantised.transpose(1, 2)[:, :, None])
        condition = condition * visible.flip(1)[..., None].to(condition.dtype)
        # Their time before the shift is undone: t = 2u / (1 + u), and 1 - u counts from the noise.
        shift = model.diff_decoder.time_shift
        since = 1 - t / (shift - (shift - 1) * t)
        # A hair is added: their eighths are exact, ours come out of a division.
        group = torch.floor(since * model.num_groups + 0.5 + 1e-4)
        first = (group / model.num_groups * model.all_queries).floor().long()
        first = first.clamp(min=0, max=model.all_queries - model.queries_per_step)
        window = first[:, None] + torch.arange(model.queries_per_step, device=t.device)[None]
        seen = torch.gather(condition, 1, window[..., None].expand(-1, -1, condition.shape[-1]))
        answer, _ = model.diff_decoder.net(x * scale, 1 - t, seen)
        return -answer / scale


class LanguageModel(nn.Module):
    """The Optimum convention around their weights (autoregressive/models/gpt.py): ids of classes, then of codes; logits of the last position."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        classes = model.cls_embedding.embedding_table.weight  # the last row is "no class"
        table = torch.cat([classes[-1:].expand(len(SPECIAL), -1), classes[:-1], model.tok_embeddings.weight])
        self.table = nn.Embedding.from_pretrained(table.contiguous())
        self.offset = len(SPECIAL) + model.num_classes
        self.register_buffer("rotary", model.freqs_cis.clone())
        self.register_buffer("others", torch.full((1, 1, self.offset), NO_LOGIT))

    def forward(self, input_ids, attention_mask, position_ids, *past):
        hidden = self.table(input_ids)
        length, total = input_ids.shape[1], attention_mask.shape[1]
        rows = torch.arange(total, device=input_ids.device)
        # A position sees those before it and itself, and none that the mask hides.
        seen = (rows[None] <= rows[total - length:][:, None])[None, None] & (attention_mask[:, None, None] > 0)
        bias = torch.where(seen, 0.0, -1e9)
        angles = self.rotary[position_ids][:, :, None]  # [B, S, 1, half, 2]
        present = []
        for index, layer in enumerate(self.model.layers):
            attended, key, value = self.attend(layer.attention, layer.attention_norm(hidden), angles, bias, past[2 * index], past[2 * index + 1])
            hidden = hidden + attended
            hidden = hidden + layer.feed_forward(layer.ffn_norm(hidden))
            present += [key, value]
        logits = self.model.output(self.model.norm(hidden[:, -1:]))
        return (torch.cat([self.others.expand(logits.shape[0], -1, -1), logits], dim=-1), *present)

    @staticmethod
    def attend(attention, x, angles, bias, past_key, past_value):
        batch, length, _ = x.shape
        heads, kv_heads, size = attention.n_head, attention.n_kv_head, attention.head_dim
        query, key, value = attention.wqkv(x).split([heads * size, kv_heads * size, kv_heads * size], dim=-1)
        query, key = (rotate(part.view(batch, length, -1, size), angles).transpose(1, 2) for part in (query, key))
        value = value.view(batch, length, -1, size).transpose(1, 2)
        key, value = torch.cat([past_key, key], dim=2), torch.cat([past_value, value], dim=2)
        repeated = [part.repeat_interleave(heads // kv_heads, dim=1) for part in (key, value)]
        weights = (query @ repeated[0].transpose(2, 3) * size ** -0.5 + bias).softmax(-1)
        return attention.wo((weights @ repeated[1]).transpose(1, 2).reshape(batch, length, -1)), key, value


def rotate(x, angles):
    """x [B, S, heads, size] in pairs of neighbours, angles [B, S, 1, size / 2, 2] of cosine and sine"""
    even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
    cosine, sine = angles.unbind(-1)
    return torch.stack([even * cosine - odd * sine, odd * cosine + even * sine], dim=-1).flatten(-2)


def past_of(model, batch, length):
    attention = model.layers[0].attention
    return [torch.randn(batch, attention.n_kv_head, length, attention.head_dim) for _ in range(2 * len(model.layers))]


def read_config(path):
    """The section `model` of one of their yaml files (configs/). Raises WrongCheckpoint where there is none."""
    import yaml
    try:
        config = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["model"]
        config["num_all_queries"], config["diff_decoder"]["time_shift"]
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise WrongCheckpoint(f"{path} is no configuration of D-AR's tokenizer ({type(error).__name__}: {error}).") from None
    return config


def load(arguments):
    """(tokenizer, language model or None) of the checkpoints that dar.py's command line names, float32. Raises WrongCheckpoint by the names
    that do not fit."""
    make_tokenizer, sizes = official(arguments.checkout)
    config = read_config(arguments.config or Path(arguments.checkout) / "configs" / "tokenizer_v1.yaml")
    if arguments.language_model and arguments.gpt not in sizes:
        raise WrongCheckpoint(f"The authors' code knows no language model {arguments.gpt}, but {', '.join(sizes)}.")
    model = load_strictly(make_tokenizer(config), read_weights(arguments.tokenizer), "tokenizer's checkpoint")
    for module in model.modules():
        if type(module).__name__ == "EmbedND2DMaker":
            keep_tables(module)
    if not arguments.language_model:
        return model, None
    language = sizes[arguments.gpt](vocab_size=model.vq_codebook_size, block_size=model.all_queries, num_classes=arguments.classes,
                                    cls_token_num=1, model_type="c2i")
    return model, load_strictly(language, read_weights(arguments.language_model), f"language model's checkpoint ({arguments.gpt})",
                                unused=("freqs_cis",))
