"""Three sizes of language model, three budgets of data: loss, what is drawn, and one prompt drawn by all nine.

The rate is constant and the weights measured are averages, so the three budgets of a size are three points of one run.
"""
from training.study import language
from training.study.results import Results
from training.study.synergy import make_examination
from training.study.tasks import Mixture
from training.study.learnt import save_sheet
from training.study.raster import CODES
from training.text_tokenizer import TEXT_VOCABULARY

BUDGETS = (0.25, 0.5, 1.0)  # of the longest
SHOWN = 6  # prompts on the sheet


def widths(size):
    """(width, blocks) of the three models"""
    return ((size.width // 2, size.blocks), (size.width, size.blocks),
            (3 * size.width // 2, size.blocks + 1))


def train_width(source, examination, width, blocks, size, seed, tokenizer_path, store):
    """-> the run's entry; store(budget index, images) gets the pictures of the first prompts at every budget"""
    written = source["codec"].writing_order(source["train"]["tokens"])
    batch = Mixture(source["train"]["scenes"], written, tokenizer_path, {"textToImage": 1.0}, size.batch, seed)
    model = language.make_model(TEXT_VOCABULARY + CODES, width, blocks, seed)
    steps, looks = size.steps, 8
    look = 0

    def measure(trained):
        nonlocal look
        look += 1
        scores = {"tokens": batch.tokens, "textToImage": examination.losses(trained)["textToImage"]}
        if look / looks in BUDGETS:
            scores.update(examination.drawing(trained, seed))
            store(BUDGETS.index(look / looks), examination.draw(trained, 1, SHOWN))
        return scores

    history = language.train(model, batch, steps, measure, looks)
    count = sum(p.numel() for name, p in model.named_parameters() if not name.startswith(("table", "head")))
    return {"parameters": count, "tables": sum(p.numel() for p in model.parameters()) - count, "curve": history}


def compare(sources, detector, tokenizer_path, size, seeds, clock, place):
    results = Results("scaling", {"size": size.as_dict(), "models": widths(size), "budgets": BUDGETS,
                                  "rates": language.RATES, "codecs": {key: one["facts"] for key, one in sources.items()}}, place)
    for seed in range(1, seeds + 1):
        for width, blocks in widths(size):
            for tokenizer, source in sources.items():
                key = {"tokenizer": tokenizer, "width": width, "blocks": blocks, "seed": seed}
                if results.find(**key) or clock.is_over():
                    continue
                examination = make_examination(source, tokenizer_path, detector)
                results.data["prompts"] = examination.prompts[:SHOWN]

                def store(budget, images, name=f"{tokenizer}-{width}"):
                    if seed == 1:
                        save_sheet([images], place / f"scaling-{name}-{budget}.png")

                results.add({**key, **train_width(source, examination, width, blocks, size, seed, tokenizer_path, store)})
                print(key, results.data["runs"][-1]["curve"][-1], flush=True)
    return results
