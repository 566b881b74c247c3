"""Trains the part of the language model that reads phrases (models/phrases.py), alone: plan -> tokens.

    python3 -m training.train_phrases --size cpu --minutes 20

Stop it at any time and start it again with the same command: it goes on from runs/phrases-<size>/last.pt, which the
language model takes up when it is there. It needs the token cache and no picture: thousands of plans a second.
"""
import random

import torch

from training.export.storage import same_fingerprint
from training.judge import load_judge, objects_right
from training.models import diffusion
from training.models.arguments import rehearsed, training_parser
from training.models.checkpoint import RUNS, Average, append_log, load, record_curve, save
from training.models.clock import Clock
from training.models.fsq import FiniteScalarQuantiser
from training.models.language_model import SIZES, LanguageModelConfig
from training.models.phrases import PhraseReader, borders_of, by_channel, level_losses, lines_of
from training.text_tokenizer import TextTokenizer
from training.world.language import canonical_plan, sample_prompt
from training.world.scene import SceneBatch
from training.world.vocabulary import WORLD

RECIPES = {"cpu": (128, 2e-3), "gpu": (1024, 2e-3)}  # plans per step, learning rate of AdamW
COMPONENTS_RATE = 0.1  # of it: they begin as the codec's own
WEIGHT_DECAY = 0.02
PROMPT_SHARE = 0.1  # short prompts in place of the plan: who draws without a plan reads those
EMPTY_SHARE = 0.02  # no words at all: what any picture is like
SAVE_EVERY, LOOK_EVERY = 120, 240  # seconds
LOOKED_AT = 192  # held-out plans that are drawn


@torch.no_grad()
def measure(reader, average, cache, plans, special, codec, judge):
    """Held-out plans with the averaged weights: nats of a token; objects right in what is drawn from the likeliest tokens."""
    quantiser = FiniteScalarQuantiser(cache["levels"])
    codes = torch.from_numpy(cache["tokens"].astype("int64"))
    ids = lines_of(plans, special)
    with average.lent(reader):
        scores = reader(ids, ids > 0)
    likeliest = (torch.stack([part.argmax(dim=-1) for part in by_channel(scores, quantiser)], dim=-1) * quantiser.place).sum(dim=-1)
    found = {"nats": round(level_losses(scores, codes[:len(ids)], quantiser).item(), 3),
             "tokensRight": round((likeliest == codes[:len(ids)]).float().mean().item(), 3)}
    if judge:
        drawn = []
        for start in range(0, min(LOOKED_AT, len(ids)), 64):
            tokens = likeliest[start:min(start + 64, LOOKED_AT)]
            noise = torch.randn(len(tokens), *codec.config.latent_shape, generator=torch.Generator().manual_seed(start))
            drawn.append(codec.pixels(diffusion.sample(lambda *inputs: codec.decoder(*inputs).float(), tokens, noise, 1)))
        drawn = torch.cat(drawn)
        found["drawn"] = objects_right(judge, drawn, SceneBatch.from_scenes(cache["scenes"][:len(drawn)]))
    return found


def main():
    arguments = training_parser(__doc__, 20, SIZES, from_pack=False).parse_args()
    from training.export.checkpoints import load_codec
    folder = RUNS / f"phrases-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    batch_size, rate = RECIPES[arguments.size]
    batch_size = rehearsed(batch_size, 16)
    cache, held_out = (load(RUNS / f"cache-{arguments.size}" / f"{name}.pt") for name in ("train", "val"))
    tokenizer = TextTokenizer(RUNS / "text" / "tokenizer.json")
    special, quantiser = tokenizer.special, FiniteScalarQuantiser(cache["levels"])
    codes = torch.from_numpy(cache["tokens"].astype("int64"))
    plans = [tokenizer.encode(canonical_plan(scene)) for scene in cache["scenes"]]

    torch.manual_seed(arguments.seed)
    config = LanguageModelConfig(codes.shape[1], tuple(cache["levels"]), **borders_of(tokenizer), **SIZES[arguments.size])
    codec, judge = load_codec(arguments.size)[0], load_judge()
    reader = PhraseReader.of(config)
    reader.start_from(codec.decoder)
    components = list(reader.components.parameters())
    others = [p for p in reader.parameters() if all(p is not one for one in components)]
    optimiser = torch.optim.AdamW([{"params": others, "base_lr": rate}, {"params": components, "base_lr": COMPONENTS_RATE * rate}],
                                  weight_decay=WEIGHT_DECAY)
    average = Average(reader)
    clock, seen, history = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last)
        if not same_fingerprint(state["encoder"], cache["encoder"]):
            raise SystemExit(f"{last} belongs to tokens of another encoder: remove {folder} to start afresh")
        reader.load_state_dict(state["model"])
        average.load(state["average"], state["averageSteps"])
        optimiser.load_state_dict(state["optimiser"])
        clock.resume(state["seconds"])
        seen, history = state["plans"], state["history"]
        print(f"resumed at {clock.minutes:.1f} minutes, {seen} plans", flush=True)
    rng = random.Random(arguments.seed + seen)

    def text_for(row):
        point = rng.random()
        if point < EMPTY_SHARE:
            return []
        return tokenizer.encode(sample_prompt(cache["scenes"][row], rng)) if point < EMPTY_SHARE + PROMPT_SHARE else plans[row]
    held_out_plans = [tokenizer.encode(canonical_plan(scene)) for scene in held_out["scenes"][:rehearsed(1000, 16)]]

    losses, seen_printed = [], seen
    while clock.runs():
        clock.set_rates([optimiser], hold=0.3)
        rows = [rng.randrange(len(plans)) for _ in range(batch_size)]
        texts = [text_for(row) for row in rows]
        ids = lines_of(texts, special)
        loss = level_losses(reader(ids, ids > 0), codes[rows], quantiser)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimiser.step()
        average.update(reader)
        clock.pause()

        seen += batch_size
        losses.append(loss.detach())
        since = clock.since("line")
        if clock.due("line"):
            print(f"{clock.minutes:6.1f} min  {seen:9d} plans  {(seen - seen_printed) / since:7.0f}/s  "
                  f"{torch.stack(losses).mean().item():.3f} nats a token  {clock.left:5.1f} min left", flush=True)
            losses, seen_printed = [], seen
        if clock.due("look"):
            history.append({"minutes": round(clock.minutes, 1), "plans": seen,
                            **measure(reader, average, held_out, held_out_plans, special, codec, judge)})
            print("held out:", history[-1], flush=True)
            record_curve(f"phrases {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            save({"config": config.as_dict(), "model": reader.state_dict(), "average": average.state(), "averageSteps": average.steps,
                  "optimiser": optimiser.state_dict(), "seconds": clock.seconds, "plans": seen, "history": history,
                  "seed": arguments.seed, "encoder": cache["encoder"]}, last)

    if clock.complete:
        append_log(f"phrases {arguments.size}", {
            "recipe": f"width {config.phrase_width}, batch {batch_size}, AdamW {rate}, weight decay {WEIGHT_DECAY}, prompts in place of plans {PROMPT_SHARE}, "
                      f"{len(plans)} scenes, seed {arguments.seed}",
            "time": f"{clock.minutes:.0f} minutes, {arguments.threads} threads, {seen} plans",
            "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
