"""Reading checkpoints of strangers: never unpickled unsafely, never loaded in part."""
from pathlib import Path

import torch

WRAPPINGS = ("ema", "model", "module", "state_dict")  # under which name training scripts put the weights
PREFIXES = ("_orig_mod.", "module.")  # what compiling and data parallelism put before every name


class WrongCheckpoint(SystemExit):
    """A message and exit code 1: which file, what is wrong, what to do."""


def read_weights(path, beside=()):
    """path -> {name: tensor}. A pickle may run code when it is read, so only tensors and plain containers are let through.
    beside: names of what may lie among the weights and is none of them."""
    path = Path(path)
    if not path.is_file():
        raise WrongCheckpoint(f"{path} is not a file.")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file
            return load_file(str(path))
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise WrongCheckpoint(f"{path} cannot be read as a checkpoint of tensors ({type(error).__name__}: "
                              f"{str(error).splitlines()[0]}). A file that needs to run code to be read is refused.") from None
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
    A module on the meta device takes the weights themselves, so that none is there twice."""
    expected = module.state_dict()
    missing = sorted(set(expected) - set(weights))
    left = sorted(name for name in set(weights) - set(expected) if not name.startswith(tuple(unused)))
    unlike = [f"{name} is {list(weights[name].shape)}, not {list(expected[name].shape)}"
              for name in sorted(set(expected) & set(weights)) if weights[name].shape != expected[name].shape]
    problems = [f"{title}: {', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"
                for title, names in (("missing", missing), ("not known", left), ("of another shape", unlike)) if names]
    if problems:
        raise WrongCheckpoint(f"The {what} does not belong to this configuration. " + "; ".join(problems) + ".")
    module.load_state_dict({name: weights[name].float() if weights[name].is_floating_point() else weights[name]
                            for name in expected}, strict=True, **({"assign": True} if any(value.is_meta for value in expected.values()) else {}))
    return module.eval().requires_grad_(False)
