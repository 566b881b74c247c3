"""Reading checkpoints of strangers: never unpickled unsafely, never loaded in part."""
import inspect
import zipfile
from pathlib import Path

import torch

WRAPPINGS = ("ema", "model", "module", "state_dict")  # under which name training scripts put the weights
PREFIXES = ("_orig_mod.", "module.")  # what compiling and data parallelism put before every name

# What lets tensors stay in their file; torch 1.13, which runs some of the tests, knows no such thing.
MAPPED = {"mmap": True} if "mmap" in inspect.signature(torch.load).parameters else {}


class WrongCheckpoint(SystemExit):
    """A message and exit code 1: which file, what is wrong, what to do."""


def read_weights(path, beside=()):
    """path -> {name: tensor}. A pickle may run code when it is read, so only tensors and plain containers are let through. Tensors stay in
    the file until they are used, where it is of a kind that allows it. beside: names of what may lie among the weights and is none of them.
    Raises WrongCheckpoint."""
    path = Path(path)
    if not path.is_file():
        raise WrongCheckpoint(f"{path} is not a file.")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file
            return load_file(str(path))
        found = torch.load(path, map_location="cpu", weights_only=True, **(MAPPED if zipfile.is_zipfile(path) else {}))
    except Exception as error:
        reason = str(error).partition("\n")[0] or "it ends too early"
        raise WrongCheckpoint(f"{path} cannot be read as a checkpoint of tensors ({type(error).__name__}: {reason}). A file that needs to run "
                              "code to be read is refused.") from None
    while isinstance(found, dict):
        inner = next((found[name] for name in WRAPPINGS if isinstance(found.get(name), dict)), None)
        if inner is None:
            break
        found = inner
    if isinstance(found, dict):
        found = {name: value for name, value in found.items() if name not in beside}
    if not isinstance(found, dict) or not found or not all(isinstance(value, torch.Tensor) for value in found.values()):
        others = [str(name) for name, value in found.items() if not isinstance(value, torch.Tensor)] if isinstance(found, dict) else []
        raise WrongCheckpoint(f"{path} holds no weights by name{': ' if others else ''}{', '.join(others[:5])}{' is something else' if others else ''}.")
    return {unprefixed(name): value for name, value in found.items()}


def unprefixed(name):
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def load_strictly(module, weights, what, unused=()):
    """Fills `module` and says by name what does not fit; weights whose names begin with one of `unused` may be left over.
    A module on the meta device takes the weights themselves, so that none is there twice. Raises WrongCheckpoint, also for weights that are
    no numbers: a file that was damaged on its way may still be read."""
    expected = module.state_dict()
    missing = sorted(set(expected) - set(weights))
    left = sorted(name for name in set(weights) - set(expected) if not name.startswith(tuple(unused)))
    unlike = [f"{name} is {list(weights[name].shape)}, not {list(expected[name].shape)}"
              for name in sorted(set(expected) & set(weights)) if weights[name].shape != expected[name].shape]
    empty = [name for name in sorted(set(expected) & set(weights)) if not bool(torch.isfinite(weights[name]).all())] if not unlike else []
    problems = [f"{title}: {', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"
                for title, names in (("missing", missing), ("not known", left), ("of another shape", unlike), ("no numbers", empty)) if names]
    if problems:
        raise WrongCheckpoint(f"The {what} does not belong to this configuration. " + "; ".join(problems) + ".")
    module.load_state_dict({name: weights[name].float() if weights[name].is_floating_point() else weights[name]
                            for name in expected}, strict=True, **({"assign": True} if any(value.is_meta for value in expected.values()) else {}))
    return module.eval().requires_grad_(False)
