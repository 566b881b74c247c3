"""The text tokenizer."""

import tempfile
import unittest
from pathlib import Path

from training.text_tokenizer import TextTokenizer, normalise, split_words, train, write


class TextTokenizerTest(unittest.TestCase):
    def test_any_text_survives(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tokenizer.json"
            write(train(["a red circle above a blue star", "two red circles"] * 3, vocabulary=300), path)
            tokenizer = TextTokenizer(path)
            for text in ("a red circle", "  Two  RED\tcircles ", "naïve 日本 🎨", "don't 3x!", ""):
                self.assertEqual(tokenizer.decode(tokenizer.encode(text)), normalise(text))

    def test_splitting_follows_the_published_pattern(self):
        self.assertEqual(split_words(" it's  a 50% test"), [" it", "'s", " ", " a", " 50", "%", " test"])


if __name__ == "__main__":
    unittest.main()
