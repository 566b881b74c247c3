"""Checkpoints that survive being stopped at any moment, averaged weights, and the log of runs."""
import contextlib
import json
import os
import time
from pathlib import Path

import torch

from training.models.arguments import REHEARSING

TRAINING = Path(__file__).resolve().parent.parent
# Elsewhere for rehearsals and tests.
RUNS = Path(os.environ.get("DDT_TRAINING_RUNS") or TRAINING / "runs")


def save(state, path):
    """Writes beside the target and renames, so that a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    os.replace(temporary, path)


def load(path, device="cpu"):
    """What `save` wrote, scenes and arrays included: torch 2.6 and later want to be told that the file is our own."""
    return torch.load(path, map_location=device, weights_only=False)


class Average:
    """Exponential moving average of a model's parameters with warm-up: young runs forget faster."""

    def __init__(self, model, decay=0.999):
        self.decay, self.steps = decay, 0
        self.names = [name for name, _ in model.named_parameters()]
        self.values = [p.detach().clone() for p in model.parameters()]

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        decay = min(self.decay, 1 - 1 / (1 + 0.1 * self.steps))
        torch._foreach_mul_(self.values, decay)
        torch._foreach_add_(self.values, [p.detach() for p in model.parameters()], alpha=1 - decay)

    @contextlib.contextmanager
    def lent(self, model):
        """Within it the model has the averaged weights. Yields its own, name -> tensor."""
        trained = [p.detach().clone() for p in model.parameters()]
        with torch.no_grad():
            for p, value in zip(model.parameters(), self.values):
                p.copy_(value)
        try:
            yield dict(zip(self.names, trained))
        finally:
            with torch.no_grad():
                for p, value in zip(model.parameters(), trained):
                    p.copy_(value)

    def state(self):
        return dict(zip(self.names, self.values))

    def load(self, state, steps):
        self.steps = steps
        for name, value in zip(self.names, self.values):
            value.copy_(state[name])


def weights_under(prefix, weights):
    """Those of one part: names that begin with `prefix`, without it."""
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def knows_bfloat16(device):
    """Whether bfloat16 products are faster than float32's. Processors without instructions for them take a hundred
    times as long (training/LOG.md)."""
    return device.startswith("cuda") or torch.ops.mkldnn._is_mkldnn_bf16_supported()


def autocast(device):
    return torch.autocast(device.split(":")[0], torch.bfloat16, enabled=knows_bfloat16(device))


def append_log(title, facts):
    """Adds one run to LOG.md, rehearsals aside. facts: dict written as one line of `key: value`."""
    if REHEARSING:
        return
    with open(TRAINING / "LOG.md", "a") as log:
        log.write(f"\n### {time.strftime('%Y-%m-%d')} {title}\n\n" + "".join(f"- {k}: {v}\n" for k, v in facts.items()))


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


def flat(row, prefix=""):
    """One level of names: {'judged1': {'all': .2}} becomes {'judged1.all': .2}."""
    return {key: value for name, one in row.items()
            for key, value in (flat(one, f"{prefix}{name}.") if isinstance(one, dict) else {prefix + name: one}).items()}


def record_curve(name, rows, path=TRAINING / "curves.json"):
    """Keeps the held-out history of a run, for `python3 -m training.plot_curves` and docs/findings.md.

    name: the run, e.g. 'codec cpu, world 2'; its earlier rows are replaced, other runs stay. rows: the whole history so far, one
    dict each of numbers, or of dicts of them, which are written flat (`judged1.all`). Call it at every measurement: a run that is stopped keeps what it had. Rehearsals leave none.
    """
    if REHEARSING and path == TRAINING / "curves.json":
        return
    curves = json.loads(path.read_text()) if path.exists() else {}
    curves[name] = [flat(row) for row in rows]
    temporary = path.with_suffix(".tmp")
    lines = (f" {json.dumps(run)}: [\n" + ",\n".join(f"  {json.dumps(row)}" for row in history) + "\n ]"
             for run, history in curves.items())
    temporary.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    os.replace(temporary, path)
