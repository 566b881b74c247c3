"""Do drawing and understanding help each other? One model trained on both, against one for each alone.

All models are alike and see batches of the same number of sequences. The joint model is measured twice: after as many
tokens in all as the others (half of each task), and after twice as many (each task as often as in the model for it alone).
"""
from training.study import language
from training.study.results import Results
from training.study.tasks import Examination, Mixture
from training.study.raster import CODES
from training.text_tokenizer import TEXT_VOCABULARY

ARMS = {
    "generation": {"textToImage": 1.0},
    "comprehension": {"caption": 0.6, "question": 0.4},
    "joint": {"textToImage": 0.5, "caption": 0.3, "question": 0.2},
}
LOOKS = 8  # of a run alone; the joint one has twice as many
LOSSES, DRAWINGS = 96, 192  # held-out sequences per task, prompts and pictures


def make_examination(source, tokenizer_path, detector):
    """source: {"codec", "train", "val": {"scenes", "tokens"}}"""
    val = source["val"]
    return Examination(source["codec"], detector, val["scenes"], val["tokens"], tokenizer_path, LOSSES, DRAWINGS)


def train_arm(source, examination, arm, size, seed, tokenizer_path):
    """-> the run's entry for the results"""
    steps = size.steps * (2 if arm == "joint" else 1)
    looks = LOOKS * (2 if arm == "joint" else 1)
    written = source["codec"].writing_order(source["train"]["tokens"])
    batch = Mixture(source["train"]["scenes"], written, tokenizer_path, ARMS[arm], size.batch, seed)
    model = language.make_model(TEXT_VOCABULARY + CODES, size.width, size.blocks,
                                seed)
    look = 0

    def measure(trained):
        nonlocal look
        look += 1
        scores = {"tokens": batch.tokens, **examination.losses(trained)}
        if look % LOOKS == 0:
            if "textToImage" in ARMS[arm]:
                scores.update(examination.drawing(trained, seed))
            if "caption" in ARMS[arm]:
                scores.update(examination.understanding(trained))
        return scores

    history = language.train(model, batch, steps, measure, looks)
    return {"curve": history}


def compare(sources, detector, tokenizer_path, size, seeds, clock, place):
    """sources: tokenizer -> source as in `make_examination`"""
    results = Results("synergy", {"size": size.as_dict(), "arms": ARMS, "heldOut": {"losses": LOSSES, "drawings": DRAWINGS},
                                  "rates": language.RATES, "codecs": {key: one["facts"] for key, one in sources.items()}}, place)
    for seed in range(1, seeds + 1):
        for arm in ("joint", "generation", "comprehension"):
            for tokenizer, source in sources.items():
                key = {"tokenizer": tokenizer, "arm": arm, "seed": seed}
                if results.find(**key) or clock.is_over():
                    continue
                examination = make_examination(source, tokenizer_path, detector)
                run = train_arm(source, examination, arm, size, seed, tokenizer_path)
                results.add({**key, **run})
                print(key, run["curve"][-1], flush=True)
    return results
