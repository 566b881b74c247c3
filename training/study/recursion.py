"""Does the order of the tokens matter? The same language model on the same tokens, written in five orders.

Under any fixed order the best possible loss per picture is the same: the entropy of the tokens. What differs is how fast a
model finds it. DDT-LLaMA (arXiv 2504.14666) reads a loss that rises under shuffling as a sign of a language.
The model sees tokens alone, no text, so that nothing but the order can tell it what comes next.
"""
import numpy
import torch

from training.study import language
from training.study.orders import ORDERS, reorder
from training.study.raster import CODES
from training.study.results import Results

LOOKS = 10
HELD_OUT = 256


@torch.no_grad()
def by_position(model, inputs, targets):
    """-> loss and entropy of the prediction at every position, nats, two lists of K"""
    log = model.logits(model.train_hidden(inputs)).float().log_softmax(dim=-1)
    loss = -log.gather(2, targets[..., None])[..., 0].mean(dim=0)
    entropy = -(log.exp() * log).sum(dim=-1).mean(dim=0)
    return [round(value, 3) for value in loss.tolist()], [round(value, 3) for value in entropy.tolist()]


def sequences(tokens):
    """tokens [N, K] in writing order -> inputs (a start token, then all but the last) and targets, int64 tensors"""
    targets = torch.from_numpy(tokens.astype(numpy.int64))
    start = torch.full((len(targets), 1), CODES)
    return torch.cat([start, targets[:, :-1]], dim=1), targets


def train_order(train_tokens, held_out, order, size, seed):
    """tokens [N, K] in natural order -> the run's entry for the results"""
    inputs, targets = sequences(reorder(train_tokens, order, seed))
    held_inputs, held_targets = sequences(reorder(held_out, order, seed))
    model = language.make_model(CODES + 1, size.width, size.blocks, seed)
    generator = torch.Generator().manual_seed(seed)

    def batch():
        rows = torch.randint(len(inputs), (size.batch,), generator=generator)
        return inputs[rows], targets[rows]

    history = language.train(model, batch, size.steps, lambda trained: {
        "loss": round(language.cross_entropy(trained, held_inputs, held_targets).item(), 4)}, LOOKS)
    loss, entropy = by_position(model, held_inputs, held_targets)
    return {"order": order, "seed": seed, "curve": history, "lossByPosition": loss, "entropyByPosition": entropy}


def marginal_entropy(tokens):
    """Mean over places of the entropy of a place's codes, nats: the loss of knowing the place and nothing else."""
    total = 0.0
    for column in tokens.T:
        share = numpy.unique(column, return_counts=True)[1] / len(column)
        total -= (share * numpy.log(share)).sum()
    return total / tokens.shape[1]


def compare(sources, size, seeds, clock, place):
    """sources: tokenizer -> {"codec", "train", "val": {"tokens"}}"""
    written = {key: tuple(one["codec"].writing_order(one[split]["tokens"]) for split in ("train", "val"))
               for key, one in sources.items()}
    results = Results("recursion", {
        "size": size.as_dict(), "tokenizers": {key: {"by": sources[key]["facts"]["tokens"],
                                                     "trainingPictures": len(pair[0]), "tokens": pair[0].shape[1],
                                                     "codesUsed": len(numpy.unique(pair[0])),
                                                     "entropyOfPlaces": round(marginal_entropy(pair[0]), 3)}
                                               for key, pair in written.items()},
        "heldOut": HELD_OUT, "rates": language.RATES}, place)
    for seed in range(1, seeds + 1):
        for order in ORDERS:
            for tokenizer, (train_tokens, held_out) in written.items():
                key = {"tokenizer": tokenizer, "order": order, "seed": seed}
                if results.find(**key) or clock.is_over():
                    continue
                run = train_order(train_tokens, held_out[:HELD_OUT], order, size, seed)
                results.add({**key, **run})
                print(key, run["curve"][-1], flush=True)
    return results
