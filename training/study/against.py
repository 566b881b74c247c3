"""Spatial against timestep tokens: what comes back from them, from the first few of them, and from text.

    python3 -m training.study.against

Equal decoders start from the sketch of least squares and see the same pictures in the same order; equal readers of phrases (models/phrases.py) see the same
full descriptions. Everything is drawn in one step, as the pack does, so the decoders learn from pure noise alone. The judge reads held-out scenes.
"""
import math

import torch
import torch.nn.functional as F
from PIL import Image

from training.models import diffusion
from training.models.arguments import rehearsed
from training.models.checkpoint import RUNS, Average, autocast, load, save
from training.models.clock import rate_at
from training.models.language_model import LanguageModelConfig
from training.models.muon import make_optimisers
from training.models.phrases import PhraseReader, borders_of, by_channel, level_losses, likeliest_tokens, lines_of
from training.models.pool import to_bytes
from training.study.control import (DECODER, FOLDER, HELD_OUT, PICTURES, RESULTS, SIDES, TOKENS, blank_codec, drawn, make_codec, opened, psnr, right, tokens_of,
                                    write_results)
from training.text_tokenizer import TextTokenizer
from training.train_codec import NAMING_WEIGHT, OBJECT_EMPHASIS
from training.world.language import canonical_plan
from training.world.render import render
from training.world.segmentation import segment, weight_of_cells

SEED = 1
DECODER_BATCH, DECODER_STEPS, DECODER_RATES = rehearsed(64, 8), rehearsed(240, 3), (2e-3, 1e-3)
PLAN_BATCH, PLAN_STEPS, PLAN_RATE = rehearsed(64, 8), rehearsed(2500, 3), 2e-3
FEW = (8, 4, 2, 1)  # one of so many tokens is kept
SHOWN = 8  # pictures on the sheet


def rows_of(count, batch, steps):
    """Rows of every step, each row once before any comes again."""
    rows = torch.cat([torch.randperm(count) for _ in range(math.ceil(steps * batch / count))])
    return rows[:steps * batch].reshape(steps, batch)


def set_rates(optimisers, progress):
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = group["base_lr"] * rate_at(progress, warm_up=0.02, hold=0.3)


def train_decoder(codec, data, steps=DECODER_STEPS):
    """In place; it ends with its averaged weights."""
    torch.manual_seed(SEED)
    latents, scenes = data["train"]["latents"], data["train"]["scenes"]
    tokens = tokens_of(codec, latents)
    codec.train()
    decoder, optimisers, average = codec.decoder, make_optimisers(codec.decoder, *DECODER_RATES), Average(codec.decoder, decay=0.99)
    for step, rows in enumerate(rows_of(len(latents), DECODER_BATCH, steps)):
        set_rates(optimisers, step / steps)
        clean, labels, t = latents[rows].float(), segment(scenes[rows], 2 * codec.config.grid), torch.ones(len(rows))
        with autocast("cpu"):
            prediction = decoder(torch.randn_like(clean), t, tokens[rows], diffusion.sample_training_visibility(t, codec.config.token_count))
            naming = codec.autoencoder.naming(prediction)
        loss = diffusion.loss_on_clean_image(prediction, clean, t, weight_of_cells(labels, OBJECT_EMPHASIS))
        (loss + NAMING_WEIGHT * codec.autoencoder.naming.loss(naming, labels)[0]).backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(decoder)
    decoder.load_state_dict(average.state(), strict=True)
    codec.eval()


def weighted_losses(scores, tokens, quantiser, weight):
    """As level_losses, with a weight [K] of each token"""
    level = quantiser.levels_of(tokens)
    nats = sum(F.cross_entropy(part.flatten(0, 1), level[..., channel].flatten(), reduction="none") for channel, part in enumerate(by_channel(scores, quantiser)))
    return (nats.reshape(tokens.shape) * weight).mean()


def train_reader(codec, data, plans, tokenizer, steps=PLAN_STEPS):
    """plans: ids of the training scenes -> a reader of phrases with averaged weights

    Tokens count as much as they move the latents. With all alike, after 800 steps the reader of timestep tokens had learnt shapes and no ground: what is large in the
    latents is small in the gradient, for cells reach a token through a component that is divided by its deviation."""
    torch.manual_seed(SEED)
    tokens, quantiser = tokens_of(codec, data["train"]["latents"]), codec.quantiser
    config = LanguageModelConfig(codec.config.token_count, tuple(codec.config.levels), latent_channels=codec.config.channels, grid=codec.config.grid,
                                 **borders_of(tokenizer))
    reader = PhraseReader.of(config)
    reader.painter.start_from(codec.decoder)
    components = list(reader.painter.components.parameters())
    others = [p for p in reader.parameters() if all(p is not one for one in components)]
    optimiser = torch.optim.AdamW([{"params": others, "base_lr": PLAN_RATE}, {"params": components, "base_lr": 0.1 * PLAN_RATE}], weight_decay=0.02)
    average, weight = Average(reader, decay=0.99), codec.decoder.sketch.weight.detach().square().sum(dim=(1, 2)).sqrt()
    for step, rows in enumerate(rows_of(len(plans), PLAN_BATCH, steps)):
        set_rates([optimiser], step / steps)
        ids = lines_of([plans[row] for row in rows], tokenizer.special)
        with autocast("cpu"):
            scores = reader(ids, ids > 0)
        weighted_losses(scores, tokens[rows], quantiser, weight / weight.mean()).backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update(reader)
    reader.load_state_dict(average.state(), strict=False)
    return reader.eval()


def trained_codec(side, shipped, data):
    """The codec of a side with its trained decoder, from runs/study where it is there."""
    path = FOLDER / f"codec-{side}.pt"
    if not path.exists():
        codec = make_codec(side, shipped, data)
        train_decoder(codec, data)
        save(codec.trained().state_dict(), path)
    codec = blank_codec(shipped)
    codec.trained().load_state_dict(load(path), strict=True)
    return codec


def measure(side, codec, judge, data, plans, held_out_plans, tokenizer):
    """-> what the judge reads in pictures of all and of few tokens and of descriptions, and the first of those pictures"""
    scenes, tokens = data["val"]["scenes"], tokens_of(codec, data["val"]["latents"])
    found, rows = {"side": side, "parameters": sum(p.numel() for p in codec.decoder.parameters())}, [render(scenes[:SHOWN])]
    for part in FEW:
        images = drawn(codec, tokens, codec.config.token_count // part)
        found["all" if part == 1 else f"1/{part}"] = {"psnr": psnr(images, scenes), **right(judge, images, scenes)}
        rows.append(images[:SHOWN])
        print(side, part, list(found.values())[-1], flush=True)
    reader, ids = train_reader(codec, data, plans, tokenizer), lines_of(held_out_plans, tokenizer.special)
    with torch.no_grad():
        scores = reader(ids, ids > 0)
    likeliest = likeliest_tokens(scores, codec.quantiser)
    images = drawn(codec, likeliest)
    rows.append(images[:SHOWN])
    found["text"] = {"nats": round(level_losses(scores, tokens, codec.quantiser).item(), 3), **right(judge, images, scenes)}
    print(side, "text", found["text"], flush=True)
    return found, rows


def sheet(rows, path):
    """rows: list of pictures [N, 3, H, W], one row of the sheet each; half size, 256 colours"""
    together = to_bytes(torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)).permute(1, 2, 0).numpy()
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(together)
    image.resize((image.width // 2, image.height // 2), Image.LANCZOS).quantize(256).save(path, optimize=True)


def main():
    shipped, judge, data = opened()
    tokenizer, runs = TextTokenizer(RUNS / "text" / "tokenizer.json"), []
    plans, held_out_plans = ([tokenizer.encode(canonical_plan(scene)) for scene in data[split]["scenes"].to_scenes()] for split in ("train", "val"))
    for side in SIDES:
        found, rows = measure(side, trained_codec(side, shipped, data), judge, data, plans, held_out_plans, tokenizer)
        runs.append(found)
        sheet(rows, RESULTS / f"against-{side}.png")
        write_results("against", {"tokens": TOKENS, "pictures": PICTURES, "heldOut": HELD_OUT, "seed": SEED, "decoder": DECODER,
                                  "decoderSteps": DECODER_STEPS, "decoderBatch": DECODER_BATCH, "decoderRates": DECODER_RATES,
                                  "planSteps": PLAN_STEPS, "planBatch": PLAN_BATCH, "planRate": PLAN_RATE, "runs": runs})


if __name__ == "__main__":
    main()
