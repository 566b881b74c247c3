"""Square crops around objects: a crop of half the side costs a quarter of the work and holds an object all the same."""
import torch

from training.world.segmentation import NOTHING


def corners_around_objects(labels, side, step=1):
    """Where to cut: [B] rows and [B] columns of upper left corners, in cells of the labels, multiples of `step`.

    labels [B, 4, cells, cells] of `segment`. The crop of `side` cells holds a cell of an object where there is one, anywhere in it.
    """
    cells = labels.shape[-1]
    weight = (labels[:, 0] != NOTHING).flatten(1).float() + 1e-3
    centre = torch.multinomial(weight, 1)[:, 0]
    return [((one - torch.randint(side, one.shape, device=one.device)).clamp(0, cells - side) // step * step).tolist()
            for one in (centre // cells, centre % cells)]


def cut(maps, corners, side, cells):
    """maps [B, C, size, size] over the same square as `cells` x `cells` labels -> [B, C, size * side / cells, ...]"""
    size = maps.shape[-1]
    extent = size * side // cells
    return torch.stack([one[:, row * size // cells:row * size // cells + extent, column * size // cells:column * size // cells + extent]
                        for one, row, column in zip(maps, *corners)])


def cut_around_objects(maps, labels, share, step=1):
    """Each of the maps, all over the square of labels [B, 4, cells, cells], as crops of `share` of its side around one object a picture."""
    cells = labels.shape[-1]
    side = int(share * cells)
    corners = corners_around_objects(labels, side, step)
    return [cut(one, corners, side, cells) for one in maps]
