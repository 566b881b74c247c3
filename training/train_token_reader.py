"""Trains the part of the language model that reads the tokens of a picture (models/token_reader.py), alone: tokens -> what stands where.

    python3 -m training.train_token_reader --size cpu --minutes 10

Stop it at any time and start it again with the same command: it goes on from runs/token-reader-<size>/last.pt, which the
language model takes up when it is there. It needs the token cache and the codec's sketch to start from.

`--from-language-model` starts from the reader that the language model has learnt to read instead, when there is more to see than it
has seen: heads are fitted to it and then kept, so that it cannot say the same in other places, and what it said before pulls.
The language model reads what comes of it without being trained again (training/LOG.md).
"""
import torch
import torch.nn.functional as F

from training.export.storage import same_fingerprint
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, Average, append_log, load, record_curve, save, weights_under
from training.models.clock import Clock
from training.models.fsq import FiniteScalarQuantiser
from training.models.language_model import SIZES, LanguageModelConfig
from training.models.token_reader import CellHeads, CellLabels, TokenReader
from training.world.scene import SceneBatch
from training.world.vocabulary import WORLD

RECIPES = {"cpu": (128, 1e-3), "gpu": (1024, 1e-3)}  # pictures per step, learning rate of AdamW
WEIGHT_DECAY = 0.05
AGAIN_SHARE = 0.25  # pictures that were drawn and read again, of all in a step
SLIP_SHARE = 0.15  # up to this share of the tokens has a level that is one off: a language model misses by so much
HEADS_STEPS, HEADS_RATE = 400, 3e-3  # of fitting heads to a reader that is there
PULL = 0.5  # of the squared distance from what that one says, in shares of its variance, beside the heads' nats
SAVE_EVERY, LOOK_EVERY = 60, 60  # seconds


def slipped(tokens, quantiser):
    """tokens [B, K] -> some of them one level off in one channel"""
    level = quantiser.levels_of(tokens) + quantiser.slips(tokens.shape, SLIP_SHARE)
    return (torch.minimum(level.clamp(min=0), quantiser.levels - 1) * quantiser.place).sum(dim=-1)


def as_tensors(cache, grid):
    """-> tokens [N, K] int64 and their labels, tokens that were read again and theirs"""
    labels = CellLabels.of(SceneBatch.from_scenes(cache["scenes"]), grid)
    tokens, again = (torch.from_numpy(cache[name].astype("int64")) for name in ("tokens", "againTokens"))
    return (tokens, labels), (again, labels[torch.as_tensor(cache["againRows"], dtype=torch.int64)])


def measure(parts, average, sets):
    """Shares of objects read right on held-out scenes, with the averaged weights."""
    with average.lent(parts), torch.no_grad():
        return {name: parts["heads"].right(torch.cat([parts["reader"](some) for some in tokens.split(250)]), labels)
                for name, (tokens, labels) in sets.items() if len(tokens)}


def fit_heads(heads, reader, tokens, labels, batch_size, quantiser):
    """Heads to what a reader says that is not trained."""
    optimiser = torch.optim.AdamW(heads.parameters(), lr=HEADS_RATE)
    steps = rehearsed(HEADS_STEPS, 2)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = HEADS_RATE * (1 - step / steps)
        rows = torch.randint(len(tokens), (batch_size,))
        loss = heads.loss(reader(slipped(tokens[rows], quantiser)), labels[rows])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()


def language_models_reader(size, config, encoder):
    """-> the one with the averaged weights of runs/language-model-<size>/last.pt"""
    state = load(RUNS / f"language-model-{size}" / "last.pt")
    if not same_fingerprint(state["encoder"], encoder):
        raise SystemExit("The language model belongs to tokens of another encoder.")
    reader = TokenReader.of(config)
    reader.load_state_dict(weights_under("reader.", state["average"]))
    return reader.requires_grad_(False).eval()


def main():
    parser = training_parser(__doc__, 10, SIZES, from_pack=False)
    parser.add_argument("--from-language-model", action="store_true", help="go on from the reader that the language model knows, and stay near it")
    arguments = parser.parse_args()
    from training.export.checkpoints import load_codec
    folder = RUNS / f"token-reader-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    use_processor(arguments.threads)
    batch_size, rate = RECIPES[arguments.size]
    batch_size = rehearsed(batch_size, 16)
    cache, held_out = (load(RUNS / f"cache-{arguments.size}" / f"{name}.pt") for name in ("train", "val"))

    torch.manual_seed(arguments.seed)
    config = LanguageModelConfig(cache["tokens"].shape[1], tuple(cache["levels"]), **SIZES[arguments.size])
    quantiser = FiniteScalarQuantiser(config.levels)
    (tokens, labels), (again, again_labels) = as_tensors(cache, config.grid)
    sets = dict(zip(("seen", "seenAgain"), as_tensors(held_out, config.grid)))
    reader = TokenReader.of(config)
    parts = torch.nn.ModuleDict({"reader": reader, "heads": CellHeads(config.reader_width)})
    known = language_models_reader(arguments.size, config, cache["encoder"]) if arguments.from_language_model else None
    last = folder / "last.pt"
    if known is None:
        reader.start_from(load_codec(arguments.size)[0].decoder)
    else:
        reader.load_state_dict(known.state_dict())
        rate /= 2
        if not last.exists():
            fit_heads(parts["heads"], known, tokens, labels, batch_size, quantiser)
        parts["heads"].requires_grad_(False)
    optimiser = torch.optim.AdamW([{"params": parts.parameters(), "base_lr": rate}], lr=rate, weight_decay=WEIGHT_DECAY)
    average = Average(parts, 0.995)
    clock, seen, history = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, []
    if last.exists():
        state = load(last)
        if not same_fingerprint(state["encoder"], cache["encoder"]):
            raise SystemExit(f"{last} belongs to tokens of another encoder: remove {folder} to start afresh")
        if (state.get("known") is None) != (known is None):
            raise SystemExit(f"{last} was begun {'with' if known is None else 'without'} --from-language-model: remove {folder} to start afresh")
        if known is not None:
            known.load_state_dict(state["known"])  # by now the language model may know this one
        parts.load_state_dict(state["model"])
        average.load(state["average"], state["averageSteps"])
        optimiser.load_state_dict(state["optimiser"])
        clock.resume(state["seconds"])
        seen, history = state["pictures"], state["history"]
        print(f"resumed at {clock.minutes:.1f} minutes, {seen} pictures", flush=True)
        torch.manual_seed(arguments.seed + seen)

    twice = min(round(AGAIN_SHARE * batch_size), len(again))
    losses, seen_printed = [], seen
    while clock.runs():
        clock.set_rates([optimiser], hold=0.3)
        rows, again_rows = torch.randint(len(tokens), (batch_size - twice,)), torch.randint(max(len(again), 1), (twice,))
        loss = 0.0
        for share, of, truth, chosen in ((1 - twice / batch_size, tokens, labels, rows), (twice / batch_size, again, again_labels, again_rows)):
            if len(chosen):
                shown = slipped(of[chosen], quantiser)
                cells = reader(shown)
                loss = loss + share * parts["heads"].loss(cells, truth[chosen])
                if known is not None:
                    said = known(shown)
                    loss = loss + share * PULL * F.mse_loss(cells, said) / said.var()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parts.parameters(), 10.0)
        optimiser.step()
        average.update(parts)
        clock.pause()

        seen += batch_size
        losses.append(loss.detach())
        since = clock.since("line")
        if clock.due("line"):
            print(f"{clock.minutes:6.1f} min  {seen:9d} pictures  {(seen - seen_printed) / since:7.0f}/s  "
                  f"{torch.stack(losses).mean().item():.3f} nats a picture  {clock.left:5.1f} min left", flush=True)
            losses, seen_printed = [], seen
        if clock.due("look"):
            history.append({"minutes": round(clock.minutes, 1), "pictures": seen, **measure(parts, average, sets)})
            print("held out:", history[-1], flush=True)
            taught = ", taught on" if known is not None else ""
            record_curve(f"token reader {arguments.size}{taught}, world {WORLD}", history)
        if clock.due("save"):
            save({"config": config.as_dict(), "model": parts.state_dict(), "average": average.state(), "averageSteps": average.steps,
                  "optimiser": optimiser.state_dict(), "known": None if known is None else known.state_dict(),
                  "seconds": clock.seconds, "pictures": seen, "history": history, "seed": arguments.seed, "encoder": cache["encoder"]}, last)

    if clock.complete:
        append_log(f"token reader {arguments.size}", {
            "recipe": f"width {config.reader_width}, {config.reader_blocks} blocks, batch {batch_size}, AdamW {rate}, weight decay {WEIGHT_DECAY}, "
                      f"{len(tokens)} pictures, read again {AGAIN_SHARE}, slips up to {SLIP_SHARE}, "
                      f"{'from the sketch' if known is None else f'from the language model, pull {PULL}'}, seed {arguments.seed}",
            "time": f"{clock.minutes:.0f} minutes, {arguments.threads} threads, {seen} pictures",
            "held out": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
