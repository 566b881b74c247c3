"""Scenes for training, rendered beside it by a process of its own into a ring of shared memory.

Rendering never stalls the training: batches are drawn from whatever the ring holds, and the ring is
overwritten all the time. On an accelerator scenes are rendered on the card instead, batch by batch.
"""
import os
import time

import torch
import torch.multiprocessing as multiprocessing

from training.world.render import render
from training.world.scene import generator_for, sample_batch
from training.world.segmentation import ATTRIBUTES, segment

RENDER_BATCH = 64


def draw_scenes(count, generator):
    """Training scenes, half of them the more crowded of two: objects are few pixels and slow to be learnt."""
    scenes = sample_batch(2 * count, generator)
    area = (scenes.radius ** 2 * scenes.present).sum(dim=1)
    chosen = torch.arange(count, device=area.device)
    better = area[count:] > area[:count]
    chosen[:count // 2] += count * better[:count // 2]
    return scenes[chosen]


def fill(rows, written, make, seed, share_of_core):
    """Writes what `make(generator)` returns, RENDER_BATCH rows a time, into the rings `rows` for ever.

    written[0] counts the rows made so far.
    """
    torch.set_num_threads(1)
    generator = generator_for("train", seed)
    parent, size = os.getppid(), len(rows[0])
    while os.getppid() == parent:  # ends with the training, however that ends
        started = time.time()
        start = int(written[0]) % size
        for ring, made in zip(rows, make(generator)):
            ring[start:start + RENDER_BATCH] = made
        written[0] += RENDER_BATCH
        if written[0] > size:  # the first filling is urgent, refreshing is not
            time.sleep((time.time() - started) * (1 / share_of_core - 1))


def to_bytes(images):
    """[-1, 1] float -> uint8"""
    return ((images + 1) * 127.5).round().to(torch.uint8)


def from_bytes(images):
    """uint8 -> [-1, 1] float32"""
    return images.float() / 127.5 - 1


class Rendered:
    """generator -> images uint8, labels and, with `write_plans` (scenes -> ids [n, length] int64), plans; may be sent to another process."""

    def __init__(self, cells, write_plans=None):
        self.cells, self.write_plans = cells, write_plans

    def __call__(self, generator):
        scenes = draw_scenes(RENDER_BATCH, generator)
        plans = self.write_plans(scenes) if self.write_plans else torch.zeros(RENDER_BATCH, 0, dtype=torch.int64)
        return to_bytes(render(scenes)), segment(scenes, self.cells), plans


class Pool:
    """Rings on the CPU of what a process of its own makes for ever: `size` rows of each tensor that `make(generator)` returns."""

    def __init__(self, make, size, seed, share_of_core=0.15):
        assert size % RENDER_BATCH == 0
        self.rows = [torch.zeros(size, *one.shape[1:], dtype=one.dtype).share_memory_() for one in make(generator_for("train", seed))]
        self.written = torch.zeros(1, dtype=torch.int64).share_memory_()
        # Spawned, not forked: a forked child inherits the parent's thread pools in an undefined state.
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=fill, daemon=True, args=(self.rows, self.written, make, seed, share_of_core))
        self.process.start()
        while int(self.written[0]) < min(16 * RENDER_BATCH, size):
            if not self.process.is_alive():
                raise RuntimeError("the process that fills the pool ended; its error is printed above")
            time.sleep(0.1)

    def sample(self, count):
        """`count` rows at random of what there is."""
        chosen = torch.randint(0, min(int(self.written[0]), len(self.rows[0])), (count,))
        return [ring[chosen] for ring in self.rows]


class ScenePool(Pool):
    """Rendered scenes on the CPU."""

    def __init__(self, size, cells, seed, write_plans=None):
        super().__init__(Rendered(cells, write_plans), size, seed)

    def batch(self, count):
        """[count, 3, H, W] float32 in [-1, 1], labels [count, 4, cells, cells] uint8 and plans [count, length], 0 wide without"""
        images, labels, plans = self.sample(count)
        return from_bytes(images), labels, plans


class SceneStream:
    """Scenes rendered on the accelerator, never the same twice."""

    def __init__(self, cells, seed, device, write_plans=None):
        self.cells, self.generator, self.write_plans = cells, generator_for("train", seed, device), write_plans

    def batch(self, count):
        """As ScenePool.batch, on the accelerator."""
        scenes = draw_scenes(count, self.generator)
        plans = self.write_plans(scenes) if self.write_plans else torch.zeros(count, 0, dtype=torch.int64)
        return render(scenes), segment(scenes, self.cells), plans.to(scenes.count.device)
