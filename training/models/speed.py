"""What a training does per second, and what share of an accelerator's peak that is."""
import torch
from torch import nn

from training.models.language_model import Block
from training.models.layers import PerTokenLinear, SelfAttention

# Dense bfloat16 peaks of the cards in operations per second, from their data sheets (SXM forms where there are two).
PEAKS = {"H100": 989e12, "H200": 989e12, "B200": 2250e12, "A100": 312e12, "L40S": 362e12, "4090": 165e12}


@torch.no_grad()
def operations(model, run):
    """Operations (a multiply-add is two) of the linear maps, convolutions and attention inside `model` during run().

    Norms and activations are left out, as is usual. A training step costs three times its forward pass.
    """
    total = 0

    def note(part, inputs, output):
        nonlocal total
        if isinstance(part, (nn.Linear, nn.Conv2d)):
            total += 2 * output.numel() * part.weight[0].numel()
        elif isinstance(part, PerTokenLinear):
            total += 2 * output.numel() * part.weight.shape[1]
        elif isinstance(part, (SelfAttention, Block)):
            total += 4 * inputs[0].numel() * inputs[0].shape[1]  # scores and their use: 4 S^2 width per sample

    hooks = [part.register_forward_hook(note) for part in model.modules()]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    return total


def codec_operations(codec):
    """One image of the codec's training: the frozen autoencoder forward, encoder and decoder forward and backward."""
    config, device = codec.config, next(codec.parameters()).device
    image = torch.zeros(1, 3, config.image_size, config.image_size, device=device)
    latents, t = torch.zeros(1, *config.latent_shape, device=device), torch.ones(1, device=device)
    visible = torch.ones(1, config.token_count, dtype=torch.bool, device=device)
    frozen = operations(codec.autoencoder, lambda: codec.latents(image))
    return frozen + 3 * operations(codec, lambda: codec(latents, latents, t, visible))


def peak_of(device):
    """Operations per second that the card's data sheet promises in bfloat16; None for processors and unknown cards."""
    if not device.startswith("cuda"):
        return None
    name = torch.cuda.get_device_name(device)
    return next((peak for key, peak in PEAKS.items() if key in name), None)


def describe_rate(operations, per_second, device):
    """operations per sample, samples per second -> for example "0.41 TFLOP/s" or "310.0 TFLOP/s, 31 % of the peak"."""
    rate, peak = operations * per_second, peak_of(device)
    return f"{rate / 1e12:.2f} TFLOP/s" + (f", {100 * rate / peak:.0f} % of the peak" if peak else "")
