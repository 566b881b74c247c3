"""Counterfactual interpolation: a growing run of picture A's tokens is replaced by B's, for both tokenizers.

With spatial tokens a picture is cut and pasted; with timestep tokens attributes should change one after the other
(DDT-LLaMA, arXiv 2504.14666, its comparison with VQ-GAN tokens).
"""
import torch

from training.models.pool import from_bytes
from training.study.corpus import rendered
from training.study.learnt import save_sheet
from training.study.results import Results
from training.study.score import read_scenes
from training.study.restoring import encode, restore
from training.study.train_decoder import RECIPE

STEPS = 8  # pictures on the way: replaced tokens grow by K / STEPS
SHOWN = 4  # pairs on the sheet
PAIRS = 48  # pairs measured


def mixed(tokens_a, tokens_b, replaced):
    """tokens [N, K] in writing order: the first `replaced` ones from B, the rest from A"""
    return torch.cat([tokens_b[:, :replaced], tokens_a[:, replaced:]], dim=1)


def ordered(codec, tokens):
    """numbered <-> writing order, for tensors"""
    return torch.from_numpy(codec.writing_order(tokens.numpy()).copy())


@torch.no_grad()
def frames(codec, images_a, images_b):
    """images uint8 [N, 3, H, W] -> [STEPS + 1, N, 3, H, W], from A to B in writing order (coarse -> fine, or row by row)"""
    one, other = (ordered(codec, encode(codec, images)) for images in (images_a, images_b))
    count = one.shape[1]
    return torch.stack([restore(codec, ordered(codec, mixed(one, other, count * step // STEPS)), 1)
                        for step in range(STEPS + 1)])


def region_shares(pictures):
    """pictures [STEPS + 1, N, 3, H, W] -> how far each pixel has gone from A to B, in [0, 1], [STEPS + 1, N, H, W]"""
    start, end = pictures[0], pictures[-1]
    way = (end - start).abs().sum(dim=1)
    gone = ((pictures - start) * (end - start).sign()).sum(dim=2)
    return torch.where(way > 0.3, (gone / way.clamp(min=1e-3)).clamp(0, 1), torch.nan)


def cut_index(pictures):
    """How much a half-way picture is a cut: 0 when every pixel has gone the same share of the way, 1 when half are A's and
    half are B's. Variance of the shares over pixels that differ, over its greatest value 1/4 -> mean, number of pairs
    """
    shares = region_shares(pictures)[STEPS // 2]
    found = []
    for row in shares:
        values = row[~row.isnan()]
        if len(values) > 50:
            found.append((values.var(unbiased=False) / 0.25).item())
    return sum(found) / max(1, len(found)), len(found)


def attribute_steps(detector, pictures, scenes_a, scenes_b):
    """Share of pairs whose picture at each step shows B's background, count of objects, and kinds with colours.

    Only pairs that differ in the attribute count.
    """
    read = {
        "background": lambda scene: (scene.background.kind, tuple(scene.background.colours)),
        "count": lambda scene: len(scene.objects),
        "places": lambda scene: sorted(one.cell for one in scene.objects),
        "colours": lambda scene: sorted(one.colour for one in scene.objects),
        "kinds": lambda scene: sorted(one.kind for one in scene.objects),
    }
    seen = [read_scenes(detector, step) for step in pictures]
    table = {}
    for name, of in read.items():
        different = [n for n in range(len(scenes_a)) if of(scenes_a[n]) != of(scenes_b[n])]
        table[name] = {"pairs": len(different), **{side: [round(sum(of(step[n]) == of(scenes[n]) for n in different)
                                                               / max(1, len(different)), 3) for step in seen]
                                                   for side, scenes in (("fromA", scenes_a), ("fromB", scenes_b))}}
    return table


def compare(sources, detector, place):
    """Pairs are neighbours among the held-out scenes; the sheets lie beside the results."""
    results = Results("interpolation", {"pairs": PAIRS, "steps": STEPS, "decoders": RECIPE,
                                        "codecs": {key: one["facts"] for key, one in sources.items()}}, place)
    for tokenizer, source in sources.items():
        if results.find(tokenizer=tokenizer):
            continue
        scenes = source["val"]["scenes"][:2 * PAIRS]
        images = rendered(scenes)
        a, b = images[0::2], images[1::2]
        pictures = frames(source["codec"], a, b)
        shown = torch.cat([from_bytes(a[:SHOWN])[None], pictures[:, :SHOWN], from_bytes(b[:SHOWN])[None]])
        save_sheet(shown.transpose(0, 1), place / f"interpolation-{tokenizer}.png")
        cut, pairs = cut_index(pictures)
        results.add({"tokenizer": tokenizer, "cutIndex": round(cut, 3), "pairsMeasured": pairs, "attributes": attribute_steps(
            detector, pictures, scenes[0::2], scenes[1::2])})
        print(results.data["runs"][-1], flush=True)
