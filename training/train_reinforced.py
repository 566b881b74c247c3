"""Reinforces the finished language model: it writes, the decoder draws, a second reader says whether the picture shows what was asked.

    python3 -m training.train_second_reader --minutes 10
    python3 -m training.train_reinforced --size cpu --minutes 30

Group-relative policy optimisation (GRPO, arXiv 2402.03300) on image tokens, as Selftok-Zero has it (arXiv 2505.07538, section 4): of
every prompt or instruction GROUP answers are written by chance, plan and tokens; those that fared better than their group become
likelier, the others less; groups that fared alike teach nothing and are left out. A leash holds the model to where it began. A prompt is
fulfilled when `parse_caption` of it fits what the second reader sees, an edit when the caption of its result does; the judge only
measures, before and after, on held-out scenes. Result: runs/reinforced-<size>/last.pt, a language model like the one it began as;
`export_pack --reinforced` takes it.
"""
import copy
import random

import torch

from training.detector import decode_detections
from training.export.checkpoints import load_codec, load_language_model
from training.judge import load_judge
from training.models import diffusion
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, append_log, autocast, load, save
from training.models.clock import Clock
from training.models.language_model import SIZES
from training.models.pool import from_bytes, to_bytes
from training.models.rollouts import log_probabilities, write_pictures, write_texts
from training.models.sequences import Line, padded, to_ids
from training.text_tokenizer import TextTokenizer
from training.train_second_reader import agrees, load_second_reader
from training.world.language import canonical_caption, canonical_plan, sample_edit, sample_prompt

GROUP, GROUPS = 8, 8  # answers to a prompt, prompts of a step
OFFERED = 4  # times as many are planned: where all of a group plan alike there is nothing to learn (dynamic sampling: DAPO, arXiv 2503.14476, 3.2)
EDIT_SHARE = 0.6  # of the steps: edits go wrong more often than prompts
TEXT_TEMPERATURE, PICTURE_TEMPERATURE = 1.0, 0.7
LIKELIEST, SHOWN_TEMPERATURE = 0.05, 0.3  # of held-out plans and tokens; the second as packs have it
LONGEST_TEXT = 80
RATE, LEASH = 3e-4, 0.05  # of AdamW; of the divergence from the model it began as, in nats a token
SAVE_EVERY, LOOK_EVERY = 120, 600  # seconds
LOOKED_AT = 256  # held-out prompts, and as many edits


class Tasks:
    """What is asked of the model: prompts, and edits of pictures of a token cache, as they were read from a rendering or from a drawing."""

    def __init__(self, cache, tokenizer, seed):
        self.scenes, self.tokenizer, self.special, self.random = cache["scenes"], tokenizer, tokenizer.special, random.Random(seed)
        self.pictures = to_ids(cache["tokens"], cache["codebook"])

    def prompt(self):
        """-> what is read before the plan, what is read before the picture once there is a plan, and the text that must hold"""
        special, text = self.special, sample_prompt(self.random.choice(self.scenes), self.random)
        asked = [special["<bos>"], *self.tokenizer.encode(text), special["<plan>"]]
        return asked, lambda plan: [special["<bos>"], *plan, special["<boi>"]], text

    def edit(self):
        """The same; its plan is written from words alone, the picture from the source too."""
        special, encode = self.special, self.tokenizer.encode
        row = self.random.randrange(len(self.scenes))
        instruction, result, _ = sample_edit(self.scenes[row], self.random)
        said = [special["<caption>"], *encode(canonical_plan(self.scenes[row]))]
        words = [special["<edit>"], *encode(instruction), *said]
        source = [special["<bos>"], special["<boi>"], *self.pictures[row].tolist(), special["<eoi>"]]
        return ([special["<bos>"], *words, *said, special["<plan>"]],  # read twice before a plan, once before a picture (sequences.py)
                lambda plan: [*source, *words, special["<plan>"], *plan, special["<boi>"]], canonical_caption(result))

    def some(self, kind, count):
        return [getattr(self, kind)() for _ in range(count)]


class Answers:
    """What the model wrote to some tasks: sequences of plans and of pictures, and the pictures themselves."""

    def __init__(self, model, tasks, plans, special, codec, temperature):
        """plans: of `write_texts`, one for each of the tasks; temperature: of image tokens"""
        before = [draws([id for id in plan if id != special["<eos>"]]) for (_, draws, _), plan in zip(tasks, plans)]
        tokens = write_pictures(model, before, special, temperature)
        self.plans = [written(asked, plan) for (asked, _, _), plan in zip(tasks, plans)]
        self.pictures = [written(line, ids) for line, ids in zip(before, to_ids(tokens.numpy(), model.config.codebook).tolist())]
        noise = torch.randn(len(tokens), *codec.config.latent_shape)
        with torch.no_grad(), autocast("cpu"):
            drawn = codec.pixels(diffusion.sample(lambda *inputs: codec.decoder(*inputs).float(), tokens, noise, 1))
        self.images = from_bytes(to_bytes(drawn))


def planned(model, tasks, special, temperature):
    return write_texts(model, [asked for asked, _, _ in tasks], special, LONGEST_TEXT, temperature)


def unlike_groups(plans, group, count):
    """Numbers of the groups of `group` plans that are not all alike, the first `count` of them."""
    starts = range(0, len(plans), group)
    return [at // group for at in starts if any(plan != plans[at] for plan in plans[at:at + group])][:count]


def written(read, ids):
    line = Line()
    line.read(read)
    line.write(ids)
    return line.whole()


@torch.no_grad()
def measure(model, codec, reader, judge, sets, special):
    """Shares of held-out tasks that are fulfilled, plans as likely as they get: as the second reader sees it, and the judge."""
    found = {}
    for kind, tasks in sets.items():
        images = []
        for some in (tasks[at:at + 64] for at in range(0, len(tasks), 64)):
            images.append(Answers(model, some, planned(model, some, special, LIKELIEST), special, codec, SHOWN_TEMPERATURE).images)
        images = torch.cat(images)
        texts = [text for _, _, text in tasks]
        for name, scenes in (("Reader", lambda part: reader.scenes(part)), ("Judge", lambda part: decode_detections(judge(part)))):
            found[kind + name] = round(agrees(texts, [one for part in images.split(32) for one in scenes(part)]).mean().item(), 3)
    return found


def main():
    arguments = training_parser(__doc__, 30, SIZES, from_pack=False).parse_args()
    use_processor(arguments.threads)
    torch.manual_seed(arguments.seed)
    last, cache_folder = RUNS / f"reinforced-{arguments.size}" / "last.pt", RUNS / f"cache-{arguments.size}"
    model, state = load_language_model(arguments.size)
    began = copy.deepcopy(model).requires_grad_(False)
    clock, steps, answered, history = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0, 0, []
    trained = [p for name, p in model.named_parameters() if not name.startswith(("phrases.", "reader."))]
    for p in model.parameters():
        p.requires_grad_(any(p is one for one in trained))
    optimiser = torch.optim.AdamW([{"params": trained, "base_lr": RATE}], betas=(0.9, 0.95), weight_decay=0.0)
    if last.exists():
        saved = load(last)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        optimiser.param_groups[0]["base_lr"] = RATE
        clock.resume(saved["reinforced"])
        steps, answered, history = (saved[name] for name in ("reinforcedSteps", "answered", "reinforcedHistory"))
    tokenizer = TextTokenizer(RUNS / "text" / "tokenizer.json")
    special, codec = tokenizer.special, load_codec(arguments.size)[0].requires_grad_(False)
    reader, judge = load_second_reader(), load_judge()
    tasks = Tasks(load(cache_folder / "train.pt"), tokenizer, arguments.seed + steps)
    held_out = Tasks(load(cache_folder / "val.pt"), tokenizer, 1)
    sets = {kind: held_out.some(kind, rehearsed(LOOKED_AT, 4)) for kind in ("prompt", "edit")}
    group, groups = rehearsed(GROUP, 2), rehearsed(GROUPS, 2)
    temperatures = (TEXT_TEMPERATURE, PICTURE_TEMPERATURE)

    def look():
        history.append({"minutes": round(clock.minutes, 1), "answers": answered, **measure(model, codec, reader, judge, sets, special)})
        print("held out:", history[-1], flush=True)

    if not history:
        look()
    recent = []
    while clock.runs():
        clock.set_rates([optimiser], hold=0.5)
        kind = "edit" if tasks.random.random() < EDIT_SHARE else "prompt"
        offered = [one for one in tasks.some(kind, groups * (OFFERED if kind == "edit" else 1)) for _ in range(group)]
        plans = planned(model, offered, special, TEXT_TEMPERATURE)
        rows = [number * group + row for number in unlike_groups(plans, group, groups) for row in range(group)]
        if not rows:
            clock.pause()
            continue
        asked = [offered[row] for row in rows]
        answers = Answers(model, asked, [plans[row] for row in rows], special, codec, PICTURE_TEMPERATURE)
        rewards = agrees([text for _, _, text in asked], reader.scenes(answers.images)).reshape(-1, group)
        better = (rewards - rewards.mean(dim=1, keepdim=True)) / (rewards.std(dim=1, keepdim=True) + 1e-4)
        differ = (rewards.std(dim=1) > 0).repeat_interleave(group).nonzero().flatten().tolist()
        divergence = torch.zeros(())
        for sequences in (answers.plans, answers.pictures) if differ else ():
            inputs, targets, _ = (torch.from_numpy(part) for part in padded([sequences[row] for row in differ]))
            with autocast("cpu"):
                with torch.no_grad():
                    was = log_probabilities(began, inputs, targets, temperatures)
                now = log_probabilities(model, inputs, targets, temperatures)
            asks = (targets > 0).float()
            # The gradient of what was drawn by the model itself: the ratio of old and new policy is one (section 4.1.1, one update a batch).
            gain = (now - now.detach()).exp() * better.flatten()[differ][:, None]
            leash = (was - now).exp() - (was - now) - 1  # unbiased and never negative (equation 4)
            loss = -((gain - LEASH * leash) * asks).sum() / asks.sum() * len(differ) / len(asked)
            loss.backward()
            divergence = (leash * asks).sum().detach() / asks.sum()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        steps += 1
        clock.pause()
        answered += len(asked)
        recent.append((kind, rewards.mean().item(), len(differ) / len(asked), divergence.item()))
        if clock.due("line"):
            shares = {name: round(sum(one[1] for one in recent if one[0] == name) / max(1, sum(one[0] == name for one in recent)), 3) for name in sets}
            print(f"{clock.minutes:6.1f} min  {answered:7d} answers  fulfilled {shares}  groups that differ "
                  f"{sum(one[2] for one in recent) / len(recent):.2f}  divergence {sum(one[3] for one in recent) / len(recent):.4f}  {clock.left:5.1f} min left", flush=True)
            recent = []
        if clock.due("look"):
            look()
        if clock.due("save"):
            save({**state, "model": model.state_dict(), "average": model.state_dict(), "optimiser": optimiser.state_dict(),
                  "reinforced": clock.seconds, "reinforcedSteps": steps, "answered": answered, "reinforcedHistory": history}, last)
    if clock.complete:
        if history[-1]["minutes"] < round(clock.minutes, 1):
            look()
        append_log(f"reinforced {arguments.size}", {
            "recipe": f"groups of {group}, {groups} a step, edits {EDIT_SHARE}, temperatures {temperatures}, AdamW {RATE}, leash {LEASH}, seed {arguments.seed}",
            "time": f"{clock.minutes:.0f} minutes, {arguments.threads} threads, {answered} answers",
            "held out": f"{history[0]}; {history[-1]}"})


if __name__ == "__main__":
    main()
