"""The autoencoder of Stable Diffusion 3, from the folder that diffusers keeps it in or from the one file it was published as.

The modules are those of a checkout that has them (`SDVAE` in mimogpt/models/selftok/sd3/sd3_impls.py), which name their weights as
the one file does; diffusers names the same weights otherwise.
"""
import re
from pathlib import Path

from torch import nn

from training.convert.checkpoint_file import WrongCheckpoint, load_strictly, read_weights

IN_ONE_FILE = "first_stage_model."  # before the autoencoder's names where the file holds all of Stable Diffusion 3
LEVELS = 4  # resolutions of the autoencoder; diffusers counts those of its decoder the other way round
IN_FOLDERS = ("vae/diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.bin",
              "diffusion_pytorch_model.bin")


def file_of(path):
    """The file with the weights: `path` itself, or where diffusers puts it in a folder. Raises WrongCheckpoint."""
    path = Path(path)
    if not path.is_dir():
        return path
    found = next((path / name for name in IN_FOLDERS if (path / name).is_file()), None)
    if found is None:
        raise WrongCheckpoint(f"{path} holds no autoencoder: none of {', '.join(IN_FOLDERS)} is there.")
    return found


def by_published_name(name):
    """diffusers' name of a weight -> its name in the published file; other names stay as they are."""
    name = re.sub(r"^encoder\.down_blocks\.(\d)\.", r"encoder.down.\1.", name)
    name = re.sub(r"^decoder\.up_blocks\.(\d)\.", lambda found: f"decoder.up.{LEVELS - 1 - int(found.group(1))}.", name)
    for pattern, replacement in ((r"mid_block\.attentions\.0\.", "mid.attn_1."), (r"mid_block\.resnets\.0\.", "mid.block_1."),
                                 (r"mid_block\.resnets\.1\.", "mid.block_2."), (r"\.resnets\.", ".block."),
                                 (r"\.downsamplers\.0\.", ".downsample."), (r"\.upsamplers\.0\.", ".upsample."),
                                 (r"\.conv_shortcut\.", ".nin_shortcut."), (r"\.conv_norm_out\.", ".norm_out."),
                                 (r"attn_1\.group_norm\.", "attn_1.norm."), (r"attn_1\.to_([qkv])\.", r"attn_1.\1."),
                                 (r"attn_1\.to_out\.0\.", "attn_1.proj_out.")):
        name = re.sub(pattern, replacement, name)
    return name


def read_vae_weights(path):
    """path -> {name in the published file, without its prefix: tensor} of the autoencoder alone."""
    weights = read_weights(file_of(path))
    if any(name.startswith(IN_ONE_FILE) for name in weights):
        return {name[len(IN_ONE_FILE):]: value for name, value in weights.items() if name.startswith(IN_ONE_FILE)}
    weights = {by_published_name(name): value for name, value in weights.items()}
    # Attention over pixels: a matrix in diffusers, a convolution of one pixel in the published file.
    return {name: value[..., None, None] if ".attn_1." in name and name.endswith(".weight") and value.ndim == 2 else value
            for name, value in weights.items()}


def load_vae(path, encoder, decoder):
    """A module with `encoder` and `decoder`, float32. encoder, decoder: the checkout's classes VAEEncoder and VAEDecoder; widths
    are those of the weights. Raises WrongCheckpoint where these are not Stable Diffusion 3's."""
    weights = read_vae_weights(path)
    first = weights.get("encoder.conv_in.weight")
    last = weights.get("decoder.conv_in.weight")
    if first is None or last is None or first.ndim != 4 or last.ndim != 4:
        raise WrongCheckpoint(f"{path} holds no autoencoder of Stable Diffusion 3.")
    width, channels = first.shape[0], last.shape[1]
    vae = nn.ModuleDict({"encoder": encoder(ch=width, z_channels=channels), "decoder": decoder(ch=width, z_channels=channels)})
    return load_strictly(vae, weights, "autoencoder")


class LatentEncoder(nn.Module):
    """image [B, 3, H, W] of [-1, 1] -> latent [B, channels, H/8, W/8], neither shifted nor scaled: the mean, as `.mode()` gives it"""

    def __init__(self, vae):
        super().__init__()
        self.encoder = vae["encoder"]

    def forward(self, image):
        return self.encoder(image).chunk(2, dim=1)[0]


class LatentDecoder(nn.Module):
    """latent [B, channels, h, w], neither shifted nor scaled -> image [B, 3, 8h, 8w] around [-1, 1], not clamped"""

    def __init__(self, vae):
        super().__init__()
        self.decoder = vae["decoder"]

    def forward(self, latent):
        return self.decoder(latent)
