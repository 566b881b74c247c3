"""Golden vectors: inputs with explicit noise and what PyTorch makes of them with the rounded weights of the pack."""
import torch

from training.models import diffusion
from training.text_tokenizer import TEXT_VOCABULARY


class GoldenFolder:
    """Raw little-endian tensors and the JSON that describes them."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def store(self, name, tensor):
        array = tensor.detach().numpy()
        kinds = {"float32": "<f4", "int64": "<i8", "bool": "u1"}
        path = self.folder / f"{name}.bin"
        path.write_bytes(array.astype(kinds[str(array.dtype)]).tobytes())
        return {"file": path.name, "type": str(array.dtype), "shape": list(array.shape)}


@torch.no_grad()
def clear_images(codec, images, count):
    """The `count` images whose encoder values stay farthest from a rounding border: their tokens are not a matter
    of the last bit."""
    grid = codec.quantiser.grid(codec.encoder(codec.latents(images)))
    margin = (0.5 - (grid - grid.round()).abs()).flatten(1).min(dim=1).values
    return images[margin.argsort(descending=True)[:count]]


@torch.no_grad()
def codec_goldens(codec, images, golden):
    """images [2, 3, H, W]"""
    generator = torch.Generator().manual_seed(11)
    tokens, latents = codec.encode(images), codec.latents(images)
    noise = torch.randn(latents[:1].shape, generator=generator)
    t = torch.tensor([0.3, 0.85])
    visible = diffusion.visibility(t, codec.config.token_count)
    visible[1, :5] = False
    x = diffusion.add_noise(latents, noise.expand_as(latents), t)
    stored_noise = golden.store("noise", noise)
    result = {
        "encoder": {"image": golden.store("images", images), "tokens": golden.store("tokens", tokens)},
        "vae": {"image": golden.store("vae-image", images), "latent": golden.store("vae-latent", latents),
                "restored": golden.store("vae-restored", codec.autoencoder.decoder(latents))},
        "decoder": {"x": golden.store("decoder-x", x), "t": golden.store("decoder-t", t),
                    "tokens": golden.store("decoder-tokens", tokens),
                    "visible": golden.store("decoder-visible", visible),
                    "x0": golden.store("decoder-x0", codec.decoder(x, t, tokens, visible))},
        "sampling": []}
    for name, steps, guidance in (("plain", 8, 1.0), ("guided", 6, 2.0)):
        latent = diffusion.sample(codec.decoder, tokens[:1], noise, steps, guidance)
        result["sampling"].append({
            "tokens": golden.store(f"sampling-{name}-tokens", tokens[:1]), "noise": stored_noise, "steps": steps,
            "guidance": guidance, "latent": golden.store(f"sampling-{name}-latent", latent)})
    return result


@torch.no_grad()
def language_model_goldens(model, special, prefixes, token_count, golden):
    """prefixes: two lists of ids of different lengths, each up to <boi>; run as one left-padded batch."""
    length = max(map(len, prefixes))
    ids = torch.tensor([[special["<pad>"]] * (length - len(p)) + p for p in prefixes])
    mask = torch.tensor([[0] * (length - len(p)) + [1] * len(p) for p in prefixes])
    position = (mask.cumsum(1) - 1).clamp(min=0)
    past = model.empty_past(2)
    prefill = {name: golden.store(f"lm-{name}", tensor)
               for name, tensor in (("input_ids", ids), ("attention_mask", mask), ("position_ids", position))}
    logits, written, cached = None, [], []
    for step in range(token_count):
        logits, *past = model(ids, mask, position, *past)
        last = logits[:, -1]
        if step == 0:
            prefill["logits"] = golden.store("lm-logits", last)
        elif step in (1, 2, token_count - 1):
            cached.append({"step": step, "logits": golden.store(f"lm-logits-step-{step}", last)})
        choice = last[:, TEXT_VOCABULARY:].argmax(dim=1)  # only image tokens are legal here
        written.append(choice)
        index = token_count - 1 - step  # coarse -> fine
        ids = (choice + TEXT_VOCABULARY + index * model.config.codebook)[:, None]
        mask = torch.cat([mask, torch.ones(2, 1, dtype=torch.int64)], dim=1)
        position = mask.sum(dim=1, keepdim=True) - 1
    return {"prefill": prefill, "cached": cached,
            "greedy": {"order": "coarse-to-fine", "imageTokens": golden.store("lm-greedy", torch.stack(written, 1))}}


def text_goldens(tokenizer, facts):
    """About forty texts: the grammar's own, unknown words, other scripts, odd spacing."""
    odd = ["", " ", "A  Red\tcircle \n", "it's 3 o'clock", "naïve café", "日本語のテキスト", "emoji 🎨🚀 here", "ÄÖÜ ß",
           "x" * 40, "don't you'll we've", "50% of 7.5", "a_b-c/d", "??!!", "привет мир", "tab\tand\nnewline", "10²½"]
    texts = [*facts["prompts"][:10], *facts["instructions"][:8], *facts["questions"][:8], *odd]
    return [{"text": text, "ids": tokenizer.encode(text)} for text in texts]
