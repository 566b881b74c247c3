"""Trains small language models of the studies: a given number of steps at a constant rate, measured along the way.

The rate is constant and the weights measured are averages, so every point of a curve can be compared with the same point
of another, not only the last one.
"""
import time

import torch
import torch.nn.functional as F

from training.models.checkpoint import Average
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.models.muon import make_optimisers

RATES = (2e-3, 2e-3)  # matrices (Muon), the rest (AdamW)
WARM_UP = 20  # steps
HEAD_SIZE = 32


def make_model(vocabulary, width, blocks, seed):
    torch.manual_seed(seed)
    config = LanguageModelConfig(vocabulary, width=width, heads=max(1, width // HEAD_SIZE), blocks=blocks, hidden=11 * width // 4)
    return LanguageModel(config)


def cross_entropy(model, inputs, targets, reduction="mean"):
    """inputs, targets [B, S] int64, target -1 = none -> nats, mean over the targets or [targets]"""
    wanted = targets >= 0
    return F.cross_entropy(model.logits(model.train_hidden(inputs)[wanted]).float(), targets[wanted], reduction=reduction)


class averaged:
    """with averaged(model, average): the model has its averaged weights inside."""

    def __init__(self, model, average):
        self.model, self.average = model, average

    def __enter__(self):
        self.trained = {name: p.detach().clone() for name, p in self.model.named_parameters()}
        self.model.load_state_dict(self.average.state(), strict=True)

    def __exit__(self, *_):
        self.model.load_state_dict(self.trained, strict=True)


def train(model, batch, steps, measure, looks):
    """Trains `model` in place and leaves it with its averaged weights.

    batch() -> (inputs, targets) as in `cross_entropy`; measure(model) -> dict of numbers, at `looks` points evenly spread
    over the steps -> history: list of {"step", "seconds", **measured}
    """
    optimisers = make_optimisers(model, *RATES)
    average, history, seconds = Average(model, decay=0.98), [], 0.0
    at = {round(steps * (look + 1) / looks) for look in range(looks)}
    for step in range(1, steps + 1):
        started = time.time()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * min(1, step / WARM_UP)
        cross_entropy(model, *batch()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(model)
        seconds += time.time() - started
        if step in at:
            with torch.no_grad(), averaged(model, average):
                history.append({"step": step, "seconds": round(seconds, 1), **measure(model)})
    model.load_state_dict(average.state(), strict=True)
    return history
