"""Counterfactual interpolation: a growing run of picture A's tokens is replaced by B's, in writing order.

    python3 -m training.study.interpolation    # after training.study.against, whose decoders it draws with

With spatial tokens a picture is cut and pasted; with timestep tokens attributes should change one after the other (DDT-LLaMA, arXiv 2504.14666, its comparison
with VQ-GAN tokens). The shipped codec, with tokens and decoder of its own, is asked the same.
"""
import torch

from training.models.arguments import rehearsed
from training.study.against import sheet, trained_codec
from training.study.control import DECODER, RESULTS, SIDES, TOKENS, drawn, ground, opened, read_scenes, tokens_of, write_results

STEPS = 8  # pictures on the way: an eighth of the tokens more each
PAIRS, SHOWN = rehearsed(64, 4), 4  # pairs of neighbours among the held-out scenes; those on the sheet
DIFFERENT = 0.3  # sum over channels from which on a pixel of A is another than B's
READ = {"ground": ground, "count": lambda scene: len(scene.objects),
        **{name: (lambda scene, name=name: sorted(getattr(one, name) for one in scene.objects)) for name in ("cell", "colour", "size", "kind", "texture")}}


def frames(codec, latents):
    """latents of 2 * PAIRS scenes -> pictures [STEPS + 1, PAIRS, 3, H, W] from the even ones to the odd ones"""
    tokens, count = tokens_of(codec, latents), codec.config.token_count
    index = torch.arange(count)
    return torch.stack([drawn(codec, torch.where(index >= count - count * step // STEPS, tokens[1::2], tokens[0::2])) for step in range(STEPS + 1)])


def cut_index(pictures):
    """How much a picture half-way is a cut: 0 where every pixel has gone the same share of the way from A to B, 1 where each is A's or B's. Variance of the
    shares over the pixels that differ, over the most it can be at their mean; of each pair the picture that has gone nearest to half of the way.
    -> mean over pairs, and the mean share of the tokens that were B's in those pictures; None where no picture differs from another."""
    start, end, found = pictures[0], pictures[-1], []
    way = (end - start).abs().sum(dim=1)
    gone = (((pictures - start) * (end - start).sign()).sum(dim=2) / way.clamp(min=1e-3)).clamp(0, 1)  # [STEPS + 1, pairs, H, W]
    for row in range(len(way)):
        values = gone[1:-1, row][:, way[row] > DIFFERENT]
        if values.shape[1] > 50:
            mean = values.mean(dim=1)
            step = (mean - 0.5).abs().argmin()
            found.append((values[step].var(unbiased=False) / (mean[step] * (1 - mean[step])).clamp(min=1e-6), (step + 1) / STEPS))
    return [round(torch.stack(each).mean().item(), 3) for each in zip(*found)] or None


def shares(judge, pictures, scenes):
    """Name -> shares of the pairs that show A's and B's value at each step, among those that differ in it"""
    read, found = [read_scenes(judge, step) for step in pictures], {}
    for name, of in READ.items():
        rows = [row for row in range(len(scenes) // 2) if of(scenes[2 * row]) != of(scenes[2 * row + 1])]
        found[name] = {"pairs": len(rows), **{key: [round(sum(of(step[row]) == of(scenes[2 * row + side]) for row in rows) / max(1, len(rows)), 3)
                                                    for step in read] for side, key in enumerate(("fromA", "fromB"))}}
    return found


def main():
    shipped, judge, data = opened()
    latents, scenes, runs = data["val"]["latents"][:2 * PAIRS], data["val"]["scenes"][:2 * PAIRS].to_scenes(), []
    for name in (*SIDES, "shipped"):
        pictures = frames(shipped if name == "shipped" else trained_codec(name, shipped, data), latents)
        sheet(pictures[:, :SHOWN].transpose(0, 1), RESULTS / f"interpolation-{name}.png")
        runs.append({"codec": name, "cutIndexAndShareOfTokens": cut_index(pictures), "shares": shares(judge, pictures, scenes)})
        print(runs[-1], flush=True)
        write_results("interpolation", {"tokens": {**dict.fromkeys(SIDES, TOKENS), "shipped": shipped.config.token_count}, "decoder": DECODER, "pairs": PAIRS,
                                        "steps": STEPS, "runs": runs})


if __name__ == "__main__":
    main()
