"""The judge of the evaluation: a small anchor-free detector for the world's scenes.

It is trained on rendered scenes only (train_detector.py), never on images a model made, and it reads
everything the language can name: which objects stand where, their attributes, and the background.

Input and outputs (G = 32 grid cells a side, each 4 x 4 pixels of the 128 x 128 image; logits unless said)
    image              [B, 3, 128, 128]  RGB in [-1, 1]
    heatmap            [B, 1, 32, 32]    an object's centre lies in this cell
    kind               [B, 14, 32, 32]   classes in the order of vocabulary.KINDS
    colour             [B, 12, 32, 32]   vocabulary.COLOURS
    texture            [B, 3, 32, 32]    vocabulary.TEXTURES
    size               [B, 3, 32, 32]    vocabulary.SIZES
    offset             [B, 2, 32, 32]    (x, y) from the middle of the cell to the object's centre, in cells
    backgroundKind     [B, 6]            vocabulary.BACKGROUNDS
    backgroundColours  [B, 2, 12]        first (top) and second (bottom) colour; for a background of one
                                         colour only the first row counts
"""

import inspect
import math

import torch
from torch import nn

from training.world.description import Background, Scene, SceneObject
from training.world.vocabulary import (BACKGROUNDS, COLOURS, KINDS, MAXIMUM_OBJECTS, SIZE_RADII, SIZES, TEXTURES,
                                       TWO_COLOUR_BACKGROUNDS)

GRID = 32
CLASS_HEADS = {'kind': KINDS, 'colour': COLOURS, 'texture': TEXTURES, 'size': SIZES}
OUTPUTS = ('heatmap', *CLASS_HEADS, 'offset', 'backgroundKind', 'backgroundColours')
DETECTION_THRESHOLD = 0.4       # sigmoid of the heatmap
# Newer versions of torch write graphs in another way unless told not to; the tracing one needs no further package.
TRACED = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}
MINIMUM_DISTANCE = 0.09         # two detections closer than this (image sides) are one object


def convolution(inputs, outputs, stride=1, size=3):
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
                         nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(convolution(channels, channels), nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
                                  nn.BatchNorm2d(channels))

    def forward(self, x):
        return torch.relu(x + self.body(x))


class Detector(nn.Module):
    """A U-shaped network: 32 x 32 cells see fine texture, 8 x 8 cells see whole objects and the background."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.PixelUnshuffle(4), convolution(48, 64))       # [B, 64, 32, 32]
        self.down16 = nn.Sequential(convolution(64, 96, stride=2), Residual(96))    # [B, 96, 16, 16]
        self.down8 = nn.Sequential(convolution(96, 128, stride=2), Residual(128))   # [B, 128, 8, 8]
        self.up16 = nn.Conv2d(128, 96, 1)
        self.merge16 = convolution(96, 96)
        self.up32 = nn.Conv2d(96, 64, 1)
        self.merge32 = nn.Sequential(convolution(64, 64), convolution(64, 96, size=1))
        self.split = [1, *(len(names) for names in CLASS_HEADS.values()), 2]
        self.heads = nn.Conv2d(96, sum(self.split), 1)
        # The background: features averaged over four horizontal bands, because top and bottom differ.
        self.background = nn.Sequential(nn.Linear(128 * 4, 128), nn.ReLU(inplace=True),
                                        nn.Linear(128, len(BACKGROUNDS) + 2 * len(COLOURS)))
        nn.init.constant_(self.heads.bias[:1], -4.6)    # an empty cell is the rule: start at 1 %

    def forward(self, image):
        at32 = self.stem(image)
        at16 = self.down16(at32)
        at8 = self.down8(at16)
        at16 = self.merge16(at16 + nn.functional.interpolate(self.up16(at8), scale_factor=2.0))
        at32 = self.merge32(at32 + nn.functional.interpolate(self.up32(at16), scale_factor=2.0))
        cells = self.heads(at32).split(self.split, 1)
        bands = nn.functional.avg_pool2d(at8, (2, 8)).flatten(1)                    # [B, 128 * 4]
        background = self.background(bands)
        colours = background[:, len(BACKGROUNDS):].reshape(-1, 2, len(COLOURS))
        return (*cells, background[:, :len(BACKGROUNDS)], colours)


def targets(batch, device):
    """Training targets of a SceneBatch.

    Each cell belongs to its nearest object; `weight` [B, 32, 32] is a Gaussian of the distance to it (0-1),
    which is at once the soft target of the heatmap and the weight of the attribute losses.
    """
    count = len(batch)
    cell = torch.arange(GRID, device=device) + 0.5
    x, y = batch.x * GRID, batch.y * GRID                                           # [B, 3] in cells
    across = x[:, :, None, None] - cell[None, None, None, :]                        # [B, 3, 1, 32]
    down = y[:, :, None, None] - cell[None, None, :, None]                          # [B, 3, 32, 1]
    squared = (across ** 2 + down ** 2).masked_fill(~batch.present[:, :, None, None], 1e6)
    squared, owner = squared.min(1)                                                 # [B, 32, 32]
    flat = owner.view(count, -1)

    def of_owner(values):
        return values.gather(1, flat).view(count, GRID, GRID)
    centre = torch.zeros(count, MAXIMUM_OBJECTS, GRID * GRID, device=device)
    index = (y.long().clamp(0, GRID - 1) * GRID + x.long().clamp(0, GRID - 1))[..., None]
    centre.scatter_(2, index, batch.present[..., None].float())
    return {
        'weight': torch.exp(-squared / (2 * 0.75 ** 2)),
        'centre': centre.amax(1).view(count, GRID, GRID),
        'kind': of_owner(batch.kind), 'colour': of_owner(batch.colour),
        'texture': of_owner(batch.texture), 'size': of_owner(batch.size),
        'offset': torch.stack([of_owner(x) - cell[None, None, :], of_owner(y) - cell[None, :, None]], 1),
        'backgroundKind': batch.background_kind, 'backgroundColours': batch.background_colours,
    }


def detector_loss(outputs, target):
    """Scalar loss and its parts. Heatmap: penalty-reduced focal loss of CenterNet."""
    outputs = dict(zip(OUTPUTS, (one.float() for one in outputs)))
    weight, centre = target['weight'], target['centre']
    logit = outputs['heatmap'][:, 0]
    probability = logit.sigmoid()
    hit = nn.functional.logsigmoid(logit) * (1 - probability) ** 2 * centre
    miss = nn.functional.logsigmoid(-logit) * probability ** 2 * (1 - weight) ** 4 * (1 - centre)
    parts = {'heatmap': -(hit + miss).sum() / centre.sum().clamp(min=1)}

    sure = weight * (weight > 0.1)
    total = sure.sum().clamp(min=1)
    for name in CLASS_HEADS:
        parts[name] = (nn.functional.cross_entropy(outputs[name], target[name], reduction='none') * sure).sum() / total
    parts['offset'] = ((outputs['offset'] - target['offset']).abs().sum(1) * sure).sum() / total
    parts['backgroundKind'] = nn.functional.cross_entropy(outputs['backgroundKind'], target['backgroundKind'])
    parts['backgroundColours'] = nn.functional.cross_entropy(outputs['backgroundColours'].transpose(1, 2),
                                                             target['backgroundColours'])
    return sum(parts.values()), {name: part.item() for name, part in parts.items()}


def decode_detections(outputs) -> list:
    """Scenes (list of Scene) from the raw outputs, given in the order of OUTPUTS.

    The algorithm, to be repeated exactly elsewhere:
    1. probability = sigmoid(heatmap). A cell is a candidate if its probability is >= DETECTION_THRESHOLD and
       not smaller than any of its 8 neighbours (cells outside the grid count as 0).
    2. Candidate position: x = (column + 0.5 + offset[0]) / 32, y = (row + 0.5 + offset[1]) / 32, clamped to 0-1.
    3. Sort candidates by probability, highest first (ties: lower row, then lower column first). Take each
       unless it lies closer than MINIMUM_DISTANCE to one already taken.
    4. Kind, colour, texture and size are the argmax of their logits at the candidate's cell; the radius is
       the middle of the size's band.
    5. Background: kind by argmax; first colour by argmax of row 0; second colour by argmax of row 1 if the
       kind is gradient or horizon, else equal to the first.
    """
    outputs = dict(zip(OUTPUTS, (one.float().cpu() for one in outputs)))
    probability = outputs['heatmap'].sigmoid()
    peak = (probability >= nn.functional.max_pool2d(probability, 3, 1, 1)) & (probability >= DETECTION_THRESHOLD)
    best = {name: outputs[name].argmax(1) for name in CLASS_HEADS}                  # [B, 32, 32]
    background_kind = outputs['backgroundKind'].argmax(1).tolist()
    background_colours = outputs['backgroundColours'].argmax(2).tolist()
    scenes = []
    for b in range(len(probability)):
        cells = peak[b, 0].nonzero().tolist()
        cells.sort(key=lambda cell: (-probability[b, 0, cell[0], cell[1]].item(), cell[0], cell[1]))
        objects = []
        for row, column in cells:
            x = min(1.0, max(0.0, (column + 0.5 + outputs['offset'][b, 0, row, column].item()) / GRID))
            y = min(1.0, max(0.0, (row + 0.5 + outputs['offset'][b, 1, row, column].item()) / GRID))
            if any(math.hypot(x - one.x, y - one.y) < MINIMUM_DISTANCE for one in objects):
                continue
            size = best['size'][b, row, column].item()
            objects.append(SceneObject(KINDS[best['kind'][b, row, column]], COLOURS[best['colour'][b, row, column]],
                                       TEXTURES[best['texture'][b, row, column]], SIZES[size], x, y,
                                       sum(SIZE_RADII[size]) / 2))
        kind = BACKGROUNDS[background_kind[b]]
        first, second = background_colours[b]
        if kind not in TWO_COLOUR_BACKGROUNDS:
            second = first
        scenes.append(Scene(Background(kind, [COLOURS[first], COLOURS[second]]), objects))
    return scenes


def export_detector(checkpoint, path, half=False):
    """Writes a train_detector.py checkpoint as an ONNX graph (opset 16), batch size free."""
    state = torch.load(checkpoint, map_location='cpu')
    model = Detector()
    model.load_state_dict(state['average'])
    model.eval()
    torch.onnx.export(model, torch.zeros(2, 3, 128, 128), str(path), opset_version=16, input_names=['image'],
                      output_names=list(OUTPUTS), do_constant_folding=True,
                      dynamic_axes={name: {0: 'batch'} for name in ('image', *OUTPUTS)}, **TRACED)
    if half:
        store_half(path)
    return model


def attribute_names() -> dict:
    """Names and labels of the attributes the graph reads, in class order, for a pack's manifest."""
    labels = {**CLASS_HEADS, 'backgroundKind': BACKGROUNDS, 'backgroundColours': COLOURS}
    return {'names': list(labels), 'labels': {name: list(values) for name, values in labels.items()}}


def store_half(path):
    """Keeps the large weights as fp16 and casts them back when the graph loads: half the file, fp32 arithmetic."""
    import numpy
    import onnx
    from onnx import numpy_helper
    graph = onnx.load(str(path))
    casts = []
    for weight in graph.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype == numpy.float32 and values.size > 512:
            name = weight.name
            weight.CopyFrom(numpy_helper.from_array(values.astype(numpy.float16), name + '.half'))
            casts.append(onnx.helper.make_node('Cast', [name + '.half'], [name], to=onnx.TensorProto.FLOAT))
    nodes = casts + list(graph.graph.node)
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))
