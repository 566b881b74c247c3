"""Does the order of the tokens matter? The same language model on the same tokens, written in five orders.

    python3 -m training.study.order

Under any fixed order the best possible loss of a picture is the same: the entropy of its tokens. What differs is how fast a model finds it. DDT-LLaMA
(arXiv 2504.14666) reads a loss that rises under shuffling as the sign of a language. The model sees tokens alone, no text, so that nothing but the order can
tell it what comes next. It begins with the entropy of places, knowing how often each code stands where; what it gains from there on it has from other tokens.
"""
import itertools
import math

import torch
import torch.nn.functional as F
from torch import nn

from training.models.arguments import rehearsed
from training.models.checkpoint import Average, autocast
from training.models.clock import rate_at
from training.models.language_model import Block, LanguageModelConfig, RMSNorm, TokenEmbedding, levels_of_codes
from training.models.muon import make_optimisers
from training.study.control import HELD_OUT, PICTURES, SIDES, make_codec, opened, tokens_of, write_results

ORDERS = ("natural", "reversed", "blocks", "shuffled", "anew")
TOGETHER = 4  # tokens that stay together when blocks are exchanged
MODEL = dict(width=rehearsed(128, 32), heads=rehearsed(4, 1), blocks=rehearsed(3, 1), hidden=352)
# K, sides, orders, seeds. One token for each cell, and two, to see what the second adds.
RUNS = ((64, SIDES, ORDERS, (1,)), (64, SIDES, ("natural", "shuffled"), (2,)), (128, ("spatial",), ("natural",), (1,)))
BATCH, STEPS = rehearsed(32, 8), rehearsed(200, 3)
RATES = (2e-3, 2e-3)  # of the matrices (Muon), of the rest (AdamW)
UNSEEN = 0.5  # pictures in which every code is taken to have been seen at every place


def reordered(written, order, seed):
    """written [N, K] in writing order -> each row in the order wanted. "anew": another shuffle for every picture, so that a place tells nothing."""
    count, generator = written.shape[1], torch.Generator().manual_seed(seed)
    natural = torch.arange(count)
    if order == "anew":
        return written.gather(1, torch.rand(written.shape, generator=generator).argsort(dim=1))
    return written[:, {"natural": natural, "reversed": natural.flip(0), "shuffled": torch.randperm(count, generator=generator),
                       "blocks": natural.reshape(-1, TOGETHER)[torch.randperm(count // TOGETHER, generator=generator)].flatten()}[order]]


class Writer(nn.Module):
    """Tokens in the order they are written -> logits of each from those before it. Codes are embedded and scored by place and level, and once for all places."""

    def __init__(self, config, often):
        """often [K, codebook]: log of how often a code stands at a place"""
        super().__init__()
        self.codebook, count = config.codebook, config.token_count
        self.embedding, self.everywhere = TokenEmbedding(config), nn.Embedding(config.codebook, config.width)
        self.places = nn.Parameter(0.3 * torch.randn(count, config.width))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = RMSNorm(config.width)
        self.level_head = nn.Parameter(torch.zeros(count, config.width, sum(config.levels)))
        self.code_head = nn.Linear(config.width, config.codebook, bias=False)
        nn.init.zeros_(self.code_head.weight)
        self.often = nn.Parameter(often.clone())
        self.register_buffer("levels_of_codes", levels_of_codes(config.levels), persistent=False)
        angle = torch.arange(count)[:, None] * config.rotary_base ** (-torch.arange(0, config.head_size, 2) / config.head_size)
        self.register_buffer("cosine", angle.cos()[None, None], persistent=False)
        self.register_buffer("sine", angle.sin()[None, None], persistent=False)
        self.register_buffer("mask", torch.full((count, count), -1e9).triu(1)[None, None], persistent=False)

    def forward(self, written):
        """written [B, K] -> [B, K, codebook]"""
        before = written[:, :-1]
        ids = F.pad(1 + self.codebook * torch.arange(before.shape[1]) + before, (1, 0))  # 0: the start
        x = self.embedding(ids) + self.places + F.pad(self.everywhere(before), (0, 0, 1, 0))
        for block in self.blocks:
            x, _ = block(x, self.cosine, self.sine, self.mask)
        x = self.norm(x)
        levels = torch.einsum("bkw,kwl->bkl", x, self.level_head)
        return levels @ self.levels_of_codes + self.code_head(x) + self.often


def losses(model, written):
    """-> cross entropy of every token in nats [B, K]"""
    return F.cross_entropy(model(written).float().flatten(0, 1), written.flatten(), reduction="none").reshape(written.shape)


def frequencies(written, codebook):
    """-> log of how often a code stands at a place [K, codebook]"""
    counts = torch.stack([torch.bincount(column, minlength=codebook) for column in written.t()]) + UNSEEN
    return (counts / counts.sum(dim=1, keepdim=True)).log()


def per_part(values):
    """[K] -> means over the eighths of the writing order"""
    return [round(part.mean().item(), 3) for part in values.chunk(8)]


def train_order(written, held_out, config, seed):
    """written, held_out [N, K] in the order to be learnt -> nats of a held-out token, and of one in each eighth of the order"""
    torch.manual_seed(seed)
    often = frequencies(written, config.codebook)
    model = Writer(config, often)
    optimisers, average = make_optimisers(model, *RATES), Average(model, decay=0.99)
    rows = torch.cat([torch.randperm(len(written)) for _ in range(math.ceil(STEPS * BATCH / len(written)))])
    for step in range(STEPS):
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * rate_at(step / STEPS, warm_up=0.05)
        with autocast("cpu"):
            loss = losses(model, written[rows[step * BATCH:(step + 1) * BATCH]]).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(model)
    with torch.no_grad(), average.lent(model):
        found = torch.cat([losses(model, part) for part in held_out.split(64)]).mean(dim=0)
    alone = -often[torch.arange(len(often)), held_out].mean(dim=0)
    return {"nats": round(found.mean().item(), 3), "places": round(alone.mean().item(), 3), "natsByEighth": per_part(found), "placesByEighth": per_part(alone)}


def main():
    shipped, _, data = opened()
    written, runs = {}, []
    for token_count, side in sorted({(count, side) for count, sides, _, _ in RUNS for side in sides}):
        codec = make_codec(side, shipped, data, token_count)
        written[token_count, side] = [tokens_of(codec, data[split]["latents"]).flip(1) for split in ("train", "val")]
    for token_count, sides, orders, seeds in RUNS:
        config = LanguageModelConfig(token_count, tuple(shipped.config.levels), text_vocabulary=1, **MODEL)
        for seed, order, side in itertools.product(seeds, orders, sides):
            train, held_out = written[token_count, side]
            # Reordered together: apart from each other they would be shuffled differently.
            both = reordered(torch.cat([train, held_out]), order, seed)
            runs.append({"tokens": token_count, "side": side, "order": order, "seed": seed,
                         **train_order(both[:len(train)], both[len(train):], config, seed)})
            print(runs[-1], flush=True)
            write_results("order", {"pictures": PICTURES, "heldOut": HELD_OUT, "model": MODEL, "steps": STEPS, "batch": BATCH, "rates": RATES, "runs": runs})


if __name__ == "__main__":
    main()
