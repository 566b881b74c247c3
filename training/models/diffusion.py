"""Noise, loss and sampler around a network that predicts the clean image.

x0 are the latents of the autoencoder (models/autoencoder.py). The forward process is x_t = (1 - t) x_0 + t * NOISE_SCALE * e with t from 0 (clean) to 1 (noise). The decoder sees
x_t, t and the tokens visible at t, and answers with the clean image (x0-prediction; JiT, arXiv 2511.13720).
They are [B, channels, grid, grid] of deviation 1; t is [B] in [0, 1].
"""
import torch

NOISE_SCALE = 1.0  # latents have deviation 1
# k(t) = ceil(K * t^0.25): most tokens stay visible until t is small, as in Selftok's best schedule (arXiv 2505.07538:
# 74 % at t = 0.4). With t^2 a colour that the first steps left vague drifted while its token was already hidden; from t^0.5 to
# t^0.25 objects right after four steps rose from .86 to .95. And the first three of five attributes need 2, 6 and 10 of 96
# tokens: with t^0.5 they would share a tenth of the slider (docs/decisions/0102-attributes-in-turn.md).
SCHEDULE_EXPONENT = 0.25
# Sampling only: a decoder that trusts the blur of its own earlier steps does best when they lie close together
# at the noise (training/LOG.md).
TIMESTEP_SHIFT = 6


def tokens_visible_at(t, count):
    """k(t), [B] -> [B] int64. Token idx (0 = finest) is visible when idx < k(t)."""
    # A hair is taken off before rounding up, so that t = 1 and stage borders do not gain a token by float error.
    return torch.ceil(count * t ** SCHEDULE_EXPONENT - 1e-4).long().clamp(min=0, max=count)


def visibility(t, count):
    """[B] -> [B, count] bool: which tokens the decoder may see at t."""
    return torch.arange(count, device=t.device) < tokens_visible_at(t, count)[:, None]


def add_noise(x0, noise, t):
    """x0, noise [B, channels, grid, grid], t [B] -> x_t."""
    t = t[:, None, None, None]
    return (1 - t) * x0 + t * NOISE_SCALE * noise


def sample_training_times(batch, share_pure_noise, device):
    """Logit-normal times, [B]; `share_pure_noise` of them are exactly 1, where the tokens must tell everything."""
    t = torch.sigmoid(1 + 1.3 * torch.randn(batch, device=device))
    return torch.where(torch.rand(batch, device=device) < share_pure_noise, torch.ones_like(t), t)


def sample_training_visibility(t, count, coarse=0.40):
    """Visible tokens in training, [B, count] bool: the schedule, plus two kinds of dropout.

    A share `coarse` of the samples loses the tokens finer than a random m (so that the coarse end alone gives a coarse picture) and
    5 % lose all (the unconditional branch of guidance).
    """
    batch, device = len(t), t.device
    index = torch.arange(count, device=device)
    keep_from = torch.randint(0, count, (batch, 1), device=device)
    drop_fine = torch.rand(batch, 1, device=device) < coarse
    drop_all = torch.rand(batch, 1, device=device) < 0.05
    return visibility(t, count) & ~(drop_fine & (index < keep_from)) & ~drop_all


def loss_on_clean_image(prediction, x0, t, emphasis=1):
    """Mean squared error on x0 weighted by min(1/t, 3), scalar.

    The velocity weight 1/t^2 would spend the training on nearly clean images, where tokens are not needed.
    emphasis [B, 1, grid, grid]: weight of each cell. What is best for a cell stays best, only what is learnt first changes.
    """
    error = (emphasis * (prediction.float() - x0).square()).mean(dim=(1, 2, 3))
    return (error * (1 / t).clamp(max=3)).mean()


def euler_times(steps, shift=TIMESTEP_SHIFT):
    """The steps + 1 times from 1 down to 0. A shift above 1 keeps them near the noise (SD3, arXiv 2403.03206, 5.3.2)."""
    even = [1 - step / steps for step in range(steps + 1)]
    return [shift * t / (1 + (shift - 1) * t) for t in even]


@torch.no_grad()
def sample(decoder, tokens, noise, steps=16, guidance=1.0, keep_from=0):
    """Decode tokens by Euler steps along the straight path from noise.

    decoder(x, t, tokens, visible) -> x0; tokens [B, K] int64; noise [B, channels, grid, grid] standard normal.
    Guidance g mixes x0 = without + g * (with - without tokens). Tokens finer than `keep_from` stay hidden.
    """
    batch, count = tokens.shape
    wanted = torch.arange(count, device=tokens.device) >= keep_from
    nothing = torch.zeros(batch, count, dtype=torch.bool, device=tokens.device)
    x = NOISE_SCALE * noise
    times = euler_times(steps)
    for now, after in zip(times[:-1], times[1:]):
        t = torch.full((batch,), now, device=x.device)
        x0 = decoder(x, t, tokens, visibility(t, count) & wanted)
        if guidance != 1.0:
            without = decoder(x, t, tokens, nothing)
            x0 = without + guidance * (x0 - without)
        x = x0 + (after / now) * (x - x0)  # the velocity is (x - x0) / t
    return x


def psnr(a, b):
    """Peak signal-to-noise ratio of images in [-1, 1], [B] in decibel."""
    return 10 * torch.log10(4 / (a.float() - b.float()).square().mean(dim=(1, 2, 3)).clamp(min=1e-8))
