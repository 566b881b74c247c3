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
    """Training scenes, half of them the more crowded of two, for objects are few pixels and slow to be learnt, and half of them that of
    the two with the later kind of ground: patterns are rare, spots most of all."""
    scenes = sample_batch(2 * count, generator)
    area = (scenes.radius ** 2 * scenes.present).sum(dim=1)
    chosen, half = torch.arange(count, device=area.device), count // 2
    chosen[:half] += count * (area[count:count + half] > area[:half])
    chosen[half:] += count * (scenes.background_kind[count + half:] > scenes.background_kind[half:count])
    return scenes[chosen]


def fill(images, labels, plans, written, seed, share_of_core, write_plans):
    """Renders into images [N, 3, H, W] and labels [N, 4, cells, cells], both uint8, for ever; plans as `ScenePool.plans`.

    written[0] counts the images made so far.
    """
    torch.set_num_threads(1)
    generator = generator_for("train", seed)
    parent = os.getppid()
    while os.getppid() == parent:  # ends with the training, however that ends
        started = time.time()
        scenes = draw_scenes(RENDER_BATCH, generator)
        start = int(written[0]) % len(images)
        images[start:start + RENDER_BATCH] = to_bytes(render(scenes))
        labels[start:start + RENDER_BATCH] = segment(scenes, labels.shape[-1])
        if write_plans:
            plans[start:start + RENDER_BATCH] = write_plans(scenes)
        written[0] += RENDER_BATCH
        if written[0] > len(images):  # the first filling is urgent, refreshing is not
            time.sleep((time.time() - started) * (1 / share_of_core - 1))


def to_bytes(images):
    """[-1, 1] float -> uint8"""
    return ((images + 1) * 127.5).round().to(torch.uint8)


def from_bytes(images):
    """uint8 -> [-1, 1] float32"""
    return images.float() / 127.5 - 1


class ScenePool:
    """A ring of rendered scenes on the CPU.

    write_plans, where given: scenes -> ids [n, length] int64, kept beside each picture; it is sent to another process.
    """

    def __init__(self, size, image_size, cells, seed, share_of_core=0.15, write_plans=None):
        assert size % RENDER_BATCH == 0
        self.images = torch.zeros(size, 3, image_size, image_size, dtype=torch.uint8).share_memory_()
        self.labels = torch.zeros(size, len(ATTRIBUTES), cells, cells, dtype=torch.uint8).share_memory_()
        self.plans = torch.zeros(size, write_plans.length if write_plans else 0, dtype=torch.int64).share_memory_()
        self.written = torch.zeros(1, dtype=torch.int64).share_memory_()
        # Spawned, not forked: a forked child inherits the parent's thread pools in an undefined state.
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=fill, daemon=True,
                                       args=(
                                           self.images, self.labels, self.plans, self.written, seed, share_of_core, write_plans))
        self.process.start()
        while int(self.written[0]) < min(16 * RENDER_BATCH, size):
            if not self.process.is_alive():
                raise RuntimeError("the rendering process ended; its error is printed above")
            time.sleep(0.1)

    def batch(self, count):
        """[count, 3, H, W] float32 in [-1, 1], labels [count, 4, cells, cells] uint8 and plans [count, length], 0 wide without"""
        chosen = torch.randint(0, min(int(self.written[0]), len(self.images)), (count,))
        return from_bytes(self.images[chosen]), self.labels[chosen], self.plans[chosen]


class SceneStream:
    """Scenes rendered on the accelerator, never the same twice."""

    def __init__(self, cells, seed, device, write_plans=None):
        self.cells, self.generator, self.write_plans = cells, generator_for("train", seed, device), write_plans

    def batch(self, count):
        """As ScenePool.batch, on the accelerator."""
        scenes = draw_scenes(count, self.generator)
        plans = self.write_plans(scenes) if self.write_plans else torch.zeros(count, 0, dtype=torch.int64)
        return render(scenes), segment(scenes, self.cells), plans.to(scenes.count.device)
