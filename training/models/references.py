"""Which thing an instruction means, asked of the language model in between: training only.

"Remove the star": what has to be written depends on which phrase of the description the word points to, and a loss on the written words
alone teaches it slowly, for most of them are copied whatever was meant (training/LOG.md). So the states behind one block have to say of every word
of a description that is read for the second time whether its thing is meant, and at the end of each phrase of the first reading too,
where its noun is known. The head that reads them is no part of the model.
"""
import torch
import torch.nn.functional as F
from torch import nn

BLOCK = 3  # the states behind it: two blocks are left to write what follows
WEIGHT = 0.1  # beside the loss on written words
NOT_ASKED = -1


def phrases_of(ids, separators):
    """-> (first, end) of every phrase in ids, its separator, where it has one, at end - 1"""
    ends = [place + 1 for place, one in enumerate(ids) if one in separators or place == len(ids) - 1]
    return list(zip([0, *ends], ends))


def meant(inputs, targets, tokenizer, separators):
    """Rows of ids and targets [B, S] as `Line` has them -> [B, S] int64: 1 in phrases that the plan of an edit changes or leaves out, 0 in others,
    NOT_ASKED where nothing is asked, as in all of a row that plans no edit."""
    labels, special = torch.full_like(inputs, NOT_ASKED), tokenizer.special
    for row, (read, wanted) in enumerate(zip(inputs.tolist(), targets.tolist())):
        if special["<edit>"] not in read or special["<plan>"] not in read or read.count(special["<caption>"]) != 2:
            continue
        first, second = (place for place, one in enumerate(read) if one == special["<caption>"])
        plan = read.index(special["<plan>"])
        said, result = read[second + 1:plan], wanted[plan:]
        result = result[:result.index(special["<eos>"])]

        def words(ids, begin, end):  # the first word of a text has another id than behind a comma
            return tokenizer.decode(ids[begin:end]).strip(" ,.")
        left = [words(result, *some) for some in phrases_of(result, separators)]
        for begin, end in phrases_of(said, separators):
            stays = words(said, begin, end) in left
            labels[row, second + 1 + begin:second + 1 + end] = 0 if stays else 1
            labels[row, first + end] = 0 if stays else 1
    return labels


class References(nn.Module):
    """The head, and the states it reads: those of the model's last run."""

    def __init__(self, model, tokenizer):
        super().__init__()
        self.tokenizer, self.separators = tokenizer, set(model.config.separators)
        self.head = nn.Linear(model.config.width, 1)
        self.states = None
        model.blocks[BLOCK].register_forward_hook(self.keep)

    def keep(self, _, __, output):
        self.states = output[0]

    def loss(self, inputs, targets):
        """-> cross entropy in nats and the share of words told right, of the last run, which read `inputs`; 0 and NaN where none is asked"""
        labels = meant(inputs, targets, self.tokenizer, self.separators)
        asked = labels != NOT_ASKED
        if not asked.any():
            return self.states.new_zeros(()), self.states.new_full((), float("nan"))
        scores, truth = self.head(self.states[asked].float())[:, 0], labels[asked].float()
        return F.binary_cross_entropy_with_logits(scores, truth), ((scores > 0) == (truth > 0)).float().mean()
