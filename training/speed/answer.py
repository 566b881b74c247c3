"""The Python side of `npm run bench -- --python …`: runs a pack's graphs in onnxruntime, and what they were made from in PyTorch.

    python3 -m training.speed.answer

Reads one JSON object a line and answers with one: tools/bench/runtimes/python-side.ts asks. Times are of the runs alone, in milliseconds;
tensors lie in files, raw and little-endian, as those of golden vectors.
  {"do": "open", "pack", "threads", "original": [arguments of the converter that made the pack]}
    -> {"once": [runtimes of a graph], "writing": [those of what writes tokens], "versions", "missing": {runtime: why}}
  {"do": "run", "runtime", "case"} -> {"ms", "answer"}; the case that is run holds its sessions, so one case after the other
An error is answered by {"error": text}.
"""
import json
import sys
import time
from pathlib import Path

import numpy
import torch

from training.speed.originals import original_of
from training.speed.runtimes import ONCE, WRITING, runtime_of

KINDS = {"float32": "<f4", "int64": "<i8", "bool": "u1"}


def read_tensor(described):
    """{"file", "type", "shape"} -> array"""
    array = numpy.fromfile(described["file"], dtype=KINDS[described["type"]]).reshape(described["shape"])
    return array.astype(bool) if described["type"] == "bool" else array


def write_tensor(path, array):
    array = numpy.ascontiguousarray(array)
    path.write_bytes(array.astype(KINDS[str(array.dtype)]).tobytes())
    return {"file": str(path), "type": str(array.dtype), "shape": list(array.shape)}


class Answers:
    def open(self, pack, threads, original):
        """What can be run here; `missing` says by name why something cannot."""
        import onnxruntime
        torch.set_num_threads(threads)
        self.pack, self.threads = Path(pack), threads
        self.manifest = json.loads((self.pack / "pack.json").read_text(encoding="utf-8"))
        self.original, reason = original_of(self.pack, self.manifest, original)
        self.ready = None
        missing = {} if reason is None else {name: reason for name in ("eager", "compiled")}
        here = [[name for name in names if name not in missing] for names in (ONCE, WRITING)]
        return {"once": here[0], "writing": here[1], "missing": missing,
                "versions": {"onnxruntime": onnxruntime.__version__, "torch": torch.__version__, "python": sys.version.split()[0]}}

    @torch.inference_mode()
    def run(self, runtime, case):
        """One run. The first of a runtime opens or compiles, and its answer is kept beside the inputs."""
        name = case["name"]
        if self.ready is None or self.ready[0] != name:
            self.ready = name, {}
        made = self.ready[1]
        is_first = runtime not in made
        if is_first:
            inputs = {key: read_tensor(one) for key, one in case["tensors"].items()}
            made[runtime] = runtime_of(runtime, self, case, inputs)
        started = time.perf_counter()
        answer = made[runtime]()
        took = (time.perf_counter() - started) * 1000
        folder = Path(next(iter(case["tensors"].values()))["file"]).parent
        return {"ms": took, "answer": write_tensor(folder / f"{name}-{runtime}.bin", answer) if is_first else None}


def main():
    # What libraries print belongs to people; the answers alone go where they are read.
    answers, out = Answers(), sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = getattr(answers, asked.pop("do"))(**asked)
        except (Exception, SystemExit) as error:
            answer = {"error": f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
