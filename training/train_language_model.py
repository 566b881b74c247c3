"""Trains the language model on cached tokens: plans, drawings, captions, edits and questions in one model.

    python3 -m training.train_language_model --size cpu --minutes 40

Stop it at any time and start it again with the same command: it goes on from runs/language-model-<size>/last.pt. What
train_phrases.py and train_token_reader.py have learnt is taken up at every start, the newest there is, and stays as it is meanwhile.
"""
import argparse

import torch
import torch.nn.functional as F

from training.export.storage import same_fingerprint
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, Average, append_log, autocast, load, record_curve, save, weights_under
from training.models.clock import Clock
from training.models.language_model import SIZES, LanguageModel, LanguageModelConfig
from training.models.muon import make_optimisers
from training.models.phrases import borders_of
from training.models.references import WEIGHT, References
from training.models.sequences import SHARES, SequenceStream, Writer, padded
from training.models.speed import describe_rate, operations
from training.text_tokenizer import TEXT_VOCABULARY, TextTokenizer
from training.world.vocabulary import WORLD

# Per size: tokens per step, learning rates of the matrices (Muon) and of the rest (AdamW).
RECIPES = {"cpu": (4096, 2e-3, 2e-3), "gpu": (65536, 3e-3, 2e-3)}
IMAGE_WEIGHT = 1.0  # of the mean cross entropy of image tokens beside that of text
SAVE_EVERY = 180  # seconds
LOOK_EVERY = 300  # seconds between measurements on held-out scenes


def parse():
    parser = training_parser(__doc__, 40, SIZES)
    parser.add_argument("--hold", type=float, default=0.3, help="share of the time at the full learning rate")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available(),
                        help="torch.compile (2.x); does nothing on the CPU")
    return parser.parse_args()


def losses_on_targets(model, inputs, targets, branches, hidden=None):
    """Mean cross entropy of (text, image) targets in nats; inputs, targets and branches [B, S] int64, 0 = none.

    A row has at most one image to write, whole, and nothing after it. hidden: the compiled model.train_hidden. Only positions
    with a target go through the wide heads.
    """
    states = (hidden or model.train_hidden)(inputs, branches)
    is_text, is_image = (targets > 0) & (targets < TEXT_VOCABULARY), targets >= TEXT_VOCABULARY
    zero = states.new_zeros(())
    text = F.cross_entropy(model.text_logits(states[is_text]).float(), targets[is_text]) if is_text.any() else zero
    if not is_image.any():
        return text, zero
    config = model.config
    with torch.no_grad():
        phrases = model.phrase_scores(inputs[is_image.any(dim=1)])
    logits = model.image_logits(states[is_image].reshape(-1, config.token_count, config.width), phrases)
    codes = (targets[is_image] - TEXT_VOCABULARY) % config.codebook
    return text, F.cross_entropy(logits.reshape(-1, config.codebook).float(), codes)


@torch.no_grad()
def measure(model, average, sets, device):
    """Task -> loss of text and of images on held-out scenes, with the averaged weights."""
    scores = {}
    with average.lent(model), autocast(device):
        for task, batch in sets.items():
            for kind, loss in zip(("Text", "Image"), losses_on_targets(model, *batch)):
                if loss > 0:
                    scores[task + kind] = round(loss.item(), 3)
    return scores


def held_out_sets(cache, tokenizer_path, device, count=96):
    """Task -> (inputs, targets, branches) [count, S]; "editAgain": edits of pictures that were drawn and read again before."""
    writer = Writer(cache, tokenizer_path, seed=0, split="val")
    writer.again_share = 0
    sequences = {task: [writer.sequence(task) for _ in range(count)] for task in SHARES}
    writer.again_share = 1
    writer.rows = list(writer.again)
    writer.edits = [edit for edit in writer.edits if edit[0] in writer.again]
    if writer.edits:
        sequences["editAgain"] = [writer.sequence("edit") for _ in range(count)]
    return {name: tuple(torch.from_numpy(part).to(device) for part in padded(group))
            for name, group in sequences.items()}


def take_up(part, folder, prefix, model, average, encoder):
    """The averaged weights of a part that was trained alone, where there are any for these tokens, in the model and in its average; they are frozen."""
    trained = model.get_submodule(part).requires_grad_(False)
    path = RUNS / folder / "last.pt"
    if not path.exists():
        return
    state = load(path)
    if not same_fingerprint(state["encoder"], encoder):
        raise SystemExit(f"{path} belongs to tokens of another encoder: remove it to train that part afresh")
    weights = weights_under(prefix, state["average"])
    trained.load_state_dict(weights, strict=True)
    average.load({**average.state(), **{f"{part}.{name}": value for name, value in weights.items()}}, average.steps)
    print(f"{folder} of {state['seconds'] / 60:.1f} minutes", flush=True)


def main():
    arguments = parse()
    device, folder = arguments.device, RUNS / f"language-model-{arguments.size}"
    folder.mkdir(parents=True, exist_ok=True)
    use_processor(arguments.threads)
    tokens_per_batch, matrix_rate, other_rate = RECIPES[arguments.size]
    tokens_per_batch = rehearsed(tokens_per_batch, 512)
    cache_folder, tokenizer_path = RUNS / f"cache-{arguments.size}", RUNS / "text" / "tokenizer.json"
    held_out_cache = load(cache_folder / "val.pt")
    encoder = held_out_cache["encoder"]  # whose tokens these are

    torch.manual_seed(arguments.seed)
    config = LanguageModelConfig(held_out_cache["tokens"].shape[1], tuple(held_out_cache["levels"]),
                                 **borders_of(TextTokenizer(tokenizer_path)), **SIZES[arguments.size])
    model = LanguageModel(config).to(device)
    if arguments.from_pack:
        from training.export.checkpoints import load_language_model_weights
        load_language_model_weights(model, arguments.from_pack)
    optimisers = make_optimisers(model, matrix_rate, other_rate)
    references = References(model, TextTokenizer(tokenizer_path)).to(device)
    of_references = torch.optim.AdamW([{"params": references.parameters(), "base_lr": other_rate}], lr=other_rate, weight_decay=0.0)
    average = Average(model)
    clock, sequences, steps, history = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, 0, []
    last = folder / "last.pt"
    if last.exists():
        state = load(last, device)
        if "encoder" not in state or not same_fingerprint(state["encoder"], encoder):
            raise SystemExit(f"{last} belongs to tokens of another encoder: remove {folder} to start afresh")
        model.load_state_dict(state["model"], strict=True)
        average.load(state["average"], state["average_steps"])
        for optimiser, saved in zip(optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        clock.resume(state["seconds"])
        sequences, steps, history = (state[k] for k in ("sequences", "steps", "history"))
        print(f"resumed at {clock.minutes:.1f} minutes, {sequences} sequences", flush=True)
    take_up("phrases", f"phrases-{arguments.size}", "", model, average, encoder)
    take_up("reader", f"token-reader-{arguments.size}", "reader.", model, average, encoder)

    stream = SequenceStream(cache_folder / "train.pt", tokenizer_path, arguments.seed + steps, tokens_per_batch)
    held_out = held_out_sets(held_out_cache, tokenizer_path, device, rehearsed(96, 4))
    # Batches have many shapes: as many rows as fit the tokens of a step.
    hidden = torch.compile(model.train_hidden, dynamic=True) if arguments.compile else model.train_hidden
    one = torch.zeros(1, 64, dtype=torch.int64, device=device)
    work = 3 * operations(model, lambda: model.train_hidden(one)) / 64  # per token, without the heads
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, "
          f"{work / 1e6:.1f} M operations per token", flush=True)
    losses, sequences_printed, tokens = [], sequences, 0
    stream.batch()  # the stream is up before the clock runs
    while clock.runs():
        clock.set_rates([*optimisers, of_references], hold=arguments.hold)
        batch = [part.to(device) for part in stream.batch()]
        with autocast(device):
            text, image = losses_on_targets(model, *batch, hidden)
            meant, told = references.loss(*batch[:2])
        (text + IMAGE_WEIGHT * image + WEIGHT * meant).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in (*optimisers, of_references):
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        average.update(model)
        clock.pause()

        steps += 1
        sequences += len(batch[0])
        tokens += batch[0].numel()
        losses.append(torch.stack([text, image, told.to(text.dtype)]).detach())
        since = clock.since("line")
        if clock.due("line"):
            mean = torch.stack(losses).nanmean(dim=0).tolist()
            print(f"{clock.minutes:6.1f} min  {steps:6d} steps  {sequences:8d} sequences  "
                  f"{(sequences - sequences_printed) / since:6.1f}/s  {tokens / since:6.0f} tokens/s  "
                  f"{describe_rate(work, tokens / since, device)}  text {mean[0]:.4f}  image {mean[1]:.4f} nats  meant {mean[2]:.3f}  "
                  f"{clock.left:5.1f} min left", flush=True)
            losses, sequences_printed, tokens = [], sequences, 0
        if clock.due("look"):
            history.append({"minutes": round(clock.minutes, 1), "sequences": sequences,
                            **measure(model, average, held_out, device)})
            print("held out:", history[-1], flush=True)
            record_curve(f"language model {arguments.size}, world {WORLD}", history)
        if clock.due("save"):
            save({"config": config.as_dict(), "model": model.state_dict(), "average": average.state(),
                  "average_steps": average.steps, "optimisers": [o.state_dict() for o in optimisers],
                  "seconds": clock.seconds, "sequences": sequences, "steps": steps, "history": history,
                  "seed": arguments.seed, "encoder": encoder}, last)

    if not clock.complete:
        return
    append_log(f"language model {arguments.size}", {
        "recipe": f"{config}, {tokens_per_batch} tokens per step, Muon {matrix_rate}, AdamW {other_rate}, "
                  f"shares {SHARES}, seed {arguments.seed}",
        "time": f"{clock.minutes:.0f} minutes on {device}, {arguments.threads} threads, {sequences} sequences",
        "held-out loss": f"{history[-1]} (the way there: curves.json)"})


if __name__ == "__main__":
    main()
