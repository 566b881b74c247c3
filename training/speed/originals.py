"""What a pack's graphs were made from, in PyTorch: the repository's own models with the weights of the pack, or the authors' modules."""
from types import SimpleNamespace

import torch

from training.convert.checkpoint_file import WrongCheckpoint


def original_of(pack, manifest, arguments):
    """-> (modules, None), or (None, why there are none). modules: `modules` {graph: module that takes the graph's inputs in their order} and
    `writer(compiled)`: a function from steps (ids, mask, positions) to the last logits of image tokens [B, codes].

    pack: its folder; manifest: of it; arguments: those of the converter that made it, its name first (["dar", "--checkout", …]), none for
    a pack that was trained here.
    """
    try:
        if arguments:
            made = {"dar": of_dar, "selftok": of_selftok}.get(arguments[0])
            if made is None:
                return None, f"there is no converter {arguments[0]}"
            return made(arguments[1:]), None
        return of_training(pack, manifest), None
    except (WrongCheckpoint, KeyError, OSError, RuntimeError, ValueError) as error:
        return None, str(error).splitlines()[0]


def of_training(pack, manifest):
    """The models of training/models. Raises ValueError or KeyError for a pack that was made elsewhere or by another recipe."""
    from training.export import graphs
    from training.export.checkpoints import codec_of_pack, load_language_model_weights
    from training.models.language_model import SIZES, LanguageModel, LanguageModelConfig
    from training.models.phrases import borders_of
    from training.text_tokenizer import TextTokenizer
    recipe = manifest.get("provenance", {}).get("recipe", "")
    size = next((size for size in SIZES if f"size {size}" in recipe), None)
    if size is None:
        raise ValueError("nothing says what the pack was made from: name it by --original")
    codec = codec_of_pack(pack, size)
    config = LanguageModelConfig(codec.config.token_count, tuple(codec.config.levels), **borders_of(TextTokenizer(pack / "tokenizer.json")), **SIZES[size])
    language = LanguageModel(config)
    load_language_model_weights(language, pack)
    language.eval()

    def writer(compiled):
        step = torch.compile(language, dynamic=True) if compiled else language

        def write(steps):
            cache = language.empty_past(len(steps[0][0]))
            for ids, mask, position in steps:
                logits, *cache = step(ids, mask, position, *cache)
            return logits[:, -1, config.text_vocabulary:]
        return write
    made = {"encoder": graphs.EncoderGraph(codec), "decoder": graphs.DecoderGraph(codec), "vaeEncoder": graphs.LatentEncoderGraph(codec),
            "vaeDecoder": graphs.LatentDecoderGraph(codec)}
    return SimpleNamespace(modules={name: module.eval() for name, module in made.items()}, writer=writer)


def of_dar(arguments):
    """D-AR's own modules, its language model with the authors' cache of one size."""
    from training.convert import dar, dar_modules
    tokenizer, language = dar_modules.load(dar.parse(arguments))

    def writer(compiled):
        if language is None:
            raise ValueError("the pack was made without a language model")

        def step(ids, position):
            return language(ids, None, input_pos=position)[0][:, -1]
        step = torch.compile(step, dynamic=False) if compiled else step

        def write(steps):
            ids = steps[0][0]
            language.setup_caches(len(ids), 1 + tokenizer.all_queries, torch.float32)
            # Before the codes: one id, a class or none.
            classes = torch.where(ids[:, -1] < len(dar_modules.SPECIAL), language.num_classes, ids[:, -1] - len(dar_modules.SPECIAL))
            logits = language(None, classes, input_pos=torch.tensor([0]))[0][:, -1]
            offset = len(dar_modules.SPECIAL) + language.num_classes
            for place, (ids, _, _) in enumerate(steps[1:], start=1):
                logits = step(ids - offset, torch.tensor([place]))
            return logits
        return write
    return SimpleNamespace(modules={"encoder": dar_modules.Encoder(tokenizer), "decoder": dar_modules.Decoder(tokenizer)}, writer=writer)


def of_selftok(arguments):
    """Selftok's own modules, nothing folded; it writes no tokens."""
    from training.convert import sd3_vae, selftok, selftok_modules
    theirs, _, parts, vae = selftok.load_tokenizer(selftok.parse(arguments))
    to_latent = sd3_vae.LatentEncoder(vae)
    modules = {"encoder": selftok_modules.Encoder(parts.encoder, to_latent, theirs.latents), "decoder": selftok_modules.Decoder(parts),
               "vaeEncoder": to_latent, "vaeDecoder": sd3_vae.LatentDecoder(vae)}

    def writer(_):
        raise ValueError("the pack has no language model")
    return SimpleNamespace(modules={name: OnProcessor(module) for name, module in modules.items()}, writer=writer)


class OnProcessor(torch.nn.Module):
    """Their code moves tensors to CUDA whatever there is; here they stay."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, *inputs):
        from training.convert.selftok_modules import without_cuda
        with without_cuda():
            return self.module(*inputs)
