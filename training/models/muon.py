"""Muon for hidden matrices, AdamW for everything else, as one optimiser.

Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon) replaces the momentum of a matrix by the nearest
orthogonal matrix, found with five Newton-Schulz steps. The factor 0.2 * sqrt(longest side) gives its updates the
size of AdamW's (Moonlight, arXiv 2502.16982, section 2.2), so both share one learning rate.
"""
import torch

from training.models.checkpoint import knows_bfloat16


def orthogonalise(matrices, steps=5):
    """matrices [N, rows, columns] with rows <= columns -> nearest orthogonal ones, in bfloat16 where it is fast."""
    a, b, c = 3.4445, -4.7750, 2.0315  # steepest at zero; singular values end within 0.7 ... 1.2
    x = matrices.bfloat16() if knows_bfloat16(str(matrices.device)) else matrices.float()
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).to(x.dtype)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x


class Muon(torch.optim.Optimizer):
    """Muon on `matrices`, grouped by shape so that one batched product serves many of them.

    A fused qkv matrix is three maps and is orthogonalised as three: pass its name's `splits`.
    """

    def __init__(self, matrices, learning_rate, momentum=0.95, weight_decay=0.0):
        """matrices: list of (parameter, splits along the rows)."""
        super().__init__([p for p, _ in matrices], dict(lr=learning_rate))
        self.momentum, self.weight_decay = momentum, weight_decay
        self.splits = {p: splits for p, splits in matrices}

    @torch.no_grad()
    def step(self):
        rate = self.param_groups[0]["lr"]
        by_shape = {}
        for p in self.param_groups[0]["params"]:
            if p.grad is None:
                continue
            state = self.state[p]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(p)
            state["momentum"].lerp_(p.grad, 1 - self.momentum)
            update = p.grad.lerp(state["momentum"], self.momentum)  # Nesterov
            # A convolution is a matrix from its window to its output channels.
            for part, target in zip(update.flatten(1).chunk(self.splits[p]), p.flatten(1).chunk(self.splits[p])):
                wide = part.shape[0] <= part.shape[1]
                key = (min(part.shape), max(part.shape))
                by_shape.setdefault(key, []).append((part if wide else part.t(), target, wide))
        for (_, longest), entries in by_shape.items():
            updates = orthogonalise(torch.stack([part for part, _, _ in entries])).float()
            for update, (_, target, wide) in zip(updates, entries):
                target.mul_(1 - rate * self.weight_decay)
                target.add_(update if wide else update.t(), alpha=-rate * 0.2 * longest ** 0.5)


def make_convolution_optimisers(model, learning_rate, other_rate):
    """[Muon for the convolutions between feature maps, AdamW for biases and for those from or to an image or latents, `model.ends`]."""
    inner = [p for p in model.parameters() if p.ndim == 4 and all(p is not end.weight for end in model.ends)]
    others = [p for p in model.parameters() if all(p is not one for one in inner)]
    optimisers = [Muon([(p, 1) for p in inner], learning_rate),
                  torch.optim.AdamW(others, lr=other_rate, betas=(0.9, 0.95), weight_decay=0.0)]
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["base_lr"] = group["lr"]
    return optimisers


def make_optimisers(model, learning_rate, embedding_rate, weight_decay=0.0):
    """[Muon for the matrices and convolutions inside `blocks`, AdamW for embeddings, heads, norms and biases].

    Each group keeps its `base_lr`, which the schedule multiplies.
    """
    matrices, others = [], []
    for name, p in model.named_parameters():
        if ".blocks." in f".{name}" and p.ndim in (2, 4) and "modulation" not in name:
            matrices.append((p, 3 if name.endswith("qkv.weight") else 1))
        else:
            others.append(p)
    optimisers = [
        Muon(matrices, learning_rate, weight_decay=weight_decay),
        torch.optim.AdamW(others, lr=embedding_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["base_lr"] = group["lr"]
    return optimisers
