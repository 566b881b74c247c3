"""Parts shared by the models: attention, feed-forward, embeddings of position and time.

Written for torch 1.13 and 2.x alike; every function also exports to ONNX opset 16.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def attention(q, k, v):
    """q, k, v: [B, heads, S, headSize] -> [B, S, heads, headSize]; every position sees every other."""
    # On processors the fused kernel takes three times as long as the two products at our lengths (96 positions).
    if q.is_cuda and hasattr(F, "scaled_dot_product_attention"):
        mixed = F.scaled_dot_product_attention(q, k, v)
    else:
        # The scale goes on q, the smallest of the three products.
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)
        mixed = scores.softmax(dim=-1).to(v.dtype) @ v
    return mixed.transpose(1, 2)


def branched(branches):
    """Number of the branch of every id [B, S], 0 before the first -> what is added to attention scores [B, 1, S, S], and positions [B, S]:
    a branch sees what stands before all branches and its own past, and begins where they begin."""
    index = torch.arange(branches.shape[1], device=branches.device)
    other = (branches[:, None] > 0) & (branches[:, None] != branches[..., None])
    mask = (other | (index > index[:, None])).to(torch.float32)[:, None] * -1e9
    begins = F.pad(branches[:, 1:] != branches[:, :-1], (1, 0)) & (branches > 0)
    begin = torch.where(begins, index, torch.zeros_like(index)).cummax(dim=1).values
    first = torch.where(branches > 0, index, torch.full_like(index, len(index))).min(dim=1, keepdim=True).values
    return mask, torch.where(branches > 0, index - begin + first, index)


class SelfAttention(nn.Module):
    """Multi-head attention over all positions, fused qkv, no mask. [B, length, width] -> [B, length, width]

    Queries and keys are normalised (ViT-22B, arXiv 2302.05442, section 2). Without it Muon lets their product grow
    until every position listens to a single other one, and no gradient is left to find a better one.
    The length is fixed, which keeps shape arithmetic out of the exported graph.
    """

    def __init__(self, width, heads, length):
        super().__init__()
        self.split, self.joined = (-1, length, 3, heads, width // heads), (-1, length, width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        nn.init.normal_(self.qkv.weight, std=width ** -0.5)
        nn.init.zeros_(self.out.weight)  # every block starts as the identity

    def forward(self, x):
        qkv = self.qkv(x).reshape(self.split).permute(2, 0, 3, 1, 4)
        query, key = F.layer_norm(qkv[:2], self.split[-1:])
        return self.out(attention(query, key, qkv[2]).reshape(self.joined))


class Branch(nn.Module):
    """`result` of a part, zeros where nobody needs it: marks in a traced graph what export/branches.py makes a branch of.

    needed: bool, one for the whole batch; absent in training.
    """

    def forward(self, needed, result):
        return result if needed is None else torch.where(needed, result, torch.zeros_like(result))


class PerTokenLinear(nn.Module):
    """A linear map of its own for every token. [B, K, inputs] -> [B, K, outputs]

    With one shared map all tokens are pulled towards the same code: they repeat each other, and the few directions
    they span hold a background but no objects.
    """

    def __init__(self, tokens, inputs, outputs, std):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(tokens, inputs, outputs) * std)
        self.bias = nn.Parameter(torch.zeros(tokens, 1, outputs))

    def forward(self, x):
        return (x.transpose(0, 1) @ self.weight + self.bias).transpose(0, 1)


class FeedForward(nn.Module):
    """Linear, GELU, linear, four times as wide inside."""

    def __init__(self, width):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        nn.init.normal_(self.up.weight, std=width ** -0.5)
        nn.init.zeros_(self.up.bias)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, x):
        return self.down(F.gelu(self.up(x)))


def positions_2d(side, width, temperature=100.0):
    """Fixed sine-cosine positions of a side x side grid at full amplitude, [side * side, width] in [-1, 1].

    Full amplitude matters: with the usual small random positions all queries stay alike and the tokens
    carry only the mean colour.
    """
    quarter = width // 4
    frequency = temperature ** (-torch.arange(quarter) / quarter) * math.pi / 2  # radians per patch
    row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    angles = [axis.reshape(-1, 1) * frequency for axis in (row, column)]
    return torch.cat([f(a) for a in angles for f in (torch.sin, torch.cos)], dim=1)


class TimeEmbedding(nn.Module):
    """t in [0, 1], shape [B] -> [B, width]. Fourier features, then a two-layer perceptron (DiT, section 3.2)."""

    def __init__(self, width, features=128):
        super().__init__()
        frequency = torch.exp(torch.linspace(math.log(1.0), math.log(200.0), features // 2))
        self.register_buffer("frequency", frequency, persistent=False)
        self.hidden = nn.Linear(features, width)
        self.out = nn.Linear(width, width)

    def forward(self, t):
        angle = t[:, None] * self.frequency
        return F.silu(self.out(F.silu(self.hidden(torch.cat([angle.sin(), angle.cos()], dim=1)))))
