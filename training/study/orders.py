"""In which order a language model writes the K tokens of a picture."""
import numpy

BLOCK = 4  # tokens that stay together when blocks are shuffled

ORDERS = ("natural", "reversed", "blocks", "shuffled", "anew")


def permutation(order, count, seed):
    """Places of the natural order in the order wanted, int64 [count]. One for all pictures, drawn by the seed.

    natural: as the tokenizer means them; reversed: last first; blocks: runs of BLOCK neighbours change places, inside they
    stay in order; shuffled: every token somewhere else. "anew" has no such permutation: see `reorder`.
    """
    natural = numpy.arange(count)
    rng = numpy.random.default_rng(seed)
    if order == "natural":
        return natural
    if order == "reversed":
        return natural[::-1].copy()
    if order == "blocks":
        assert count % BLOCK == 0, count
        return natural.reshape(-1, BLOCK)[rng.permutation(count // BLOCK)].reshape(-1)
    if order == "shuffled":
        return rng.permutation(count)
    raise ValueError(f"unknown order {order}")


def reorder(tokens, order, seed):
    """tokens [N, K] in natural order -> the same tokens, each row in the order wanted.

    "anew": another shuffle for every picture, so that a place tells nothing.
    """
    if order == "anew":
        return numpy.random.default_rng(seed).permuted(tokens, axis=1)
    return tokens[:, permutation(order, tokens.shape[1], seed)]
