"""Training sequences, made endlessly from cached tokens and the grammar's texts. One model writes all of them.

    plan          <bos> prompt <plan> D <eos>                                    loss on the full description D
    draw          <bos> D <boi> V_K ... V_1                                      loss on the image
    textToImage   <bos> prompt <boi> V                                           the same without a plan
    caption       <bos> <boi> V <eoi> <caption> D <eos>                          loss on D (exact places and all)
    editPlan      <bos> <edit> instruction <caption> D <caption> D <plan> D' <eos>
                                                                                 loss on D'
    edit          <bos> <boi> V <eoi> <edit> instruction <caption> D <plan> D' <boi> V'
                                                                                 loss on the second image
    directEdit    <bos> <boi> V <eoi> <edit> instruction <boi> V'                loss on the second image
    question      <bos> <boi> V <eoi> <caption> D <question> question <answer> answer <eos>
                                                                                 loss on the answers of several questions

An instruction stands before the description that it is about, so every phrase is read knowing what is to change. What an edit makes of
a description does not depend on the picture, so it is learnt without one, at a third of the ids, and like a plan from scenes that nobody
has drawn, none of them twice. A phrase names its kind last, and the model reads from left to right: only in a second reading
does every word of a phrase know what thing it belongs to (docs/decisions/0107).

Several questions about one picture are branches: each sees what stands before the first of them, itself and no
other, at the positions it would have alone. So a picture is read once, and every answer is learnt as it will be asked for.

A short prompt leaves open what the picture must decide, and a small model decides badly while it draws: so it writes the one
canonical description first, exact places and all. So it does before it answers: whether there is a red star is hard to see in tokens, and
easy to see in a description. A process of its own writes the texts and fills batches of about equal length, so nothing is
spent on padding.
"""
import os
import random
from queue import Full

import numpy
import torch
import torch.multiprocessing as multiprocessing

from training.models.checkpoint import load
from training.text_tokenizer import TEXT_VOCABULARY, TextTokenizer
from training.world.language import (OPERATIONS, TOPICS, canonical_caption, canonical_plan, phrase_edit, sample_describe_request,
                                     sample_edit, sample_prompt, sample_question)
from training.world.scene import generator_for, sample_batch

# Phrases have learnt to draw and the token reader to see before: most of the time goes to plans, edits and answers. With a sixth of
# them plans, positions were forgotten (training/LOG.md).
SHARES = {"plan": 0.22, "draw": 0.01, "textToImage": 0.01, "caption": 0.10, "editPlan": 0.55, "edit": 0.02, "directEdit": 0.01, "question": 0.08}
# Of the plans, prompts that say how things stand to each other: what a plan gets wrong last.
RELATIONS_SHARE = 0.3
# What has to be found among several objects is learnt last, and asked most; a new background is learnt first.
OPERATION_WEIGHTS = {operation: {"background": 0.3, "remove": 2, "recolour": 2, "retexture": 2}.get(operation, 1) for operation in OPERATIONS}
BARE_SHARE, BARE_OF = 0.5, 5  # half of the instructions planned for are the shortest of so many: people name a thing by its kind alone
FRESH = 2000  # scenes drawn at a time for what needs no picture
CHANGED_SHARE = 0.4  # of those are results of an edit
DROP_TEXT = 0.10  # drawings without text: the unconditional branch of guidance
NOISY_SHARE, NOISE = 0.5, 0.08  # half of the sequences have up to this share of image inputs replaced
AGAIN_SHARE = 0.5  # rows that were encoded again are read in that form this often
DESCRIBE_SHARE = 0.03  # questions such as "describe the image", answered by the caption
QUESTIONS = 6  # about one description
# What has to be compared with every object is learnt last, and asked most.
TOPIC_WEIGHTS = {topic: {"existence": 3, "is": 3, "count of": 2, "relation": 2}.get(topic, 1) for topic in TOPICS}
POOL = 4096  # sequences sorted by length at a time


class Writer:
    """Turns rows of the cache into sequences, as `Line.whole` has them."""

    def __init__(self, cache, tokenizer_path, seed, split="train"):
        self.cache = cache
        self.tokenizer = TextTokenizer(tokenizer_path)
        self.special = self.tokenizer.special
        self.random = random.Random(seed)
        self.scenes = cache["scenes"]
        self.rows = range(len(self.scenes))  # that sequences are about
        self.tokens = to_ids(cache["tokens"], cache["codebook"])
        self.again = dict(zip(cache["againRows"], to_ids(cache["againTokens"], cache["codebook"])))
        self.again_share = AGAIN_SHARE
        self.edits = cache["edits"]  # (source row, instruction texts, edited row)
        self.split, self.generator, self.fresh = split, generator_for(split, seed), []

    def read(self, row, noisy):
        """Ids of an image somebody made: at times those of the picture the decoder drew of it."""
        again = self.again.get(row)
        if again is not None and self.random.random() < self.again_share:
            return self.image(again, noisy)
        return self.image(self.tokens[row], noisy)

    def image(self, ids, noisy):
        """Image ids [K] as a list; with noise some come from other images at the same place."""
        ids = ids.tolist()
        if noisy:
            rate = self.random.random() * NOISE
            for place in range(len(ids)):
                if self.random.random() < rate:
                    ids[place] = int(self.tokens[self.random.randrange(len(self.tokens)), place])
        return ids

    def sequence(self, task):
        """-> input ids, target ids (0 where nothing is asked) and branches, all of one length: target[i] follows input[i].

        Targets of images are ids by position, as inputs are.
        """
        special, rng = self.special, self.random
        noisy = rng.random() < NOISY_SHARE
        row = rng.choice(self.rows)
        line = Line()
        if task in ("plan", "draw", "textToImage"):
            line.read([special["<bos>"]])
            if task == "plan":
                detail = "relation" if rng.random() < RELATIONS_SHARE else None
                scene = self.undrawn()
                line.read([*self.tokenizer.encode(sample_prompt(scene, rng, detail)), special["<plan>"]])
                line.write([*self.tokenizer.encode(canonical_plan(scene)), special["<eos>"]])
                return line.whole()
            if rng.random() >= DROP_TEXT:
                line.read(self.description(row) if task == "draw"
                          else self.tokenizer.encode(sample_prompt(self.scenes[row], rng)))
            line.read([special["<boi>"]])
            line.write(self.tokens[row].tolist(), self.image(self.tokens[row], noisy))
            return line.whole()
        if task == "editPlan":
            line.read([special["<bos>"]])
            self.plan_edit(line, self.undrawn())
            return line.whole()
        if task in ("edit", "directEdit"):
            row, instructions, edited = self.edits[rng.randrange(len(self.edits))]
        line.read([special["<bos>"], special["<boi>"], *self.read(row, noisy), special["<eoi>"]])
        if task == "caption":
            line.read([special["<caption>"]])
            line.write([*self.description(row), special["<eos>"]])
        elif task == "question":
            line.read([special["<caption>"]])
            line.read([*self.description(row), special["<question>"]])
            for _ in range(QUESTIONS):
                question, answer = map(self.tokenizer.encode, self.question(self.scenes[row]))
                line.branch()
                line.read([*question, special["<answer>"]])
                line.write([*answer, special["<eos>"]])
        else:
            line.read([special["<edit>"], *self.tokenizer.encode(rng.choice(instructions))])
            if task == "edit":
                line.read([special["<caption>"], *self.description(row), special["<plan>"], *self.description(edited)])
            line.read([special["<boi>"]])
            line.write(self.tokens[edited].tolist(), self.image(self.tokens[edited], noisy))
        return line.whole()

    def undrawn(self):
        """A scene that has no picture."""
        if not self.fresh:
            self.fresh = sample_batch(FRESH, self.generator, self.split).to_scenes()
        scene = self.fresh.pop()
        return sample_edit(scene, self.random)[1] if self.random.random() < CHANGED_SHARE else scene

    def plan_edit(self, line, scene):
        """An edit of a scene, and the description of its result."""
        special, encode, rng = self.special, self.tokenizer.encode, self.random
        operation, = rng.choices(list(OPERATION_WEIGHTS), OPERATION_WEIGHTS.values())
        instruction, result, edit = sample_edit(scene, rng, operation) or sample_edit(scene, rng)
        if rng.random() < BARE_SHARE:
            others = (phrase_edit(edit, scene, rng) for _ in range(BARE_OF - 1))
            instruction = min([instruction, *filter(None, others)], key=lambda text: len(text.split()))
        described = [special["<caption>"], *encode(canonical_plan(scene))]
        line.read([special["<edit>"], *encode(instruction), *described, *described, special["<plan>"]])
        line.write([*encode(canonical_plan(result)), special["<eos>"]])

    def description(self, row):
        return self.tokenizer.encode(canonical_plan(self.scenes[row]))

    def question(self, scene):
        """-> question, answer. Some ask for a description; every scene has something to ask about."""
        asked = None
        if self.random.random() >= DESCRIBE_SHARE:
            topic, = self.random.choices(list(TOPIC_WEIGHTS), TOPIC_WEIGHTS.values())
            asked = sample_question(scene, self.random, topic) or sample_question(scene, self.random)
        return asked[:2] if asked else (sample_describe_request(self.random), canonical_caption(scene))

    def batches(self, tokens_per_batch):
        """Batches (inputs, targets, branches), each int64 [B, S] padded on the right with 0, from one pool of sequences."""
        tasks = self.random.choices(list(SHARES), SHARES.values(), k=POOL)
        pool = sorted((self.sequence(task) for task in tasks), key=lambda sequence: len(sequence[0]))
        groups, start = [], 0
        while start < len(pool):
            end = start
            while end < len(pool) and len(pool[end][0]) * (end + 1 - start) <= tokens_per_batch:
                end += 1
            groups.append(pool[start:end])
            start = end
        groups = groups[:-1] or groups  # the last one is short
        self.random.shuffle(groups)
        return [padded(group) for group in groups]


class Line:
    """A sequence that grows: what is read, and what has to be written."""

    def __init__(self):
        self.ids, self.wanted, self.branches, self.number = [], [], [], 0

    def branch(self):
        """What follows stands behind what was there before the first branch, and knows no other."""
        self.number += 1

    def read(self, ids):
        self.ids += ids
        self.wanted += [0] * len(ids)
        self.branches += [self.number] * len(ids)

    def write(self, ids, seen=None):
        """ids: what is asked for; seen: what stands in its place for what comes later, ids themselves if absent."""
        self.ids += seen if seen is not None else ids
        self.wanted += ids
        self.branches += [self.number] * len(ids)

    def whole(self):
        """-> inputs without the last id, at each of them the id that has to follow, and the number of its branch, 0 before the first."""
        return self.ids[:-1], self.wanted[1:], self.branches[:-1]


def to_ids(tokens, codebook):
    """tokens [N, K] as stored, finest first -> ids by position in writing order, coarse -> fine"""
    index = numpy.arange(tokens.shape[1])
    return (tokens.astype(numpy.int64) + index * codebook + TEXT_VOCABULARY)[:, ::-1]


def padded(group):
    """Sequences -> (inputs, targets, branches), each int64 [N, S]"""
    length = max(len(ids) for ids, _, _ in group)
    parts = numpy.zeros((3, len(group), length), dtype=numpy.int64)
    for row, sequence in enumerate(group):
        for part, values in zip(parts, sequence):
            part[row, :len(values)] = values
    return tuple(parts)


def write_for_ever(queue, cache_path, tokenizer_path, seed, tokens_per_batch):
    torch.set_num_threads(1)
    writer = Writer(load(cache_path), tokenizer_path, seed)
    parent = os.getppid()
    while os.getppid() == parent:  # ends with the training, however that ends
        for batch in writer.batches(tokens_per_batch):
            try:
                queue.put(batch, timeout=600)
            except Full:
                break


class SequenceStream:
    def __init__(self, cache_path, tokenizer_path, seed, tokens_per_batch):
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(maxsize=64)
        self.process = context.Process(target=write_for_ever, daemon=True, args=(
            self.queue, cache_path, tokenizer_path, seed, tokens_per_batch))
        self.process.start()

    def batch(self):
        return tuple(map(torch.from_numpy, self.queue.get(timeout=300)))
