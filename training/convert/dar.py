"""D-AR checkpoints as a pack: tokens that diffusion timesteps read, and the language model over them (arXiv 2505.23660).

    python3 -m training.convert.dar --checkout D-AR --tokenizer tokenizer.pt --language-model gpt.pt --gpt GPT-L --out dar-256

`--checkout` is your own copy of the authors' repository (github.com/showlab/D-AR); its modules are run, none of them is part of
this one. Without `--language-model` the pack only encodes and decodes. `--verify` compares the pack with them in PyTorch.

What their code does (tokenizer/tokenizer_image/vq_model.py, diff_decoder.py) and what becomes of it:
  time       0 noise, 1 clean, s/(s + 2(1-s))           t = 1 - theirs, timestepShift 2
  x          0.6 · image and noise of deviation 1       x / 0.6, noiseScale 1/0.6
  answer     0.6 · image - noise                        velocity = -answer / 0.6
  tokens     index 0 first and coarse                   K - 1 - index
  seen at t  a window of 32 tokens, chosen by t          the decoder chooses it; hidden tokens become zeros, which it was never shown
  sampler    adams2 in 8 steps                          adams-bashforth-2
"""
import argparse
import json
from pathlib import Path

import torch

from training.convert.comparison import TOLERANCES, report, session, tokens_row, values_row
from training.convert.dar_modules import NO_LOGIT, SPECIAL, Decoder, Encoder, LanguageModel, load, past_of
from training.convert.graph_file import PRECISIONS, batched, export_graph, round_weights
from training.convert.pack_folder import copy_license, provenance, unfinished, write_manifest
from training.export.goldens import GoldenFolder

ANY = "any class"


def export_all(folder, tokenizer, language, size, precision):
    image, t = torch.rand(2, 3, size, size) * 2 - 1, torch.tensor([0.4, 1.0])
    tokens = torch.zeros(2, tokenizer.all_queries, dtype=torch.int64)
    export_graph(Encoder(tokenizer), (image,), folder / "encoder.onnx", ["image"], ["tokens"], batched("image", "tokens"),
                 precision)
    names = ["x", "t", "tokens", "visible"]
    export_graph(Decoder(tokenizer), (image, t, tokens, tokens == 0), folder / "decoder.onnx", names, ["velocity"],
                 batched(*names, "velocity"), precision)
    if language is None:
        return
    wrapped, past, length, batch = LanguageModel(language), 3, 2, {0: "batch"}
    slots = [f"{index}.{part}" for index in range(len(language.layers)) for part in ("key", "value")]
    names = ["input_ids", "attention_mask", "position_ids", *(f"past_key_values.{slot}" for slot in slots)]
    outputs = ["logits", *(f"present.{slot}" for slot in slots)]
    axes = {"input_ids": {**batch, 1: "length"}, "position_ids": {**batch, 1: "length"}, "attention_mask": {**batch, 1: "total"}, "logits": batch}
    axes |= {name: {**batch, 2: "past"} for name in names[3:]} | {name: {**batch, 2: "total"} for name in outputs[1:]}
    ids = torch.ones(2, length, dtype=torch.int64)
    mask = torch.ones(2, past + length, dtype=torch.int64)
    positions = torch.arange(past, past + length).expand(2, -1)
    export_graph(wrapped, (ids, mask, positions, *past_of(language, 2, past)), folder / "lm.onnx", names, outputs, axes,
                 precision)


def class_names(checkout, count):
    """The names the checkout itself gives ImageNet's classes, the first of each; its number where it has none, or where two are alike."""
    source = Path(checkout) / "tools" / "imagenet_en_cn.py"
    found = {}
    if source.is_file():
        scope = {}
        exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), scope)  # the user's own checkout, as its modules are
        found = scope.get("IMAGENET_1K_CLASSES", {})
    names, taken = [], {ANY}
    for index in range(count):
        plain = found.get(index, f"class {index}").split("[")[0].strip().lower()
        name = next((one for one in (plain.split(",")[0].strip(), plain, f"{plain} {index}") if one and one not in taken), f"class {index}")
        taken.add(name)
        names.append(name)
    return names


def write_tokenizer(folder, names):
    """A class name is one token, never taken apart; what is none stands for no class at all."""
    vocabulary = {ANY: SPECIAL["begin"], **{name: len(SPECIAL) + index for index, name in enumerate(names)}}
    (folder / "tokenizer.json").write_text(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}]},
        "pre_tokenizer": None, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "unk_token": ANY, "vocab": vocabulary}}, ensure_ascii=False), encoding="utf-8")


@torch.no_grad()
def official_picture(model, tokens, noise):
    """Their own sampler from this noise [B, 3, H, W]; tokens are ours."""
    drawn = torch.randn
    torch.randn = lambda *_, **__: noise
    try:
        return model.decode_code(tokens.flip(1), height=noise.shape[2], width=noise.shape[3])
    finally:
        torch.randn = drawn


@torch.no_grad()
def write_goldens(folder, model, language, size, names, precision):
    """What their modules answer: the graphs are compared with it by tests/parity."""
    golden = GoldenFolder(folder / "golden")
    generator = torch.Generator().manual_seed(11)
    images = torch.rand(2, 3, size, size, generator=generator) * 2 - 1
    noise = torch.randn(1, 3, size, size, generator=generator)
    tokens = Encoder(model)(images)
    t, visible = torch.tensor([0.3, 0.85]), torch.ones_like(tokens, dtype=torch.bool)
    visible[1, -model.queries_per_step:] = False
    x = (1 - t)[:, None, None, None] * images + t[:, None, None, None] * noise / model.diff_decoder.std
    answer = Decoder(model)(x, t, tokens, visible)
    clean = x - t[:, None, None, None] * answer
    picture = official_picture(model, tokens[:1], noise).clamp(-1, 1)
    vectors = {
        "format": 1, "tolerance": TOLERANCES[precision],
        "encoder": {"image": golden.store("images", images), "tokens": golden.store("tokens", tokens)},
        "decoder": {"x": golden.store("decoder-x", x), "t": golden.store("decoder-t", t), "tokens": golden.store("decoder-tokens", tokens),
                    "visible": golden.store("decoder-visible", visible), "x0": golden.store("decoder-x0", clean)},
        "sampling": [{"tokens": golden.store("sampling-tokens", tokens[:1]), "noise": golden.store("noise", noise),
                      "steps": model.denoising_steps, "guidance": 1, "image": golden.store("sampling-image", picture)}],
        "text": [{"text": name, "ids": [len(SPECIAL) + index]} for index, name in enumerate(names[:8])] if language else []}
    if language is not None:
        vectors["languageModel"] = language_goldens(language, names[0], golden, model.all_queries)
    (folder / "golden" / "golden.json").write_text(json.dumps(vectors, indent=1))


def official_logits(language, classes, codes):
    """Their model at once over a class and the codes so far: [B, vocabulary] of the last position."""
    length = 1 + codes.shape[1]
    mask = torch.ones(length, length, dtype=torch.bool).tril()[None, None]
    logits, _ = language(codes, classes, torch.arange(length), mask=mask)
    return logits[:, -1]


def language_goldens(language, name, golden, count):
    """Row 0 is class 0, row 1 no class; both write the likeliest codes."""
    classes = torch.tensor([0, language.num_classes])
    ids = torch.tensor([[len(SPECIAL)], [SPECIAL["begin"]]])
    offset = len(SPECIAL) + language.num_classes
    others = torch.full((2, offset), NO_LOGIT)
    codes, cached = torch.zeros(2, 0, dtype=torch.int64), []
    for step in range(count):
        logits = official_logits(language, classes, codes)
        stored = golden.store("lm-logits" if step == 0 else f"lm-logits-step-{step}", torch.cat([others, logits], dim=1)) if step in (0, 1, 2, count - 1) else None
        if step == 0:
            first = stored
        elif stored:
            cached.append({"step": step, "logits": stored})
        codes = torch.cat([codes, logits.argmax(1, keepdim=True)], dim=1)
    ones = torch.ones_like(ids)
    return {"prompts": [name, ANY],
            "prefill": {"input_ids": golden.store("lm-input_ids", ids), "attention_mask": golden.store("lm-attention_mask", ones),
                        "position_ids": golden.store("lm-position_ids", ones - 1), "logits": first},
            "cached": cached, "greedy": {"order": "coarse-to-fine", "imageTokens": golden.store("lm-greedy", codes)}}


def manifest_facts(arguments, model, language, size, names):
    count = model.all_queries
    facts = {
        "name": arguments.name, "version": arguments.version, "license": arguments.license,
        "description": f"D-AR (arXiv 2505.23660): {count} tokens, {model.denoising_steps} steps, {size} x {size} pixels"
                       + (", one class name as the prompt." if language else ", without a language model."),
        "image": {"width": size, "height": size, "channels": 3, "range": [-1, 1], "space": "pixels"},
        "tokens": {"count": count, "codebookSize": model.vq_codebook_size, "schedule": {"kind": "all"}, "generationOrder": "coarse-to-fine",
                   "keepFromTrained": False, "withoutTokensTrained": False},
        "diffusion": {"parameterisation": "velocity", "noiseScale": 1 / model.diff_decoder.std, "defaultSteps": model.denoising_steps,
                      "timestepShift": model.diff_decoder.time_shift, "defaultGuidance": 1, "sampler": "adams-bashforth-2"},
        "limits": {"rows": 8, "positions": 17},
        "parameters": {"tokenizer": sum(p.numel() for p in model.parameters()),
                       **({"languageModel": sum(p.numel() for p in language.parameters())} if language else {})},
        "precision": PRECISIONS[arguments.precision], "provenance": provenance("converted from github.com/showlab/D-AR by training/convert/dar.py")}
    if language is not None:
        attention, offset = language.layers[0].attention, len(SPECIAL) + language.num_classes
        facts |= {"canDraw": [f"one of {language.num_classes} classes, by its name"], "knownWords": sorted({word for name in names for word in name.split()}), "classNames": names,
                  "examples": {"prompts": names[:40], "instructions": [], "questions": []},
                  "languageModel": {
                      "layers": len(language.layers), "keyValueHeads": attention.n_kv_head, "headSize": attention.head_dim,
                      "vocabularySize": offset + model.vq_codebook_size, "contextLength": 1 + count, "imageTokenOffset": offset,
                      "maxPromptTokens": 1, "specialTokens": SPECIAL, "templates": {"textToImage": [{"slot": "text"}]}, "unconditional": ["begin"],
                      "defaults": {"temperature": 1, "topK": 0, "guidance": 4, "maxTextTokens": 1}}}
    return facts


def verify(folder, model, language, size, precision):
    """Prints, per graph and over the whole way, how far onnxruntime is from their modules."""
    graphs = {name: session(folder / f"{name}.onnx") for name in ("encoder", "decoder", *(["lm"] if language else []))}
    generator = torch.Generator().manual_seed(3)
    image = torch.rand(3, 3, size, size, generator=generator) * 2 - 1
    noise = torch.randn(3, 3, size, size, generator=generator)
    tokens = Encoder(model)(image)
    found = torch.from_numpy(graphs["encoder"].run(None, {"image": image.numpy()})[0])
    rows = [tokens_row("encoder", found, tokens, precision)]
    x, before, velocities = noise / model.diff_decoder.std, None, []
    steps, shift = model.denoising_steps, model.diff_decoder.time_shift
    times = [shift * u / (1 + (shift - 1) * u) for u in (1 - step / steps for step in range(steps + 1))]
    for now, after in zip(times, times[1:]):
        t = torch.full((3,), now)
        feeds = {"x": x, "t": t, "tokens": tokens, "visible": torch.ones_like(tokens, dtype=torch.bool)}
        velocity = torch.from_numpy(graphs["decoder"].run(None, {name: value.numpy() for name, value in feeds.items()})[0])
        velocities.append((velocity, Decoder(model)(**feeds)))
        x = x + (after - now) * (velocity if before is None else 1.5 * velocity - 0.5 * before)
        before = velocity
    rows.append(values_row("decoder", *map(torch.stack, zip(*velocities)), precision))
    rows.append(values_row(f"{steps} steps", x, official_picture(model, tokens, noise), precision))
    if language is not None:
        codes = torch.randint(model.vq_codebook_size, (2, 5), generator=generator)
        classes = torch.tensor([0, language.num_classes])
        ids = torch.cat([torch.tensor([[len(SPECIAL)], [SPECIAL["begin"]]]), codes + len(SPECIAL) + language.num_classes], dim=1)
        attention = language.layers[0].attention
        empty = torch.zeros(2, attention.n_kv_head, 0, attention.head_dim).numpy()
        feeds = {"input_ids": ids.numpy(), "attention_mask": torch.ones_like(ids).numpy(), "position_ids": torch.arange(6).expand(2, -1).numpy()}
        feeds |= {one.name: empty for one in graphs["lm"].get_inputs() if one.name.startswith("past")}
        logits = torch.from_numpy(graphs["lm"].run(["logits"], feeds)[0])[:, -1, len(SPECIAL) + language.num_classes:]
        rows.append(values_row("language model", logits, official_logits(language, classes, codes), precision))
    report(rows)


def parse(argv=None):
    """The command line; argv: its words, without the program's name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", required=True, help="folder of the authors' repository")
    parser.add_argument("--tokenizer", required=True, help="checkpoint of the image tokenizer")
    parser.add_argument("--config", help="its configuration (default: configs/tokenizer_v1.yaml of the checkout)")
    parser.add_argument("--language-model", help="checkpoint of the language model")
    parser.add_argument("--gpt", default="GPT-L", help="its size, as the authors call it")
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--size", type=int, default=256, help="side of the pictures in pixels")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32", help="of weights and products: half the disk and memory with fp16")
    parser.add_argument("--name", default="dar-256")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--license", default="MIT (code); see the page of the weights for theirs")
    parser.add_argument("--out", required=True, help="folder of the pack, which must not be there yet")
    parser.add_argument("--verify", action="store_true", help="compare the pack with the authors' modules")
    return parser.parse_args(argv)


@torch.no_grad()
def main(argv=None):
    arguments = parse(argv)
    model, language = load(arguments)
    round_weights(model, arguments.precision, "tokenizer")
    if language is not None:
        round_weights(language, arguments.precision, "language model")
    with unfinished(arguments.out) as folder:
        names = class_names(arguments.checkout, arguments.classes) if language else []
        export_all(folder, model, language, arguments.size, arguments.precision)
        if language:
            write_tokenizer(folder, names)
        copy_license(arguments.checkout, folder)
        write_goldens(folder, model, language, arguments.size, names, arguments.precision)
        write_manifest(folder, **manifest_facts(arguments, model, language, arguments.size, names))
        if arguments.verify:
            verify(folder, model, language, arguments.size, arguments.precision)
    print(f"{arguments.out} is a pack; install it with: ddt-studio packs install {arguments.out} --accept-license")


if __name__ == "__main__":
    main()
