"""Sequences of the studies: those of the language model's training (models/sequences.py), mixed by shares of one's own."""
import random

import numpy
import torch

from training.models.sequences import Writer, padded
from training.study.score import TEMPERATURE, caption_f1, drawing_score, read_scenes, write
from training.study.restoring import restore
from training.study.language import cross_entropy
from training.study.raster import CODES
from training.text_tokenizer import TEXT_VOCABULARY
from training.world.language import canonical_caption, sample_prompt

TASKS = ("textToImage", "caption", "question")
LONGEST_CAPTION, LONGEST_ANSWER = 64, 8
DRAWING_STEPS = 1  # one step from noise: the shipped decoder is best there (training/LOG.md)


class Mixture:
    """Batches of sequences whose tasks are drawn by `shares` (task -> share)."""

    def __init__(self, scenes, written, tokenizer_path, shares, count, seed):
        """written [N, K]: tokens in writing order"""
        self.writer = make_writer(scenes, written, tokenizer_path, seed)
        self.shares, self.count, self.random = shares, count, random.Random(seed)
        self.tokens = 0  # seen so far, padding excluded

    def __call__(self):
        tasks = self.random.choices(list(self.shares), self.shares.values(), k=self.count)
        sequences = [self.writer.sequence(task) for task in tasks]
        self.tokens += sum(len(inputs) for inputs, _ in sequences)
        return as_tensors(sequences)


def make_writer(scenes, written, tokenizer_path, seed):
    # The writer turns tokens round, from finest first to writing order: given them the other way round it writes them so.
    return Writer({"scenes": scenes, "tokens": numpy.ascontiguousarray(written[:, ::-1]), "edits": []}, tokenizer_path, seed)


def as_tensors(sequences):
    """-> inputs and targets [B, S] int64, target -1 where nothing is asked"""
    inputs, targets = (torch.from_numpy(part) for part in padded(sequences))
    return inputs, torch.where(targets == 0, -1, targets)


class Examination:
    """Held-out losses of the tasks, and what the model draws, says and answers."""

    def __init__(self, codec, detector, scenes, tokens, tokenizer_path, losses, drawings):
        """tokens [N, K] as the codec numbers them; losses: sequences per task; drawings: pictures, captions and answers"""
        self.codec, self.detector, self.scenes = codec, detector, scenes[:drawings]
        self.tokens = tokens
        written = codec.writing_order(tokens)
        writer = make_writer(scenes, written, tokenizer_path, 0)
        self.tokenizer, special = writer.tokenizer, writer.special
        self.held_out = {task: as_tensors([writer.sequence(task) for _ in range(losses)]) for task in TASKS}
        rng = random.Random(5)
        self.prompts = [sample_prompt(scene, rng) for scene in self.scenes]
        image = [[special["<bos>"], special["<boi>"], *(TEXT_VOCABULARY + row).tolist(), special["<eoi>"]]
                 for row in written[:drawings].astype(numpy.int64)]
        self.special = special
        self.prefixes = {"textToImage": [[special["<bos>"], *self.tokenizer.encode(prompt), special["<boi>"]]
                                         for prompt in self.prompts],
                         "caption": [[*one, special["<caption>"]] for one in image]}
        asked = [writer.question(scene) for scene in self.scenes]
        self.answers = [answer for _, answer in asked]
        self.prefixes["question"] = [[*one, special["<question>"], *self.tokenizer.encode(question), special["<answer>"]]
                                     for one, (question, _) in zip(image, asked)]

    def losses(self, model):
        """task -> nats per target"""
        return {task: round(cross_entropy(model, *batch).item(), 4) for task, batch in self.held_out.items()}

    def draw(self, model, seed=1, count=None):
        """-> images [N, 3, H, W] of the held-out prompts"""
        low = TEXT_VOCABULARY
        ids = write(model, self.prefixes["textToImage"][:count], self.codec.config.token_count, low,
                    low + CODES, temperature=TEMPERATURE, seed=seed).numpy() - low
        return restore(self.codec, torch.from_numpy(self.codec.writing_order(ids).copy()), DRAWING_STEPS)

    def drawing(self, model, seed=1):
        return drawing_score(self.prompts, read_scenes(self.detector, self.draw(model, seed)))

    def restored_pictures(self):
        """The held-out pictures after tokens and back, [N, 3, H, W]"""
        return restore(self.codec, torch.from_numpy(self.tokens[:len(self.scenes)].astype(numpy.int64)), DRAWING_STEPS)

    def restored(self):
        """What is left of them: the share of all that their full descriptions say."""
        found = read_scenes(self.detector, self.restored_pictures())
        return drawing_score([canonical_caption(scene) for scene in self.scenes], found)

    def texts(self, model, task, longest):
        ids = write(model, self.prefixes[task], longest, 0, TEXT_VOCABULARY, stop=self.special["<eos>"])
        return [self.tokenizer.decode([index for index in row if index]) for row in ids.tolist()]

    def understanding(self, model):
        """-> F1 of captions over attributes, share of questions answered word for word"""
        answers = self.texts(model, "question", LONGEST_ANSWER)
        # Requests to describe the picture have an answer of many words: captions are measured by themselves.
        short = [(said, true) for said, true, scene in zip(answers, self.answers, self.scenes)
                 if true != canonical_caption(scene)]
        return {"captionF1": caption_f1(self.texts(model, "caption", LONGEST_CAPTION), self.scenes),
                "answers": round(sum(said == true for said, true in short) / max(1, len(short)), 4)}
