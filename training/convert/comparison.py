"""What `--verify` prints: for each graph how far onnxruntime is from the authors' modules, and whether that is near enough."""
from training.convert.checkpoint_file import WrongCheckpoint

TOLERANCE = 1e-3  # of values around 1; the same bound as in tests/parity


def session(path):
    """onnxruntime's session of a graph, on the CPU."""
    import onnxruntime
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def tokens_row(name, found, expected):
    """A row for tokens [B, K], which must be the same to the last."""
    return name, f"{int((found != expected).sum())} of {expected.numel()} tokens differ", bool((found == expected).all())


def values_row(name, found, expected):
    """A row for values of one shape, by the largest difference; values that are no numbers are too far."""
    apart = (found - expected).abs().max().item()
    return name, f"{apart:.1e}", apart <= TOLERANCE


def report(rows):
    """Prints rows of (name, figure, whether it holds). Raises WrongCheckpoint when one does not hold."""
    for name, figure, holds in rows:
        print(f"{name:16} {figure:>28}  {'ok' if holds else 'TOO FAR'}")
    if not all(holds for *_, holds in rows):
        raise WrongCheckpoint("The pack does not do what the checkpoint does.")
