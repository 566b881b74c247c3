"""The whole recipe of the gpu size in a few steps: from nothing to a pack, stopped in the middle and gone on with."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def missing():
    try:
        import numpy, onnx, onnxruntime, torch  # noqa: F401, E401
    except ImportError as error:
        return f"needs {error.name}"
    return None


@unittest.skipIf(missing(), str(missing()))
class Rehearsal(unittest.TestCase):
    def run_recipe(self, folder, *more):
        command = [sys.executable, "training/run.py", "--size", "gpu", "--rehearse", "--runs", str(folder / "runs"),
                   "--target", str(folder / "pack"), *more]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    def test_from_nothing_to_a_pack_in_two_calls(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            # A chunk that is over at once: every stage stops after a step, and what hands over to the next is there.
            first = self.run_recipe(folder, "--chunk", "0")
            self.assertEqual(first.returncode, 0, first.stdout[-3000:] + first.stderr[-3000:])
            second = self.run_recipe(folder)
            self.assertEqual(second.returncode, 0, second.stdout[-3000:] + second.stderr[-3000:])
            self.assertIn("resumed at", second.stdout)
            manifest = json.loads((folder / "pack" / "pack.json").read_text())
            self.assertEqual(manifest["image"]["space"], "latents")
            for file in manifest["files"]:
                self.assertTrue((folder / "pack" / file["path"]).exists(), file)


if __name__ == "__main__":
    unittest.main()
