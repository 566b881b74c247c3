"""The spatial control: both tokenizers with a language model of the same four tasks, as packs that the studio loads.

    python3 -m training.study.run spatial
    npm run eval -- --pack training/runs/study/study/packs/study-raster --data training/runs/study/study/evaluation/study-v1.json \\
        --steps 8 --only "detector on the truth" reconstruction "text to image" edits "iterated edits" captions questions \\
        --out training/runs/study/study/scores-raster
    (the same for study-timestep)
    python3 -m training.study.run spatial         again, which takes the scores into results/spatial.json
"""
import json
import time

import numpy
import torch

from training.models.checkpoint import load, save
from training.models.pool import from_bytes
from training.study import data, language
from training.study.edits import training_edits, write_evaluation
from training.study.pack import export
from training.study.results import Results
from training.study.synergy import make_examination
from training.study.tasks import Mixture
from training.study.raster import CODES
from training.text_tokenizer import TEXT_VOCABULARY

SHARES = {"textToImage": 0.5, "caption": 0.15, "question": 0.1, "edit": 0.25}
EDITS, EDIT_SEED = 4096, 17
LONGER = 2  # times the steps of one run of the other comparisons
LOOKS = 8


def edited_sets(scenes, size, count):
    """-> (all scenes, edited ones behind the others; pictures of the edited ones; edits)"""
    results, edits = training_edits(scenes, count, EDIT_SEED)
    return scenes + results, data.pictures(results, size.image_size), edits


def train_model(source, examination, size, tokenizer_path, scenes, written, edits):
    batch = Mixture(scenes, written, tokenizer_path, SHARES, size.batch, 1)
    batch.writer.edits = edits
    model = language.make_model(TEXT_VOCABULARY + CODES, size.width, size.blocks, 1)
    look = 0

    def measure(trained):
        nonlocal look
        look += 1
        scores = {"tokens": batch.tokens, **examination.losses(trained)}
        return {**scores, **examination.drawing(trained), **examination.understanding(trained)} if look == LOOKS else scores

    return model, language.train(model, batch, LONGER * size.steps, measure, LOOKS)


def compare(sources, detector, sets, size, models, tokenizer_path, place):
    results = Results("spatial", {"size": size.as_dict(), "shares": SHARES, "edits": EDITS, "longer": LONGER,
                                  "codecs": {key: one["facts"] for key, one in sources.items()}}, place)
    write_evaluation(models / "evaluation", size)
    scenes, pictures, edits = edited_sets(sets["train"]["scenes"], size, min(EDITS, len(sets["train"]["scenes"])))
    images = from_bytes(sets["val"]["images"][:64])
    for kind, source in sources.items():
        codec, path = source["codec"], models / f"language-{kind}-pack.pt"
        if results.find(tokenizer=kind) is None:
            written = codec.writing_order(numpy.concatenate([source["train"]["tokens"], data.encode(codec, pictures)]))
            started = time.time()
            model, history = train_model(source, make_examination(source, tokenizer_path, detector), size, tokenizer_path,
                                         scenes, written, edits)
            save({"config": model.config.as_dict(), "model": model.state_dict(), "seconds": time.time() - started}, path)
            results.add({"tokenizer": kind, "curve": history, "codec": source["history"]})
            print(kind, history[-1], flush=True)
        target = models / "packs" / f"study-{kind}"
        if not (target / "pack.json").exists():
            state = load(path)
            model = language.LanguageModel(language.LanguageModelConfig(**state["config"]))
            model.load_state_dict(state["model"])
            facts = {"codec": {"seconds": source["history"][-1]["seconds"], "images": size.codec_images, "seed": 1},
                     "languageModel": {"seconds": state["seconds"],
                                       "sequences": LONGER * size.steps * size.batch}}
            with torch.no_grad():
                export(kind, codec, model.eval(), detector, facts, sets["val"]["scenes"], images, tokenizer_path, target)
        scores = models / f"scores-{kind}" / "scores.json"
        if scores.exists():
            results.find(tokenizer=kind)["eval"] = json.loads(scores.read_text())["scores"]
            results.write()
    return results

