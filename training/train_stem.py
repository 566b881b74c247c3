"""Teaches the encoder's convolutions (models/codec.py, Stem) to name what stands where, before the codec is trained.

    python3 -m training.train_stem --size cpu --minutes 5

A stem of its own sees ten times as many scenes a second as the whole codec, and an encoder that recognises kinds from
its first step has something to write into the tokens. Batch normalisation makes it quick; it is folded into the
convolutions at the end, so that the codec's graph has none. Result: runs/stem-<size>.pt.
"""
import argparse
import time

import torch
import torch.nn.functional as F
from torch import nn

from training.models.checkpoint import RUNS, append_log, autocast, rate_at, save
from training.models.codec import SIZES, Reading, Stem
from training.models.pool import ScenePool, SceneStream

BATCH = 64


class NormalisedStem(nn.Module):
    """A stem whose three inner convolutions are followed by batch normalisation, and the head that reads it."""

    def __init__(self, config):
        super().__init__()
        self.stem, self.reading = Stem(config), Reading(config)
        self.norms = nn.ModuleDict({name: nn.BatchNorm2d(getattr(self.stem, name).out_channels)
                                    for name in ("first", "halve", "mix")})

    def forward(self, image):
        stem, norms = self.stem, self.norms
        x = F.gelu(norms["first"](stem.first(F.pixel_unshuffle(image, stem.cell))))
        x = F.gelu(norms["halve"](stem.halve(x)))
        x = stem.out(F.gelu(x + norms["mix"](stem.mix(x))))
        return self.reading(x.flatten(2).transpose(1, 2))

    @torch.no_grad()
    def folded(self):
        """The stem alone, its normalisation inside weights and biases."""
        for name, norm in self.norms.items():
            layer = getattr(self.stem, name)
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            layer.bias.copy_((layer.bias - norm.running_mean) * scale + norm.bias)
            layer.weight.mul_(scale[:, None, None, None])
        return self.stem


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="cpu")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    device, config = arguments.device, SIZES[arguments.size]
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    cells = 2 * config.grid
    source = (SceneStream(cells, arguments.seed, device) if device.startswith("cuda")
              else ScenePool(128 * 64, config.image_size, cells, arguments.seed, share_of_core=1.0))
    model = NormalisedStem(config).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)

    seconds, images, printed_at, recent = 0.0, 0, 0.0, []
    while seconds < 60 * arguments.minutes:
        started = time.time()
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * rate_at(seconds / 60 / arguments.minutes, hold=0.3)
        image, labels = source.batch(BATCH)
        with autocast(device):
            logits = model(image)
        loss, correct = model.reading.loss(logits, labels)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        images += BATCH
        recent.append(torch.stack([loss, correct]).detach())
        seconds += time.time() - started
        if seconds - printed_at > 15:
            loss, correct = torch.stack(recent).mean(dim=0).tolist()
            print(f"{seconds / 60:5.1f} min  {images:7d} images  {len(recent) * BATCH / (seconds - printed_at):6.1f} "
                  f"images/s  {loss:.3f} nats, kinds {correct:.3f}", flush=True)
            printed_at, recent = seconds, []

    with torch.no_grad():  # the reading does not mind the scale; the codec's patches have a deviation near 1
        stem, image = model.eval().folded(), source.batch(BATCH)[0]
        scale = stem(image).std()
        for parameter in stem.out.parameters():
            parameter.div_(scale)
    save({"stem": stem.state_dict(), "reading": model.reading.state_dict()}, RUNS / f"stem-{arguments.size}.pt")
    append_log(f"stem {arguments.size}", {
        "time": f"{seconds / 60:.0f} minutes on {device}, {arguments.threads} threads, {images} images",
        "last": f"{loss:.3f} nats, kinds right in {correct:.3f} of the cells"})


if __name__ == "__main__":
    main()
