"""The spatial control: both tokenizers with a language model of the same four tasks, as packs that the studio loads.

    python3 -m training.study.run spatial
    npm run eval -- --pack training/runs/study/study/packs/study-raster --steps 4 --only "detector on the truth" \\
        reconstruction "text to image" edits "iterated edits" captions questions --out training/runs/study/study/scores-raster
    (the same for study-timestep)
    python3 -m training.study.run spatial         again, which takes the scores into results/spatial.json
"""
import json
import time

import torch

from training.models.checkpoint import load, save
from training.models.language_model import LanguageModel, LanguageModelConfig
from training.models.pool import from_bytes
from training.study import language
from training.study.corpus import rendered
from training.study.learnt import save_sheet
from training.study.pack import export
from training.study.raster import CODES
from training.study.results import Results
from training.study.synergy import make_examination
from training.study.tasks import Mixture
from training.text_tokenizer import TEXT_VOCABULARY

SHARES = {"textToImage": 0.5, "caption": 0.15, "question": 0.1, "edit": 0.25}
LONGER = 2  # times the steps of one run of the other comparisons
LOOKS = 8
SHOWN = 12  # on the sheet: truth, from tokens, drawn for prompts of these scenes
GOLDEN_CHOICE = 32  # held-out pictures that golden ones are chosen from


def train_model(source, examination, size, tokenizer_path):
    train = source["train"]
    batch = Mixture(train["scenes"], source["codec"].writing_order(train["tokens"]), tokenizer_path, SHARES, size.batch, 1)
    batch.writer.edits = train["edits"]
    model, look = language.make_model(TEXT_VOCABULARY + CODES, size.width, size.blocks, 1), 0

    def measure(trained):
        nonlocal look
        look += 1
        scores = {"tokens": batch.tokens, **examination.losses(trained)}
        return {**scores, **examination.drawing(trained), **examination.understanding(trained)} if look == LOOKS else scores

    return model, language.train(model, batch, LONGER * size.steps, measure, LOOKS)


def compare(sources, detector, shipped, size, models, place):
    """shipped: folder of the shipped pack; models: folder for language models and packs"""
    results = Results("spatial", {"size": size.as_dict(), "shares": SHARES, "longer": LONGER, "rates": language.RATES,
                                  "codecs": {key: one["facts"] for key, one in sources.items()}}, place)
    for kind, source in sources.items():
        codec, path = source["codec"], models / f"language-{kind}.pt"
        if results.find(tokenizer=kind) is None:
            examination, started = make_examination(source, shipped / "tokenizer.json", detector), time.time()
            model, history = train_model(source, examination, size, shipped / "tokenizer.json")
            save({"config": model.config.as_dict(), "model": model.state_dict(), "seconds": time.time() - started}, path)
            results.add({"tokenizer": kind, "truth": examination.restored(), "curve": history,
                         **({"codec": source["history"]} if "history" in source else {})})
            print(kind, history[-1], flush=True)
            shown = source["val"]["scenes"][:SHOWN]
            save_sheet([from_bytes(rendered(shown)), examination.restored_pictures()[:SHOWN], examination.draw(model, 1, SHOWN)],
                       place / f"spatial-{kind}.png")
        target = models / "packs" / f"study-{kind}"
        if not (target / "pack.json").exists():
            state = load(path)
            model = LanguageModel(LanguageModelConfig(**state["config"]))
            model.load_state_dict(state["model"])
            codec_state = {"seconds": 0, "images": 0, "seed": 1, **(source["history"][-1] if "history" in source else {})}
            language_state = {"seconds": state["seconds"], "sequences": LONGER * size.steps * size.batch}
            images = from_bytes(rendered(source["val"]["scenes"][:GOLDEN_CHOICE]))
            with torch.no_grad():
                export(kind, codec, model.eval(), {"codec": codec_state, "languageModel": language_state}, images, shipped, target)
        scores = models / f"scores-{kind}" / "scores.json"
        if scores.exists():
            results.find(tokenizer=kind)["eval"] = json.loads(scores.read_text())
            results.write()
