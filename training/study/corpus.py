"""What the language models of the studies read: scenes of the full world, their edits and their timestep tokens."""
import torch

from training.cache_tokens import draw, encode
from training.export.checkpoints import load_codec_weights
from training.export.storage import fingerprint, same_fingerprint
from training.models import diffusion
from training.models.checkpoint import load, save
from training.models.codec import SIZES as CODEC_SIZES
from training.models.codec import Codec
from training.models.pool import to_bytes
from training.study.size import folder
from training.world.render import render
from training.world.scene import SceneBatch

SEED = 2
CHAINED = 0.4  # of the edits change an edited scene, as in the training of the shipped model


class ShippedCodec(Codec):
    """The timestep tokenizer of a pack, with the methods that the comparisons ask of both sides."""

    schedule = {"kind": "power", "exponent": diffusion.SCHEDULE_EXPONENT}

    def visible_decoder(self, x, t, tokens, visible):
        """What `diffusion.sample` calls: visibility is its business."""
        return self.decoder(x, t, tokens, visible)

    @staticmethod
    def writing_order(tokens):
        """tokens [N, K] as numbered, finest first -> in the order in which a language model writes them: coarse -> fine"""
        return tokens[:, ::-1]


def shipped_codec(pack):
    codec = ShippedCodec(CODEC_SIZES["cpu"])
    load_codec_weights(codec, pack)
    return codec.eval()


def drawn(scenes, edits):
    """As `draw`: (scenes, edited ones behind them), edits."""
    return {split: draw(split, count, changed, CHAINED, SEED) for split, count, changed in
            (("train", scenes, edits), ("val", min(1000, scenes), 0))}


def from_cache(cache, scenes, edits, wanted):
    """The first rows and edits of a cache of training.cache_tokens, if it holds tokens of the same encoder."""
    sets = {}
    for split, rows, changed in (("train", scenes, edits), ("val", min(1000, scenes), 0)):
        found = load(cache / f"{split}.pt")
        if not same_fingerprint(found["encoder"], wanted):
            raise SystemExit(f"{cache} holds tokens of another encoder than the pack's: leave --cache out")
        first = found["settings"][1]  # edited scenes begin here
        kept = [*range(rows), *range(first, first + changed)]
        place = {row: index for index, row in enumerate(kept)}
        sets[split] = {"scenes": [found["scenes"][row] for row in kept], "tokens": found["tokens"][kept],
                       "edits": [(place[source], texts, place[result]) for source, texts, result in found["edits"][:changed]
                                 if source in place]}
    return sets


def corpus(size_name, size, pack, cache=None):
    """-> {"train", "val"} of {"scenes", "edits", "tokens" uint16 [N, K] of the pack}, made once; pictures: see `pictures`.

    cache: folder of training.cache_tokens with tokens of the same encoder, which spares the encoding.
    """
    path, codec = folder(size_name) / "corpus.pt", shipped_codec(pack)
    mark = fingerprint(codec.encoder)
    if path.exists():
        sets = load(path)
        if same_fingerprint(sets["encoder"], mark):
            return sets
    sets = from_cache(cache, size.scenes, size.edits, mark) if cache else drawn(size.scenes, size.edits)
    for part in sets.values():
        if "tokens" not in part:
            part["tokens"] = encode(codec, part["scenes"], "cpu")
    save({**sets, "encoder": mark}, path)
    return load(path)


def pictures(size_name, sets):
    """The same scenes as {"train", "val"} of {"images": uint8 [N, 3, H, W]}, rendered once."""
    path = folder(size_name) / "pictures.pt"
    if not path.exists():
        save({split: {"images": rendered(sets[split]["scenes"])} for split in ("train", "val")}, path)
    return load(path)


def rendered(scenes):
    """Scenes -> uint8 [N, 3, H, W]"""
    return torch.cat([to_bytes(render(SceneBatch.from_scenes(scenes[start:start + 256])))
                      for start in range(0, len(scenes), 256)])
