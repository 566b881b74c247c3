"""Both tokenizers learnt from nothing with one budget: which is learnt faster, and what does it know by then?

Same pictures, same decoder, same number of weights within 1 %, same images seen; only what a token may know differs.
"""
import torch
from PIL import Image

from training.models.pool import from_bytes, to_bytes
from training.study import data, train_learnt
from training.study.learnt_codecs import KINDS
from training.study.restoring import encode, restore
from training.study.results import Results

SHOWN = 12


def compare(size_name, size, seeds, clock, place):
    results = Results("learnt", {"size": size.as_dict(), "rates": train_learnt.RATES}, place)
    sets = data.world(size_name, size)
    for seed in range(1, seeds + 1):
        for kind in KINDS:
            if results.find(tokenizer=kind, seed=seed):
                continue
            codec, history = train_learnt.train(kind, size_name, size, sets, seed, clock)
            if codec is None:
                return
            results.add({"tokenizer": kind, "seed": seed, "parameters": train_learnt.parameters(codec), "curve": history})
            if seed == 1:
                images = sets["val"]["images"][:SHOWN]
                tokens = encode(codec, images)
                rows = [from_bytes(images), restore(codec, tokens), restore(codec, tokens, 1)]
                save_sheet(rows, place / f"learnt-{kind}.png")


def save_sheet(rows, path):
    """rows: list of images [N, 3, H, W] in [-1, 1], one row of the sheet each"""
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
    Image.fromarray(to_bytes(sheet.clamp(-1, 1)).permute(1, 2, 0).numpy()).save(path, optimize=True)
