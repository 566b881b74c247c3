"""The spatial control: both tokenizers with a language model of the same four tasks, as packs that the studio loads.

    python3 -m training.study.run spatial
    npm run eval -- --pack training/runs/study/study/packs/study-raster --steps 4 --only "detector on the truth" \\
        reconstruction "text to image" edits "iterated edits" captions questions --out training/runs/study/study/scores-raster
    (the same for study-timestep)
    python3 -m training.study.run spatial         again, which takes the scores into results/spatial.json
"""
import json
import time
import zlib

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
from training.study.train_decoder import RECIPE
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
    model = language.make_model(TEXT_VOCABULARY + CODES, size.width, size.blocks, 1)
    history = language.train(model, batch, LONGER * size.steps,
                             lambda trained: {"tokens": batch.tokens, **examination.losses(trained)}, LOOKS)
    return model, history


def trained_model(path, source, examination, size, tokenizer_path):
    """-> the language model of one side, trained if `path` does not hold that of these very tokens, and what was kept with it"""
    mark = zlib.crc32(source["train"]["tokens"].tobytes())
    if not path.exists() or load(path).get("mark") != mark:
        started = time.time()
        model, history = train_model(source, examination, size, tokenizer_path)
        save({"config": model.config.as_dict(), "model": model.state_dict(), "seconds": time.time() - started,
              "history": history, "mark": mark}, path)
    state = load(path)
    model = LanguageModel(LanguageModelConfig(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval(), state


def compare(sources, detector, shipped, size, models, place):
    """shipped: folder of the shipped pack; models: folder for language models and packs"""
    results = Results("spatial", {"size": size.as_dict(), "shares": SHARES, "longer": LONGER, "rates": language.RATES,
                                  "decoders": RECIPE, "codecs": {key: one["facts"] for key, one in sources.items()}}, place)
    for kind, source in sources.items():
        codec, examination = source["codec"], make_examination(source, shipped / "tokenizer.json", detector)
        model, state = trained_model(models / f"language-{kind}.pt", source, examination, size, shipped / "tokenizer.json")
        if results.find(tokenizer=kind) is None:
            with torch.no_grad():
                scores = {**examination.drawing(model), **examination.understanding(model)}
            results.add({"tokenizer": kind, "truth": examination.restored(), "curve": state["history"], "scores": scores,
                         "codec": source["history"]})
            print(kind, scores, flush=True)
            shown = source["val"]["scenes"][:SHOWN]
            save_sheet([from_bytes(rendered(shown)), examination.restored_pictures()[:SHOWN], examination.draw(model, 1, SHOWN)],
                       place / f"spatial-{kind}.png")
        target = models / "packs" / f"study-{kind}"
        if not (target / "pack.json").exists():
            codec_state = {"seed": 1, **source["history"][-1]}
            language_state = {"seconds": state["seconds"], "sequences": LONGER * size.steps * size.batch}
            images = from_bytes(rendered(source["val"]["scenes"][:GOLDEN_CHOICE]))
            with torch.no_grad():
                export(kind, codec, model, {"codec": codec_state, "languageModel": language_state}, images, shipped, target)
        scores = models / f"scores-{kind}" / "scores.json"
        if scores.exists():
            results.find(tokenizer=kind)["eval"] = json.loads(scores.read_text())
            results.write()
