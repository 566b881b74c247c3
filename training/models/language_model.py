"""One decoder-only language model over text and image tokens, LLaMA-style.

RMSNorm before each half, rotary positions, SwiGLU, no biases (LLaMA, arXiv 2302.13971). Text and codes share one
table and one head. Image tokens are written coarse -> fine: index K-1 first, index 0 last.
"""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class LanguageModelConfig:
    vocabulary: int
    width: int = 256
    heads: int = 4
    blocks: int = 8
    hidden: int = 704  # SwiGLU, 2.75 times the width
    context: int = 256
    rotary_base: float = 1000.0  # sequences are short, so positions may turn faster than LLaMA's

    as_dict = asdict

    @property
    def head_size(self):
        return self.width // self.heads


SIZES = {"cpu": {}, "gpu": dict(width=512, heads=8, blocks=12, hidden=1408, context=512)}


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        x = x.float()
        return self.weight * (x * torch.rsqrt((x * x).mean(dim=-1, keepdim=True) + 1e-6))


def rotate(x, cosine, sine):
    """Rotary position (RoFormer, arXiv 2104.09864). x [B, heads, S, size], cosine and sine [B, 1, S, size / 2]."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], dim=-1)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        width = config.width
        self.norm_attention = RMSNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm_forward = RMSNorm(width)
        self.gate = nn.Linear(width, config.hidden, bias=False)
        self.up = nn.Linear(width, config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, width, bias=False)
        for linear in (self.qkv, self.gate, self.up):
            nn.init.normal_(linear.weight, std=width ** -0.5)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x, cosine, sine, mask, past=None):
        """x [B, S, width], mask [B or 1, 1, S, P + S] added to the scores, past (key, value) [B, heads, P, size]

        -> x, (key, value) [B, heads, P + S, size]
        """
        batch, heads, size = x.shape[0], self.config.heads, self.config.head_size
        qkv = self.qkv(self.norm_attention(x)).reshape(batch, -1, 3, heads, size).permute(2, 0, 3, 1, 4)
        # Normalised, because Muon would let the scores grow until attention is stuck on single positions.
        query, key = rotate(F.layer_norm(qkv[:2], (size,)), cosine, sine)
        value = qkv[2]
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        # On processors the fused kernel takes longer than the two products: 2.1 against 1.6 s there and back, 4096 tokens.
        if query.is_cuda and hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask.to(query.dtype))
        else:
            scores = (query * size ** -0.5) @ key.transpose(-2, -1) + mask
            mixed = scores.softmax(dim=-1).to(value.dtype) @ value
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, -1, self.config.width))
        h = self.norm_forward(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h)), (key, value)


class LanguageModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.table = nn.Embedding(config.vocabulary, config.width)
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        nn.init.zeros_(self.head.weight)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = RMSNorm(config.width)
        frequency = config.rotary_base ** (-torch.arange(0, config.head_size, 2) / config.head_size)
        self.register_buffer("frequency", frequency, persistent=False)  # radians per position

    def hidden(self, input_ids, position_ids, mask, pasts=None):
        """-> [B, S, width] after the last norm, and the (key, value) of every block."""
        angle = position_ids[:, None, :, None] * self.frequency
        cosine, sine = angle.cos(), angle.sin()
        x = self.table(input_ids)
        presents = []
        for index, block in enumerate(self.blocks):
            x, present = block(x, cosine, sine, mask, pasts[index] if pasts else None)
            presents.append(present)
        return self.norm(x), presents

    def train_hidden(self, input_ids):
        """Training: whole sequences [B, S], padded on the right, where causality already hides the padding."""
        length, device = input_ids.shape[1], input_ids.device
        mask = torch.full((length, length), -1e9, device=device).triu(1)[None, None]
        position = torch.arange(length, device=device)[None]
        return self.hidden(input_ids, position, mask)[0]

    def logits(self, hidden):
        return self.head(hidden)

    def forward(self, input_ids, attention_mask, position_ids, *past):
        """The exported graph. input_ids [B, S], attention_mask [B, P + S] with 0 on padding, position_ids [B, S],

        past: key and value of each block in turn, [B, heads, P, size] -> logits [B, S, V] and the presents likewise.
        """
        pasts = [(past[2 * i], past[2 * i + 1]) for i in range(self.config.blocks)]
        total, length = attention_mask.shape[1], input_ids.shape[1]
        index = torch.arange(total, device=input_ids.device)
        later = index[None, :] > index[total - length:, None]  # [S, P + S]
        mask = (later[None, None] | (attention_mask == 0)[:, None, None, :]).float() * -1e9
        hidden, presents = self.hidden(input_ids, position_ids, mask, pasts)
        return (self.logits(hidden), *[tensor for pair in presents for tensor in pair])

    def empty_past(self, batch):
        shape = (batch, self.config.heads, 0, self.config.head_size)
        return [torch.zeros(shape) for _ in range(2 * self.config.blocks)]
