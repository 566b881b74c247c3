"""Byte-level BPE by hand: trained on the grammar's texts, written as a Hugging Face tokenizer.json.

Every byte is a token, so any typed text is legal (GPT-2's scheme: Radford et al. 2019, section 2.2; merges after
Sennrich et al., arXiv 1508.07909). Normalisation: lower case, runs of white space become one space, ends stripped;
one space is put in front so that the first word is written like all others.

    python3 -m training.text_tokenizer runs/text/tokenizer.json
"""
import json
import re
import sys
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

SPECIAL_TOKENS = ("<pad>", "<bos>", "<eos>", "<boi>", "<eoi>", "<caption>", "<edit>", "<question>", "<answer>",
                  "<plan>")
SPECIAL_SLOTS = 16  # ids kept for special tokens; bytes follow
TEXT_VOCABULARY = 1024  # ids below belong to text; image tokens follow
WHITE_SPACE = r"[ \t\n\r\f\v]+"
CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


def byte_characters():
    """GPT-2's printable stand-in for each of the 256 bytes."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    characters = {byte: chr(byte) for byte in kept}
    for shift, byte in enumerate(b for b in range(256) if b not in characters):
        characters[byte] = chr(256 + shift)
    return characters


BYTE_CHARACTER = byte_characters()


def normalise(text):
    return re.sub(WHITE_SPACE, " ", text.lower()).strip(" ")


def kind_of(character):
    """letter, number, space or other: the classes of GPT-2's splitting pattern."""
    if character.isspace():
        return "space"
    return {"L": "letter", "N": "number"}.get(unicodedata.category(character)[0], "other")


def split_words(text):
    """GPT-2's pattern: contractions, then runs of one class with at most one space in front.

    's|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+
    """
    words, i = [], 0
    while i < len(text):
        contraction = next((c for c in CONTRACTIONS if text.startswith(c, i)), None)
        if contraction:
            words.append(contraction)
            i += len(contraction)
            continue
        start = i
        if text[i] == " " and i + 1 < len(text) and kind_of(text[i + 1]) != "space":
            i += 1
        kind = kind_of(text[i])
        while i < len(text) and kind_of(text[i]) == kind:
            i += 1
        if kind == "space" and i < len(text) and i - start > 1:
            i -= 1  # the last space of a run goes with the word behind it
        words.append(text[start:i])
    return words


def to_characters(word):
    return tuple(BYTE_CHARACTER[byte] for byte in word.encode("utf-8"))


def train(texts, vocabulary=TEXT_VOCABULARY):
    """Texts -> merges in order of learning; the most frequent neighbouring pair is joined until the ids are used up."""
    words = Counter()
    for text in texts:
        words.update(to_characters(word) for word in split_words(" " + normalise(text)))
    pieces = {word: list(word) for word in words}
    merges = []
    while SPECIAL_SLOTS + 256 + len(merges) < vocabulary:
        pairs = Counter()
        for word, count in words.items():
            for pair in zip(pieces[word], pieces[word][1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for word, parts in pieces.items():
            pieces[word] = join(parts, best)
    return merges


def join(parts, pair):
    joined, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            joined.append(parts[i] + parts[i + 1])
            i += 2
        else:
            joined.append(parts[i])
            i += 1
    return joined


class TextTokenizer:
    def __init__(self, path):
        data = json.loads(Path(path).read_text())
        self.vocabulary = data["model"]["vocab"]
        self.special = {token["content"]: token["id"] for token in data["added_tokens"]}
        self.text_of = {index: piece for piece, index in self.vocabulary.items()}
        self.rank = {tuple(pair): rank for rank, pair in enumerate(data["model"]["merges"])}
        self.word = lru_cache(maxsize=100_000)(self._word)

    def _word(self, word):
        parts = list(to_characters(word))
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda pair: self.rank.get(pair, 1 << 30))
            if best not in self.rank:
                break
            parts = join(parts, best)
        return tuple(self.vocabulary[part] for part in parts)

    def encode(self, text):
        text = normalise(text)
        return [index for word in split_words(" " + text) for index in self.word(word)] if text else []

    def decode(self, ids):
        byte_of = {character: byte for byte, character in BYTE_CHARACTER.items()}
        joined = "".join(self.text_of.get(index, "") for index in ids)
        return bytes(byte_of[c] for c in joined).decode("utf-8", errors="replace").strip()


def write(merges, path):
    vocabulary = {character: SPECIAL_SLOTS + byte for byte, character in BYTE_CHARACTER.items()}
    for number, pair in enumerate(merges):
        vocabulary["".join(pair)] = SPECIAL_SLOTS + 256 + number
    data = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": index, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": True} for index, token in enumerate(SPECIAL_TOKENS)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Lowercase"},
            {"type": "Replace", "pattern": {"Regex": WHITE_SPACE}, "content": " "},
            {"type": "Strip", "strip_left": True, "strip_right": True}]},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": vocabulary, "merges": [list(pair) for pair in merges]},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def main():
    from training.world.corpus import texts
    path = Path(sys.argv[1])
    merges = train(texts())
    write(merges, path)
    print(f"{len(merges)} merges -> {path}")


if __name__ == "__main__":
    main()
