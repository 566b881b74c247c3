"""How fast scenes are drawn and written about.

    python3 -m training.world.bench --threads 1 --device cpu

Rates are of whole batches, best of three. On the CPU they are per second of processor time, so that other work on the
machine does not count; an accelerator runs the same code and is timed by the clock.
"""

import argparse
import random
import time

import torch

from training.world.language import sample_edit, sample_prompt, sample_question
from training.world.render import render
from training.world.scene import generator_for, sample_batch


def rate(work, count: int, device: str, repeats: int = 3) -> float:
    """Items per second of `work`, which makes `count` of them; the first call only warms up."""
    def clock():
        if not device.startswith('cuda'):
            return time.process_time()
        torch.cuda.synchronize()
        return time.perf_counter()
    work()
    best = float('inf')
    for _ in range(repeats):
        started = clock()
        work()
        best = min(best, clock() - started)
    return count / best


def measure(device: str, batch: int) -> dict:
    """Rates per second: scenes sampled, images rendered, both in one, and the three kinds of text."""
    generator = generator_for('train', 1, device)
    scenes = sample_batch(batch, generator)
    plain, rng = scenes.to('cpu').to_scenes(), random.Random(1)
    few = plain[:1000]

    def texts(write):
        return rate(lambda: [write(scene, rng) for scene in few], len(few), 'cpu', 1)
    return {'scenes sampled': rate(lambda: sample_batch(batch, generator), batch, device),
            'images rendered': rate(lambda: render(scenes), batch, device),
            'sampled and rendered': rate(lambda: render(sample_batch(batch, generator)), batch, device),
            'prompts': texts(sample_prompt), 'edits': texts(sample_edit), 'questions': texts(sample_question)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--batch', type=int, help='images at once; default 256 on the CPU, 4096 on an accelerator')
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    batch = arguments.batch or (256 if arguments.device == 'cpu' else 4096)
    print(f'{arguments.device}, {arguments.threads} threads, batches of {batch}')
    for name, value in measure(arguments.device, batch).items():
        print(f'{name:>22} {value:10.0f} per second')


if __name__ == '__main__':
    main()
