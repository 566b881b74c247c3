"""Signed distance fields of the object kinds.

A shape is a function of local coordinates x, y [N, h, w] in units of the object's radius (x right, y down). Shapes
lie in the square from -1 to 1; corners reach at most 1.18 from the centre. It returns up to three fields (main, dark,
light): the part in the object's own colour, details in a darker and in a lighter accent (None when unused).
Negative inside. Distances are close to Euclidean near the edge, which is all anti-aliasing needs.
"""

import math

import torch


def disc(x, y, centre_x, centre_y, radius):
    return torch.sqrt((x - centre_x) ** 2 + (y - centre_y) ** 2 + 1e-9) - radius


def box(x, y, centre_x, centre_y, half_width, half_height, corner=0.0):
    a = (x - centre_x).abs() - (half_width - corner)
    b = (y - centre_y).abs() - (half_height - corner)
    if corner == 0.0:
        return torch.maximum(a, b)
    return torch.sqrt(a.clamp(min=0) ** 2 + b.clamp(min=0) ** 2 + 1e-9) + torch.maximum(a, b).clamp(max=0) - corner


def ellipse(x, y, centre_x, centre_y, half_width, half_height):
    a, b = (x - centre_x) / half_width, (y - centre_y) / half_height
    squared = a * a + b * b
    slope = torch.sqrt((a / half_width) ** 2 + (b / half_height) ** 2 + 1e-6)
    return (squared - 1) * 0.5 / slope


def polygon(x, y, corners):
    """Convex polygon; corners [(x, y), ...] clockwise as seen on the screen."""
    distance = None
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
        length = math.hypot(bx - ax, by - ay)
        normal_x, normal_y = (by - ay) / length, -(bx - ax) / length
        side = x * normal_x + y * normal_y - (ax * normal_x + ay * normal_y)
        distance = side if distance is None else torch.maximum(distance, side)
    return distance


def union(*parts):
    result = parts[0]
    for part in parts[1:]:
        result = torch.minimum(result, part)
    return result


def fold(x, y, sectors):
    """Rotates every point into one sector around the upward axis: (along, across >= 0)."""
    angle = torch.atan2(x, -y)
    step = 2 * math.pi / sectors
    angle = (angle - torch.round(angle / step) * step).abs()
    length = torch.sqrt(x * x + y * y + 1e-9)
    return length * torch.cos(angle), length * torch.sin(angle)


def circle(x, y):
    return disc(x, y, 0, 0, 0.90), None, None


def square(x, y):
    return box(x, y, 0, 0, 0.76, 0.76), None, None


def triangle(x, y):
    return polygon(x, y, [(0, -0.96), (0.94, 0.70), (-0.94, 0.70)]), None, None


def star(x, y):
    along, across = fold(x, y + 0.04, 5)
    # One half-ray: from the tip (1, 0) to the notch at 36 degrees and 0.42 of the radius.
    notch_x, notch_y = 0.44 * math.cos(math.pi / 5), 0.44 * math.sin(math.pi / 5)
    length = math.hypot(notch_x - 1, notch_y)
    return ((along - 1) * notch_y - across * (notch_x - 1)) / length, None, None


def heart(x, y):
    side = x.abs()
    lobe = disc(side, y, 0.43, -0.30, 0.49)
    # Below the lobes: the wedge whose flanks are tangents of the two lobes and meet at the tip.
    wedge = torch.maximum(side * 0.735 + (y - 0.90) * 0.678, (-0.30 + 0.0 * y) - y + 0.02 * side)
    return union(lobe, torch.maximum(wedge, side - 0.92)), None, None


def cross(x, y):
    return union(box(x, y, 0, 0, 0.92, 0.31), box(x, y, 0, 0, 0.31, 0.92)), None, None


def moon(x, y):
    return torch.maximum(disc(x, y, -0.02, 0, 0.94), -disc(x, y, 0.44, -0.20, 0.72)), None, None


def house(x, y):
    body = box(x, y, 0, 0.34, 0.62, 0.46)
    roof = polygon(x, y, [(0, -0.94), (0.90, -0.10), (-0.90, -0.10)])
    door = box(x, y, -0.24, 0.52, 0.16, 0.28)
    window = box(x, y, 0.28, 0.28, 0.18, 0.16)
    return body, union(roof, door), window


def tree(x, y):
    crown = union(disc(x, y, 0, -0.46, 0.50), disc(x, y, -0.38, 0.0, 0.44), disc(x, y, 0.38, 0.0, 0.44),
                  box(x, y, 0, 0.14, 0.40, 0.30))
    return crown, box(x, y, 0, 0.68, 0.14, 0.28), None


def sun(x, y):
    along, across = fold(x, y, 8)
    ray = torch.maximum((along - 0.66).abs() - 0.32, across * 0.93 + (along - 0.98) * 0.36 - 0.035)
    return union(disc(x, y, 0, 0, 0.50), torch.maximum(ray, 0.62 - along)), None, None


def cloud(x, y):
    return union(disc(x, y, -0.52, 0.16, 0.38), disc(x, y, -0.10, -0.16, 0.50), disc(x, y, 0.50, 0.10, 0.42),
                 box(x, y, 0, 0.30, 0.56, 0.235)), None, None


def boat(x, y):
    hull = polygon(x, y, [(-0.92, 0.36), (0.92, 0.36), (0.58, 0.82), (-0.58, 0.82)])
    sails = union(polygon(x, y, [(0.06, -0.94), (0.78, 0.24), (0.06, 0.24)]),
                  polygon(x, y, [(-0.08, -0.66), (-0.08, 0.24), (-0.66, 0.24)]))
    return sails, hull, None


def fish(x, y):
    body = ellipse(x, y, -0.20, 0, 0.74, 0.50)
    tail = polygon(x, y, [(0.34, 0.0), (0.92, -0.52), (0.92, 0.52)])
    eye = disc(x, y, -0.58, -0.12, 0.11)
    fin = polygon(x, y, [(-0.16, 0.04), (0.22, -0.14), (0.22, 0.30)])
    return union(body, tail), union(eye, fin), None


def car(x, y):
    body = box(x, y, 0, 0.18, 0.94, 0.27, corner=0.14)
    cabin = polygon(x, y, [(-0.42, -0.52), (0.34, -0.52), (0.62, 0.06), (-0.66, 0.06)])
    wheels = union(disc(x, y, -0.48, 0.44, 0.23), disc(x, y, 0.48, 0.44, 0.23))
    windows = union(polygon(x, y, [(-0.36, -0.38), (-0.06, -0.38), (-0.06, -0.04), (-0.50, -0.04)]),
                    polygon(x, y, [(0.08, -0.38), (0.28, -0.38), (0.46, -0.04), (0.08, -0.04)]))
    return union(body, cabin), wheels, windows


SHAPES = {shape.__name__: shape for shape in (
    circle, square, triangle, star, heart, cross, moon, house, tree, sun, cloud, boat, fish, car)}
