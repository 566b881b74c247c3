"""The comparisons of docs/findings.md at the size of a rehearsal, on a codec and a judge that know nothing; and what their arithmetic rests on."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def missing():
    try:
        import numpy, PIL, torch  # noqa: F401, E401
    except ImportError as error:
        return f"needs {error.name}"
    return None


@unittest.skipIf(missing(), str(missing()))
class Study(unittest.TestCase):
    def test_every_comparison_runs_and_writes_its_results(self):
        import torch
        from training.detector import Detector
        from training.models.autoencoder import AutoencoderConfig
        from training.models.checkpoint import save
        from training.models.codec import Codec, CodecConfig
        from training.text_tokenizer import train, write
        torch.manual_seed(1)
        config = CodecConfig(AutoencoderConfig(channels=8, stem_width=32, width=32, naming_width=16).as_dict(), token_count=16, width=64, heads=2, decoder_blocks=1)
        with tempfile.TemporaryDirectory() as name:
            runs = Path(name)
            save({"config": config.as_dict(), "codec": Codec(config).state_dict()}, runs / "codec-cpu" / "last.pt")
            save({"average": Detector().state_dict()}, runs / "detector" / "last.pt")
            (runs / "text").mkdir()
            write(train(["a large red circle, and a blue star"], vocabulary=290), runs / "text" / "tokenizer.json")
            environment = {**os.environ, "DDT_TRAINING_RUNS": name, "DDT_TRAINING_REHEARSAL": "1"}
            entries = {"control": 4, "order": 15, "against": 2, "interpolation": 3}
            # One process: most of its time is what it imports.
            code = f"from training.study import {', '.join(entries)}\n" + "\n".join(f"{script}.main()" for script in entries)
            done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-3000:])
            for script, count in entries.items():
                self.assertEqual(len(json.loads((runs / "study" / "results" / f"{script}.json").read_text())["runs"]), count, script)
            pictures = {path.name for path in (runs / "study" / "results").glob("*.png")}
            self.assertEqual(pictures, {"against-timestep.png", "against-spatial.png", "interpolation-timestep.png", "interpolation-spatial.png",
                                        "interpolation-shipped.png"})

    def test_orders_keep_the_tokens_of_a_picture(self):
        import torch
        from training.study.order import ORDERS, reordered
        written = torch.arange(3 * 16).reshape(3, 16)
        for order in ORDERS:
            found = reordered(written, order, seed=4)
            self.assertTrue(torch.equal(found.sort(dim=1).values, written), order)
            same_places = torch.equal(found - found[:, :1], (found - found[:, :1])[:1].expand(3, -1))
            self.assertEqual(same_places, order != "anew", order)
        self.assertTrue(torch.equal(reordered(written, "natural", 4), written))
        self.assertFalse(torch.equal(reordered(written, "shuffled", 4), written))

    def test_a_cut_is_one_and_a_blend_is_none(self):
        import torch
        from training.study.interpolation import STEPS, cut_index
        start, end = torch.zeros(STEPS + 1, 1, 3, 16, 16), torch.ones(STEPS + 1, 1, 3, 16, 16)
        share = torch.arange(STEPS + 1).reshape(-1, 1, 1, 1, 1) / STEPS
        self.assertEqual(cut_index(start + share * end), [0, 0.5])
        cut = torch.where(torch.arange(16)[None, None, None, :, None] < 16 * share, end, start)
        self.assertEqual(cut_index(cut), [1, 0.5])
        # Most of the way gone with the first tokens: what is half-way stands there.
        self.assertEqual(cut_index(start + share ** 0.25 * end)[1], 1 / STEPS)

    def test_a_spatial_token_is_of_its_cell_alone(self):
        import torch
        from training.models.autoencoder import AutoencoderConfig
        from training.models.codec import Codec, CodecConfig
        from training.study.control import make_codec, tokens_of
        torch.manual_seed(1)
        config = CodecConfig(AutoencoderConfig(channels=8, stem_width=32, width=32, naming_width=16).as_dict(), token_count=16, width=64, heads=2, decoder_blocks=1)
        latents = torch.randn(300, 8, 8, 8)
        other = latents.clone()
        other[:, :, 2, 5] += 3  # the 22nd cell
        for token_count, indices in ((64, [42]), (128, [84, 85])):  # written row by row, the first with the highest index
            codec = make_codec("spatial", Codec(config), {"train": {"latents": latents}}, token_count)
            changed = (tokens_of(codec, latents) != tokens_of(codec, other)).any(dim=0).nonzero().flatten().tolist()
            self.assertEqual(changed, indices)


if __name__ == "__main__":
    unittest.main()
