"""Selftok checkpoints as a pack: photographs in tokens that diffusion timesteps read, and back (arXiv 2505.07538).

    python3 -m training.convert.selftok --checkout SelftokTokenizer --checkpoint tokenizer_512_ckpt.pth --vae stable-diffusion-3-medium --out selftok-512

`--checkout` is your own copy of the authors' repository (github.com/selftok-team/SelftokTokenizer); its modules are run, none of them is part of
this one. `--vae` is the autoencoder of Stable Diffusion 3: diffusers' folder, or the one file. No language model was published, so the pack
encodes and decodes. `--verify` compares the pack with the modules in PyTorch, which run in float32; the authors run theirs in bfloat16.

What their code does (mimogpt/infer/SelftokPipeline.py, models/selftok/sd3/rectified_flow.py) and what becomes of it:
  time       1 noise, 0 clean, 50 even steps            the same, timestepShift 1
  answer     noise - picture                            velocity
  tokens     index 0 is seen at every time              the same
  seen at t  index <= the shares of stages at 1000 t    stages, floor-plus-one at 1000; hidden tokens are keys that nobody attends to.
             Theirs is 399.99997 where 400 is meant: at 6 of 50 steps one token less is seen. Here 400 is 400.
  guidance   1                                          1; without tokens is trained (decoder_config.class_dropout_prob)
  renderer   latents from all tokens at once            the same, takes no mask (only with --renderer)
"""
import argparse
import functools
import json
import math
from pathlib import Path
from types import SimpleNamespace

import torch

from training.convert import selftok_modules
from training.convert.checkpoint_file import WrongCheckpoint
from training.convert.comparison import TOLERANCES, report, session, tokens_row, values_row
from training.convert.graph_file import PRECISIONS, batched, export_graph, round_weights
from training.convert.pack_folder import GRAPHS, copy_license, provenance, unfinished, write_manifest
from training.convert.sd3_vae import LatentDecoder, LatentEncoder, load_vae
from training.export.goldens import GoldenFolder

STEPS = 50  # infer/SelftokPipeline.py
PIXELS = 8  # side of what one latent stands for
RESOLUTION = 1000  # their times are whole thousandths where they choose tokens


def schedule_of(params):
    """The pack's k(t) of their stages (diti_utils.py, DiTi_cont)."""
    bounds, tokens = ([int(part) for part in str(params[name]).split(",")] for name in ("stages", "k_per_stage"))
    return {"kind": "stages", "bounds": [bound / RESOLUTION for bound in bounds], "tokensPerStage": tokens, "rounding": "floor-plus-one",
            "resolution": RESOLUTION}


def visible_at(schedule, t):
    """k(t) as the studio computes it (src/shared/tokens/tokens.ts): how many tokens are visible at t of [0, 1]."""
    hair, before, lower = 1e-9, 0, 0.0
    t = math.floor(t * schedule["resolution"] + hair) / schedule["resolution"]
    for upper, tokens in zip(schedule["bounds"], schedule["tokensPerStage"]):
        if t <= upper:
            before += tokens * (t - lower) / (upper - lower)
            break
        before, lower = before + tokens, upper
    return min(sum(schedule["tokensPerStage"]), math.floor(before + hair) + 1)


def reference(theirs, parts, renderer, vae, params):
    """What their modules answer to inputs that are the same every time, as tensors by name. Of `parts` and `renderer` nothing may be folded
    yet. Rows: three pictures; the third is decoded without tokens."""
    generator = torch.Generator().manual_seed(11)
    side, config = params["image_size"], params["noise_schedule_config"]
    # Soft patches of colour: noise, pixel by pixel, is the same picture again to an autoencoder.
    patches = torch.rand(3, 3, 4, 4, generator=generator) * 2 - 1
    found = SimpleNamespace(images=torch.nn.functional.interpolate(patches, (side, side), mode="bilinear"), t=torch.tensor([0.3, 0.85, 0.5]))
    found.latent = LatentEncoder(vae)(found.images)
    found.restored = LatentDecoder(vae)(found.latent)
    scaled = theirs.latents.process_in(found.latent)
    encoder, schedule = parts.encoder, schedule_of(params)
    _, found.tokens = encoder(scaled, d=None)
    hidden = encoder.quantizer.get_output_from_indices(found.tokens)
    if encoder.post_norm:
        hidden = encoder.final_layer_norm3(hidden)
    counts = torch.tensor([visible_at(schedule, 0.3), visible_at(schedule, 0.85) - 1, 0])
    found.visible = torch.arange(encoder.K)[None] < counts[:, None]
    noise = torch.randn(scaled.shape, generator=generator)
    found.x = (1 - found.t)[:, None, None, None] * scaled + found.t[:, None, None, None] * noise
    found.noise, found.rendered = noise[:1], None
    with selftok_modules.without_cuda():
        velocity, _ = parts.model(found.x, found.t, encoder_hidden_states=hidden, mask=found.visible, context_see_xt=True)
        found.clean = found.x - found.t[:, None, None, None] * velocity
        flow = theirs.flow(STEPS, 1.0, None, val_schedule="uniform", shift=1.0, **{**config, "is_eval": True})
        # In float32 some of their times lie a hair below the whole number that is meant, and one more token is hidden there.
        flow.timestep_map.copy_(flow.timestep_map.round())
        condition = {"encoder_hidden_states": hidden[:1], "mask": None, "context_see_xt": True}
        found.sampled = flow.p_sample_loop(parts.model, found.noise.shape, found.noise, model_kwargs=condition, start_t=STEPS, cond_vary=True,
                                           diti=parts.diti, encoder=encoder, x_0=found.noise, ori_hidden_states=hidden[:1])
        if renderer is not None:
            found.rendered, _ = renderer.model(y=None, encoder_hidden_states=hidden)
    return found


def write_goldens(folder, found, precision):
    """What tests/parity compares the graphs with."""
    golden = GoldenFolder(folder / "golden")
    tokens = golden.store("tokens", found.tokens)
    images, latent = golden.store("images", found.images), golden.store("latent", found.latent)
    vectors = {
        "format": 1, "tolerance": TOLERANCES[precision], "text": [],
        "encoder": {"image": images, "tokens": tokens},
        "vae": {"image": images, "latent": latent, "restored": golden.store("restored", found.restored)},
        "decoder": {"x": golden.store("decoder-x", found.x), "t": golden.store("decoder-t", found.t), "tokens": tokens,
                    "visible": golden.store("decoder-visible", found.visible), "x0": golden.store("decoder-x0", found.clean)},
        "sampling": [{"tokens": golden.store("sampling-tokens", found.tokens[:1]), "noise": golden.store("noise", found.noise), "steps": STEPS,
                      "guidance": 1, "latent": golden.store("sampling-latent", found.sampled)}]}
    if found.rendered is not None:
        vectors["renderer"] = {"tokens": tokens, "latent": golden.store("rendered-latent", found.rendered)}
    (folder / "golden" / "golden.json").write_text(json.dumps(vectors, indent=1))


def export_all(folder, theirs, parts, renderer, vae, params, precision):
    """The graphs. `parts` and `renderer` are folded on the way."""
    side, small = params["image_size"], params["image_size"] // PIXELS
    image, latent = torch.rand(2, 3, side, side) * 2 - 1, torch.randn(2, params["in_channels"], small, small)
    tokens = torch.zeros(2, params["k"], dtype=torch.int64)

    def export(name, module, inputs, names, output):
        export_graph(module, inputs, folder / GRAPHS[name], names, [output], batched(*names, output), precision)
    export("vaeEncoder", LatentEncoder(vae), (image,), ["image"], "latent")
    export("vaeDecoder", LatentDecoder(vae), (latent,), ["latent"], "image")
    selftok_modules.fold(parts, small)
    export("encoder", selftok_modules.Encoder(parts.encoder, LatentEncoder(vae), theirs.latents), (image,), ["image"], "tokens")
    names = ["x", "t", "tokens", "visible"]
    export("decoder", selftok_modules.Decoder(parts), (latent, torch.tensor([0.4, 1.0]), tokens, tokens == 0), names, "velocity")
    if renderer is not None:
        selftok_modules.fold(renderer, small)
        export("renderer", selftok_modules.Renderer(renderer), (tokens,), ["tokens"], "latent")


def verify(folder, found, params, precision):
    """Prints, per graph and over the whole way from noise, how far onnxruntime is from `found`, what their modules answered."""
    opened = functools.lru_cache(maxsize=1)(lambda name: session(folder / GRAPHS[name]))  # one in memory: the decoder alone has 7 GB

    def run(name, **feeds):
        return torch.from_numpy(opened(name).run(None, {key: value.numpy() for key, value in feeds.items()})[0])
    schedule, index = schedule_of(params), torch.arange(params["k"])[None]
    rows = [tokens_row("encoder", run("encoder", image=found.images), found.tokens, precision),
            values_row("VAE encoder", run("vaeEncoder", image=found.images), found.latent, precision),
            values_row("VAE decoder", run("vaeDecoder", latent=found.latent), found.restored, precision)]
    if found.rendered is not None:
        rows.append(values_row("renderer", run("renderer", tokens=found.tokens), found.rendered, precision))
    velocity = run("decoder", x=found.x, t=found.t, tokens=found.tokens, visible=found.visible)
    rows.append(values_row("decoder", found.x - found.t[:, None, None, None] * velocity, found.clean, precision))
    x = found.noise
    for step in range(STEPS):
        now, after = 1 - step / STEPS, 1 - (step + 1) / STEPS
        x = x + (after - now) * run("decoder", x=x, t=torch.tensor([now]), tokens=found.tokens[:1], visible=index < visible_at(schedule, now))
    report([*rows, values_row(f"{STEPS} steps", x, found.sampled, precision)])


def counts_of(**modules):
    """{name: how many weights}, without the modules that are not there."""
    return {name: sum(value.numel() for _, value in module.named_parameters()) for name, module in modules.items() if module is not None}


def manifest_facts(arguments, theirs, params, parameters):
    side, count = params["image_size"], params["k"]
    dropped = params["decoder_config"].get("class_dropout_prob", 0.1) > 0
    return {
        "name": arguments.name or f"selftok-{count}", "version": arguments.version, "license": arguments.license,
        "description": f"Selftok (arXiv 2505.07538): {count} tokens, {STEPS} steps, {side} x {side} pixels. Photographs in and out; no language "
                       "model was published.",
        "image": {"width": side, "height": side, "channels": 3, "range": [-1, 1], "space": "latents",
                  "latent": {"channels": params["in_channels"], "width": side // PIXELS, "height": side // PIXELS,
                             "scale": theirs.latents.scale_factor, "shift": theirs.latents.shift_factor}},
        "tokens": {"count": count, "codebookSize": params["quantizer_config"]["codebook_size"], "schedule": schedule_of(params),
                   "generationOrder": "coarse-to-fine", "keepFromTrained": False, "withoutTokensTrained": dropped},
        "diffusion": {"parameterisation": "velocity", "noiseScale": 1, "defaultSteps": STEPS, "timestepShift": 1, "defaultGuidance": 1,
                      "sampler": "euler"},
        "limits": {"rows": 4, "positions": 9},
        "parameters": parameters, "precision": PRECISIONS[arguments.precision],
        "provenance": provenance("converted from github.com/selftok-team/SelftokTokenizer by training/convert/selftok.py")}


def load_renderer(theirs, arguments, tokenizer):
    """The one-step renderer, or None where none is named. Raises WrongCheckpoint where it was trained on other codes than the tokenizer's."""
    if not arguments.renderer:
        return None
    path = arguments.renderer_yaml or Path(arguments.checkout) / "configs" / "renderer" / "renderer-eval.yml"
    renderer = selftok_modules.load(theirs.renderer, selftok_modules.read_params(path, renders=True), arguments.renderer, "renderer's checkpoint")
    ours, other = (selftok_modules.TokenReader(parts.encoder).state_dict() for parts in (tokenizer, renderer))
    if not all(name in other and value.shape == other[name].shape and torch.allclose(value, other[name], atol=1e-4) for name, value in ours.items()):
        raise WrongCheckpoint(f"{arguments.renderer} reads other codes than {arguments.checkpoint} writes: it belongs to another tokenizer.")
    return renderer


def parse(argv=None):
    """The command line; argv: its words, without the program's name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", required=True, help="folder of the authors' repository")
    parser.add_argument("--checkpoint", required=True, help="checkpoint of the tokenizer")
    parser.add_argument("--yaml", help="its configuration (default: configs/res256/256-eval.yml of the checkout)")
    parser.add_argument("--vae", required=True, help="autoencoder of Stable Diffusion 3: diffusers' folder, or the file of all of it")
    parser.add_argument("--renderer", help="checkpoint of the one-step renderer")
    parser.add_argument("--renderer-yaml", help="its configuration (default: configs/renderer/renderer-eval.yml of the checkout)")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32", help="of weights and products: half the disk and memory with fp16")
    parser.add_argument("--name", help="of the pack (default: selftok-<tokens>)")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--license", default="MIT (code); see the pages of the weights and of Stable Diffusion 3 for theirs")
    parser.add_argument("--out", required=True, help="folder of the pack, which must not be there yet")
    parser.add_argument("--verify", action="store_true", help="compare the pack with the authors' modules")
    return parser.parse_args(argv)


def load_tokenizer(arguments):
    """(their classes, params, encoder and decoder, autoencoder) of the files that the command line names. Raises WrongCheckpoint."""
    theirs = selftok_modules.official(arguments.checkout)
    params = selftok_modules.read_params(arguments.yaml or Path(arguments.checkout) / "configs" / "res256" / "256-eval.yml")
    parts = selftok_modules.load(theirs.tokenizer, params, arguments.checkpoint, "tokenizer's checkpoint")
    return theirs, params, parts, load_vae(arguments.vae, theirs.vae_encoder, theirs.vae_decoder)


@torch.no_grad()
def main(argv=None):
    arguments = parse(argv)
    with unfinished(arguments.out) as folder:
        theirs, params, parts, vae = load_tokenizer(arguments)
        renderer = load_renderer(theirs, arguments, parts)
        parameters = counts_of(autoencoder=vae, encoder=parts.encoder, decoder=parts.model, renderer=renderer and renderer.model)
        for module, what in ((parts.encoder, "encoder"), (parts.model, "decoder"), (vae, "autoencoder"), (renderer and renderer.model, "renderer")):
            if module is not None:
                round_weights(module, arguments.precision, what)
        found = reference(theirs, parts, renderer, vae, params)
        write_goldens(folder, found, arguments.precision)
        export_all(folder, theirs, parts, renderer, vae, params, arguments.precision)
        del parts, renderer, vae  # room for the graphs
        copy_license(arguments.checkout, folder)
        write_manifest(folder, **manifest_facts(arguments, theirs, params, parameters))
        if arguments.verify:
            verify(folder, found, params, arguments.precision)
    print(f"{arguments.out} is a pack; install it with: ddt-studio packs install {arguments.out} --accept-license")


if __name__ == "__main__":
    main()
