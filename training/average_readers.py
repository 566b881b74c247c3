"""The mean of the weights of token readers that were taught from the same one (train_token_reader.py --from-language-model).

    python3 -m training.average_readers --size cpu runs/a/last.pt runs/b/last.pt runs/c/last.pt

What each of them has learnt by heart is another thing in each and averages out; what they share stays, and the language model
reads it (model soups, arXiv 2203.05482; training/LOG.md). Writes runs/token-reader-<size>/last.pt, which the language model takes
up at its next start. All must have started from the same reader: from different ones weights have no common meaning.
"""
import argparse
from pathlib import Path

import torch

from training.export.storage import same_fingerprint
from training.models.checkpoint import RUNS, load, save


def mean_state(states):
    """Checkpoints of train_token_reader.py -> the first with the mean of all averaged weights as its own."""
    first = states[0]
    for state in states:
        if state.get("known") is None or not same_fingerprint(state["encoder"], first["encoder"]):
            raise SystemExit("All readers must be taught from the language model's, for tokens of the same encoder.")
        if any(not torch.equal(value, first["known"][name]) for name, value in state["known"].items()):
            raise SystemExit("The readers were not taught from the same one.")
    mean = {name: torch.stack([state["average"][name] for state in states]).mean(dim=0) for name in first["average"]}
    return {**first, "average": mean, "model": {**first["model"], **mean}, "pictures": sum(state["pictures"] for state in states)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("readers", nargs="+", type=Path)
    arguments = parser.parse_args()
    save(mean_state([load(path) for path in arguments.readers]), RUNS / f"token-reader-{arguments.size}" / "last.pt")


if __name__ == "__main__":
    main()
