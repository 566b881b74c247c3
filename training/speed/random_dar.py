"""Checkpoints of D-AR as it was released, with random weights: for measurements where the released ones are not at hand.

    python3 -m training.speed.random_dar --checkout D-AR --out folder
    python3 -m training.convert.dar --checkout D-AR --tokenizer folder/tokenizer.pt --language-model folder/gpt.pt --gpt GPT-L --out dar-random

Pictures are noise; what a graph takes does not depend on its weights.
"""
import argparse
from pathlib import Path

import torch

from training.convert import dar_modules
from training.convert.pack_folder import unfinished


@torch.no_grad()
def randomise(module):
    """Every weight normal, so small that what passes through neither grows nor dies; those of norms around one."""
    for name, weight in module.named_parameters():
        if weight.ndim > 1:
            weight.normal_(0, weight[0].numel() ** -0.5)
        else:
            weight.normal_(1 if name.endswith("norm.weight") else 0, 0.1)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", required=True, help="folder of the authors' repository")
    parser.add_argument("--config", help="of the tokenizer (default: configs/tokenizer_v1.yaml of the checkout)")
    parser.add_argument("--gpt", default="GPT-L", help="size of the language model, as the authors call it")
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", required=True, help="folder of the two files, which must not be there yet")
    arguments = parser.parse_args(argv)
    make_tokenizer, sizes = dar_modules.official(arguments.checkout)
    config = dar_modules.read_config(arguments.config or Path(arguments.checkout) / "configs" / "tokenizer_v1.yaml")
    torch.manual_seed(arguments.seed)
    with unfinished(arguments.out) as folder:
        tokenizer = make_tokenizer(config)
        randomise(tokenizer)
        torch.save({"model": tokenizer.state_dict()}, folder / "tokenizer.pt")
        facts = dict(vocab_size=tokenizer.vq_codebook_size, block_size=tokenizer.all_queries, num_classes=arguments.classes)
        del tokenizer
        language = sizes[arguments.gpt](**facts, cls_token_num=1, model_type="c2i")
        randomise(language)
        torch.save({"model": language.state_dict()}, folder / "gpt.pt")
    print(f"{arguments.out} has tokenizer.pt and gpt.pt")


if __name__ == "__main__":
    main()
