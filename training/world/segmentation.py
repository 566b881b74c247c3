"""What stands where, as a map of labels: the truth beside an image, for training only."""
import torch
import torch.nn.functional as F

from training.world.vocabulary import COLOURS, KINDS, SIZES, TEXTURES

NOTHING = 255
# The attributes of an object and how many values each has, in the order of the maps.
ATTRIBUTES = {"kind": len(KINDS), "colour": len(COLOURS), "texture": len(TEXTURES), "size": len(SIZES)}


def segment(batch, cells):
    """SceneBatch -> [B, 4, cells, cells] uint8: the attributes of the object whose circle holds a cell's centre.

    Cells of no object hold NOTHING; where circles overlap the object drawn last counts, as in the image.
    """
    axis = (torch.arange(cells, device=batch.count.device) + 0.5) / cells
    away_x = axis[None, None, None, :] - batch.x[:, :, None, None]
    away_y = axis[None, None, :, None] - batch.y[:, :, None, None]
    inside = (away_x ** 2 + away_y ** 2 < batch.radius[:, :, None, None] ** 2) & batch.present[:, :, None, None]
    values = torch.stack([getattr(batch, name) for name in ATTRIBUTES], dim=1)  # [B, 4 attributes, slots]
    labels = torch.full((len(batch), len(ATTRIBUTES), cells, cells), NOTHING, dtype=torch.uint8, device=axis.device)
    for slot in range(inside.shape[1]):
        labels = torch.where(inside[:, None, slot], values[:, :, slot, None, None].to(torch.uint8), labels)
    return labels


def weight_of_cells(labels, emphasis):
    """labels [B, 4, 2 cells, 2 cells] -> [B, 1, cells, cells]: 1, and `emphasis` more for a cell of the latents that holds an object."""
    return 1 + emphasis * F.max_pool2d((labels[:, :1] != NOTHING).float(), 2)
