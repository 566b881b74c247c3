"""The command line that all trainings share, and rehearsals: the whole recipe in a few steps."""
import argparse
import os

import torch

# Set by `run.py --rehearse`: a few scenes, small batches, nothing written outside the runs.
REHEARSING = bool(os.environ.get("DDT_TRAINING_REHEARSAL"))


def training_parser(description, minutes, sizes=None, from_pack=True):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if sizes:
        parser.add_argument("--size", choices=sizes, default="cpu")
    parser.add_argument("--minutes", type=float, default=minutes, help="training time in all, across restarts")
    parser.add_argument("--stop-after", type=float, help="minutes after which this call ends; the next one goes on")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    if from_pack:
        parser.add_argument("--from-pack", help="pack folder whose weights a fresh run starts from")
    return parser


def rehearsed(value, small):
    """`small` in rehearsals, `value` otherwise."""
    return min(value, small) if REHEARSING else value


def use_processor(threads):
    """So many threads; and denormal numbers, which processors compute a hundred times slower, count as zero (training/LOG.md)."""
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
