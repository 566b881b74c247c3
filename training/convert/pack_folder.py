"""A pack folder from graphs that were exported: pack.json of format 2, with every file's size and hash."""
import contextlib
import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

from training.convert.checkpoint_file import WrongCheckpoint

GRAPHS = {"encoder": "encoder.onnx", "decoder": "decoder.onnx", "lm": "lm.onnx", "renderer": "renderer.onnx",
          "vaeEncoder": "vae-encoder.onnx", "vaeDecoder": "vae-decoder.onnx"}


@contextlib.contextmanager
def unfinished(folder):
    """A folder beside `folder` that takes its name when the work within is done, and is gone when that fails. Raises
    WrongCheckpoint where `folder` is there already, and where it cannot be written to its end: a disk that is full, say."""
    folder = Path(folder)
    if folder.exists():
        raise WrongCheckpoint(f"{folder} is there already.")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        partial.rename(folder)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, OSError):
            raise WrongCheckpoint(f"{folder} could not be made: {error}. Nothing of it is left.") from error
        raise


def copy_license(checkout, folder):
    """The text under which the authors publish their code, as LICENSE; nothing where their checkout has none."""
    for name in ("LICENSE", "LICENSE.md", "LICENSE.txt"):
        if (Path(checkout) / name).is_file():
            shutil.copyfile(Path(checkout) / name, Path(folder) / "LICENSE")
            return


def write_manifest(folder, **facts):
    """facts: the fields of docs/pack-format.md but format, files, graphs and what the folder itself tells."""
    folder = Path(folder)
    files = [{"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": hash_of(path)}
             for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "pack.json"]
    listed = {file["path"] for file in files}
    manifest = {"format": 2, "canDraw": [], "examples": {"prompts": [], "instructions": [], "questions": []}, "knownWords": [], **facts,
                "files": files, "graphs": {name: path for name, path in GRAPHS.items() if path in listed},
                "memory": 2 * sum(file["bytes"] for file in files)}
    if "tokenizer.json" in listed:
        manifest["tokenizer"] = "tokenizer.json"
    if "golden/golden.json" in listed:
        manifest["golden"] = "golden/golden.json"
    (folder / "pack.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def provenance(recipe):
    return {"recipe": recipe, "data": "as its authors say", "seed": 0, "commit": "", "date": date.today().isoformat(), "scores": []}


def hash_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()
