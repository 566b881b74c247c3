"""Texts and pictures as the language model writes them by chance, many at once, and how likely it finds what was written.

For train_reinforced.py: the exported graph writes one token at a time too, but reads phrases and pictures anew at every step where a
tracer cannot skip what nobody asked for.
"""
import torch
import torch.nn.functional as F

from training.models.phrases import padded_left
from training.text_tokenizer import TEXT_VOCABULARY


class Reading:
    """Rows of ids that have been read so far, and what the model remembers of them."""

    def __init__(self, model, rows, special):
        """rows: lists of ids; each may hold one picture that has ended"""
        self.model = model
        self.read = ids = padded_left(rows, special)
        self.mask = (ids > 0).long()
        tokens, _, follows = model.picture(ids)
        self.cells, self.follows = model.reader(tokens), follows[:, -1:]
        self.hidden, self.pasts = self._run(ids, follows, None)

    def _run(self, ids, follows, pasts):
        total, length = self.mask.shape[1], ids.shape[1]
        index = torch.arange(total)
        later = index[None, :] > index[total - length:, None]
        mask = (later[None, None] | (self.mask == 0)[:, None, None, :]).float() * -1e9
        position = (self.mask.cumsum(dim=1) - 1).clamp(min=0)[:, total - length:]
        hidden, pasts = self.model.hidden(ids, position, mask, self.cells, follows, self.model.again(self.read, ids), pasts)
        return hidden[:, -1], pasts

    def append(self, ids):
        """One more id for every row [B]."""
        self.read, self.mask = torch.cat([self.read, ids[:, None]], dim=1), F.pad(self.mask, (0, 1), value=1)
        self.hidden, self.pasts = self._run(ids[:, None], self.follows, self.pasts)


def drawn_from(logits, temperature):
    return torch.distributions.Categorical(logits=logits.float() / temperature).sample()


@torch.no_grad()
def write_texts(model, rows, special, longest, temperature):
    """Rows of ids -> what follows them, lists of ids with their <eos>; at most `longest`, without it where there was no end."""
    reading = Reading(model, rows, special)
    texts, open_rows = [[] for _ in rows], set(range(len(rows)))
    for _ in range(longest):
        ids = drawn_from(model.text_logits(reading.hidden), temperature)
        for row, one in enumerate(ids.tolist()):
            if row in open_rows:
                texts[row].append(one)
                if one == special["<eos>"]:
                    open_rows.remove(row)
        if not open_rows:
            break
        reading.append(ids)
    return texts


@torch.no_grad()
def write_pictures(model, rows, special, temperature):
    """Rows of ids that end with <boi> -> tokens [B, K], index 0 the finest"""
    config = model.config
    phrases = model.phrase_scores(padded_left(rows, special))
    reading = Reading(model, rows, special)
    tokens = torch.zeros(len(rows), config.token_count, dtype=torch.int64)
    for index in reversed(range(config.token_count)):
        logits = model.code_logits(reading.hidden[None], phrases[None, :, index], torch.tensor([index]))[0]
        tokens[:, index] = drawn_from(logits, temperature)
        if index:
            reading.append(tokens[:, index] + index * config.codebook + TEXT_VOCABULARY)
    return tokens


def log_probabilities(model, inputs, targets, temperatures):
    """Of what was written, teacher forced: inputs, targets [B, S] int64, 0 = not written; temperatures of texts and pictures
    -> [B, S], 0 where nothing was written. A row has a text or a whole picture to write."""
    states = model.train_hidden(inputs)
    of_text, of_picture = temperatures
    found = states.new_zeros(inputs.shape, dtype=torch.float32)
    is_text, is_image = (targets > 0) & (targets < TEXT_VOCABULARY), targets >= TEXT_VOCABULARY
    if is_text.any():
        logits = model.text_logits(states[is_text]).float() / of_text
        found = found.masked_scatter(is_text, -F.cross_entropy(logits, targets[is_text], reduction="none"))
    if is_image.any():
        config = model.config
        with torch.no_grad():
            phrases = model.phrase_scores(inputs[is_image.any(dim=1)])
        logits = model.image_logits(states[is_image].reshape(-1, config.token_count, config.width), phrases).flatten(0, 1).float() / of_picture
        codes = (targets[is_image] - TEXT_VOCABULARY) % config.codebook
        found = found.masked_scatter(is_image, -F.cross_entropy(logits, codes, reduction="none"))
    return found
