"""Results of a comparison as committed JSON: what was run, with what, and what came out, one entry per run."""
import json
import os
import time
from pathlib import Path

from training.study.size import folder

COMMITTED = Path(__file__).resolve().parent / "results"


def results_folder(size_name):
    """Where the figures look for results; those of other sizes than the study's stay among the checkpoints."""
    return COMMITTED if size_name == "study" else folder(size_name) / "results"


class Results:
    """results/<comparison>.json. A run that is in it is not run again; a changed recipe starts the file afresh."""

    def __init__(self, comparison, recipe, folder):
        """recipe: everything that decides the outcome, seeds excepted; plain JSON values. folder: `results_folder`."""
        self.path = folder / f"{comparison}.json"
        found = json.loads(self.path.read_text()) if self.path.exists() else {}
        recipe = json.loads(json.dumps(recipe))
        self.data = found if found.get("recipe") == recipe else {"comparison": comparison, "recipe": recipe, "runs": []}

    def find(self, **key):
        """The run with these values, or None."""
        return next((run for run in self.data["runs"] if all(run.get(name) == value for name, value in key.items())), None)

    def add(self, run):
        """run: dict of plain values. Written at once, so that an interrupted comparison goes on where it was."""
        self.data["runs"].append({**run, "date": time.strftime("%Y-%m-%d")})
        self.write()

    def write(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        head = {name: value for name, value in self.data.items() if name != "runs"}
        lines = ",\n".join("  " + json.dumps(run) for run in self.data["runs"])
        text = json.dumps(head, indent=1)[:-2] + f',\n "runs": [\n{lines}\n ]\n}}\n'
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(text)
        os.replace(temporary, self.path)


class Clock:
    """--minutes: no run starts after them; what is missing is run when the command is given again."""

    def __init__(self, minutes):
        self.ends = time.time() + 60 * minutes

    def is_over(self):
        return time.time() > self.ends
