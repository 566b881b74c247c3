"""What `--verify` prints: for each graph how far onnxruntime is from the authors' modules, and whether that is near enough."""
from training.convert.checkpoint_file import WrongCheckpoint

# Of values around 1: the bound that golden vectors carry to tests/parity. Halves have three digits, and a model's depth costs one.
TOLERANCES = {"fp32": 1e-3, "fp16": 2e-2}
OTHER_TOKENS = {"fp32": 0, "fp16": 0.02}  # share: where two codes are nearly as near, the last digit says which


def session(path):
    """onnxruntime's session of a graph, on the CPU."""
    import onnxruntime
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def tokens_row(name, found, expected, precision="fp32"):
    """A row for tokens [B, K], which must be the same to the last in float32 and nearly all in float16."""
    others = int((found != expected).sum())
    return name, f"{others} of {expected.numel()} tokens differ", others <= OTHER_TOKENS[precision] * expected.numel()


def values_row(name, found, expected, precision="fp32"):
    """A row for values of one shape, by the largest difference; values that are no numbers are too far. The digits of a half count from
    the largest value."""
    apart = (found - expected).abs().max().item()
    scale = 1 if precision == "fp32" else max(1, expected.abs().max().item())
    return name, f"{apart:.1e}", apart <= TOLERANCES[precision] * scale


def report(rows):
    """Prints rows of (name, figure, whether it holds). Raises WrongCheckpoint when one does not hold."""
    for name, figure, holds in rows:
        print(f"{name:16} {figure:>28}  {'ok' if holds else 'TOO FAR'}")
    if not all(holds for *_, holds in rows):
        raise WrongCheckpoint("The pack does not do what the checkpoint does.")
