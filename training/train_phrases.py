"""Trains the part of the language model that reads phrases (models/phrases.py), alone: plan -> tokens, and of an edit
tokens and two descriptions -> tokens.

    python3 -m training.train_phrases --size cpu --minutes 20

Stop it at any time and start it again with the same command: it goes on from runs/phrases-<size>/last.pt, which the
language model takes up when it is there. It needs the token cache and no picture: thousands of plans a second.
"""
import random

import torch

from training.export.storage import same_fingerprint
from training.judge import load_judge, objects_right
from training.models import diffusion
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, Average, append_log, load, record_curve, save
from training.models.clock import Clock
from training.models.fsq import FiniteScalarQuantiser
from training.models.language_model import SIZES, LanguageModelConfig
from training.models.phrases import PhraseReader, borders_of, edit_lines_of, level_losses, likeliest_tokens, lines_of
from training.text_tokenizer import TextTokenizer
from training.world.language import canonical_plan, sample_prompt
from training.world.scene import SceneBatch
from training.world.vocabulary import WORLD

RECIPES = {"cpu": (128, 2e-3), "gpu": (1024, 2e-3)}  # plans per step, learning rate of AdamW
COMPONENTS_RATE = 0.1  # of it: they begin as the codec's own
WEIGHT_DECAY = 0.02
PROMPT_SHARE = 0.1  # short prompts in place of the plan: who draws without a plan reads those
EDIT_SHARE = 0.25  # of a step's pictures: edits of other pictures
UNSAID = 0.2  # of the phrases that both descriptions of an edit share are left out of both
EMPTY_SHARE = 0.02  # no words at all: what any picture is like
SAVE_EVERY, LOOK_EVERY = 120, 240  # seconds
LOOKED_AT = 192  # held-out plans that are drawn


def edit_texts(before, after, unsaid):
    """Descriptions of an edit's source and result, both without each phrase they share that `unsaid` names: what is not said stays."""
    parts = [text.split(", ") for text in (before, after)]
    left = {phrase for phrase in parts[0] if phrase in parts[1] and unsaid(phrase)}
    return tuple(", ".join([phrase for phrase in some if phrase not in left] or some) for some in parts)


class Edits:
    """The edits of a token cache as what is read and what is to be written."""

    def __init__(self, cache, tokenizer, plans):
        self.tokenizer, self.plans = tokenizer, plans
        self.codes = torch.from_numpy(cache["tokens"].astype("int64"))
        self.rows = [(source, result) for source, _, result in cache["edits"]]

    def batch(self, chosen, unsaid=lambda phrase: False):
        """Numbers of edits -> ids, tokens of the sources, those of the results"""
        rows = [self.rows[number] for number in chosen]
        texts = [edit_texts(self.plans[source], self.plans[result], unsaid) for source, result in rows]
        lines = edit_lines_of([tuple(map(self.tokenizer.encode, pair)) for pair in texts], self.tokenizer.special)
        return lines, self.codes[[source for source, _ in rows]], self.codes[[result for _, result in rows]]


@torch.no_grad()
def drawn_right(tokens, scenes, codec, judge):
    """Shares of objects right in what is drawn from tokens [N, K] in one step."""
    drawn = []
    for start in range(0, len(tokens), 64):
        some = tokens[start:start + 64]
        noise = torch.randn(len(some), *codec.config.latent_shape, generator=torch.Generator().manual_seed(start))
        drawn.append(codec.pixels(diffusion.sample(lambda *inputs: codec.decoder(*inputs).float(), some, noise, 1)))
    return objects_right(judge, torch.cat(drawn), SceneBatch.from_scenes(scenes))


@torch.no_grad()
def measure(reader, average, cache, plans, edits, codec, judge):
    """Held-out plans and edits with the averaged weights: nats of a token; objects right in what is drawn from the likeliest tokens."""
    quantiser = FiniteScalarQuantiser(cache["levels"])
    ids, codes = lines_of(plans, edits.tokenizer.special), edits.codes[:len(plans)]
    edit_ids, sources, results = edits.batch(range(len(plans)))
    with average.lent(reader):
        scores, edited = reader(ids, ids > 0), reader(edit_ids, edit_ids > 0, sources, torch.ones(len(sources), 1))
    found = {"nats": round(level_losses(scores, codes, quantiser).item(), 3), "editNats": round(level_losses(edited, results, quantiser).item(), 3)}
    if judge:
        scenes = cache["scenes"]
        found["drawn"] = drawn_right(likeliest_tokens(scores, quantiser)[:LOOKED_AT], scenes[:min(LOOKED_AT, len(plans))], codec, judge)
        found["edited"] = drawn_right(likeliest_tokens(edited, quantiser)[:LOOKED_AT], [scenes[row] for _, row in edits.rows[:min(LOOKED_AT, len(plans))]],
                                      codec, judge)
    return found


def main():
    arguments = training_parser(__doc__, 20, SIZES, from_pack=False).parse_args()
    from training.export.checkpoints import load_codec
    folder = RUNS / f"phrases-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    use_processor(arguments.threads)
    batch_size, rate = RECIPES[arguments.size]
    batch_size = rehearsed(batch_size, 16)
    cache, held_out = (load(RUNS / f"cache-{arguments.size}" / f"{name}.pt") for name in ("train", "val"))
    tokenizer = TextTokenizer(RUNS / "text" / "tokenizer.json")
    special, quantiser = tokenizer.special, FiniteScalarQuantiser(cache["levels"])
    codes = torch.from_numpy(cache["tokens"].astype("int64"))
    texts, held_out_texts = ([canonical_plan(scene) for scene in some["scenes"]] for some in (cache, held_out))
    plans = [tokenizer.encode(text) for text in texts]
    edits, held_out_edits = Edits(cache, tokenizer, texts), Edits(held_out, tokenizer, held_out_texts)

    torch.manual_seed(arguments.seed)
    config = LanguageModelConfig(codes.shape[1], tuple(cache["levels"]), **borders_of(tokenizer), **SIZES[arguments.size])
    codec, judge = load_codec(arguments.size)[0], load_judge()
    reader = PhraseReader.of(config)
    reader.painter.start_from(codec.decoder)
    components = list(reader.painter.components.parameters())
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
    held_out_plans = [tokenizer.encode(text) for text in held_out_texts[:rehearsed(500, 16)]]

    edited = round(EDIT_SHARE * batch_size)
    losses, seen_printed = [], seen
    while clock.runs():
        clock.set_rates([optimiser], hold=0.3)
        rows = [rng.randrange(len(plans)) for _ in range(batch_size - edited)]
        ids = lines_of([text_for(row) for row in rows], special)
        edit_ids, sources, results = edits.batch([rng.randrange(len(edits.rows)) for _ in range(edited)], lambda phrase: rng.random() < UNSAID)
        loss = ((1 - EDIT_SHARE) * level_losses(reader(ids, ids > 0), codes[rows], quantiser)
                + EDIT_SHARE * level_losses(reader(edit_ids, edit_ids > 0, sources, torch.ones(edited, 1)), results, quantiser))
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
                            **measure(reader, average, held_out, held_out_plans, held_out_edits, codec, judge)})
            print("held out:", history[-1], flush=True)
            record_curve(f"phrases {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            save({"config": config.as_dict(), "model": reader.state_dict(), "average": average.state(), "averageSteps": average.steps,
                  "optimiser": optimiser.state_dict(), "seconds": clock.seconds, "plans": seen, "history": history,
                  "seed": arguments.seed, "encoder": cache["encoder"]}, last)

    if clock.complete:
        append_log(f"phrases {arguments.size}", {
            "recipe": f"width {config.phrase_width}, batch {batch_size}, AdamW {rate}, weight decay {WEIGHT_DECAY}, prompts in place of plans {PROMPT_SHARE}, "
                      f"edits {EDIT_SHARE}, phrases of theirs left out {UNSAID}, "
                      f"{len(plans)} scenes, seed {arguments.seed}",
            "time": f"{clock.minutes:.0f} minutes, {arguments.threads} threads, {seen} plans",
            "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
