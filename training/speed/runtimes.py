"""One case in one runtime, ready to run: a graph once, or the language model writing tokens one after the other through its cache."""
import numpy
import torch

# The same graph with the settings of the studio's engine, and with onnxruntime's own; then the modules the graph was made from.
ONCE = ("onnxruntime", "onnxruntime-defaults", "eager", "compiled")
# What has a cache can also keep it where onnxruntime wrote it.
WRITING = ("onnxruntime", "onnxruntime-bound", "onnxruntime-defaults", "eager", "compiled")


def session_of(path, threads, as_engine):
    """onnxruntime's session on the CPU. as_engine: threads that wait do not spin, as in src/main/engine/model/session.ts"""
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 4
    if as_engine:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def runtime_of(runtime, answers, case, inputs):
    """-> a function without arguments that runs the case and returns its answer as an array: the graph's first output, or of a case that
    writes the last logits of its image tokens [B, codes]. Raises ValueError where there is no original of the graph."""
    writes = case["graph"] == "lm"
    if runtime in ("eager", "compiled"):
        original = answers.original
        if writes:
            return written_by_original(original, inputs, runtime == "compiled")
        module = original.modules.get(case["graph"])
        if module is None:
            raise ValueError(f"no original of {case['graph']}")
        tensors = [torch.from_numpy(inputs[name]) for name in case["inputs"]]
        call = torch.compile(module, dynamic=False) if runtime == "compiled" else module
        return lambda: call(*tensors).numpy()
    session = session_of(answers.pack / answers.manifest["graphs"][case["graph"]], answers.threads, runtime != "onnxruntime-defaults")
    if writes:
        codes = slice(*(answers.manifest["languageModel"]["imageTokenOffset"] + end
                        for end in (0, answers.manifest["tokens"]["codebookSize"])))
        write = written_bound if runtime == "onnxruntime-bound" else written
        return lambda: write(session, inputs, answers.manifest["languageModel"])[:, -1, codes]
    return lambda: session.run(None, inputs)[0]


def steps_of(inputs):
    """What each run of a writing case reads: (ids [B, S], mask [B, P + S], positions [B, S]); first all of the prefix, then one id at a time."""
    ids, mask, following = inputs["ids"], inputs["mask"], inputs["following"]
    position = numpy.maximum(mask.cumsum(1) - 1, 0)
    yield ids, mask, position
    for step in range(following.shape[1]):
        mask = numpy.concatenate([mask, numpy.ones_like(mask[:, :1])], axis=1)
        position = position[:, -1:] + 1
        yield following[:, step:step + 1], mask, position


def feeds_of(session, ids, mask, position):
    known = {one.name for one in session.get_inputs()}
    return {name: value for name, value in (("input_ids", ids), ("attention_mask", mask), ("position_ids", position)) if name in known}


def empty_cache(session, rows, language):
    kinds = {"tensor(float)": numpy.float32, "tensor(float16)": numpy.float16}
    shape = rows, language["keyValueHeads"], 0, language["headSize"]
    return {one.name: numpy.zeros(shape, kinds[one.type]) for one in session.get_inputs() if one.name.startswith("past_key_values.")}


def written(session, inputs, language):
    """Keys and values come out as arrays and go in again. -> last logits [B, 1, V]"""
    cache = empty_cache(session, len(inputs["ids"]), language)
    outputs = [one.name for one in session.get_outputs()]
    for ids, mask, position in steps_of(inputs):
        found = dict(zip(outputs, session.run(None, {**feeds_of(session, ids, mask, position), **cache})))
        cache = {name: found[name.replace("past_key_values", "present")] for name in cache}
    return found["logits"]


def written_bound(session, inputs, language):
    """Keys and values stay onnxruntime's own (IO binding): nothing of the cache crosses to Python. -> last logits [B, 1, V]"""
    import onnxruntime
    cache = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in empty_cache(session, len(inputs["ids"]), language).items()}
    outputs = [one.name for one in session.get_outputs()]
    for ids, mask, position in steps_of(inputs):
        binding = session.io_binding()
        for name, value in feeds_of(session, ids, mask, position).items():
            binding.bind_cpu_input(name, numpy.ascontiguousarray(value))
        for name, value in cache.items():
            binding.bind_ortvalue_input(name, value)
        for name in outputs:
            binding.bind_output(name, "cpu")
        session.run_with_iobinding(binding)
        found = dict(zip(outputs, binding.get_outputs()))
        cache = {name: found[name.replace("past_key_values", "present")] for name in cache}
    return found["logits"].numpy()


def written_by_original(original, inputs, compiled):
    """The same ids through the module's own cache. -> a function as of `runtime_of`"""
    steps = [tuple(torch.from_numpy(numpy.ascontiguousarray(part)) for part in step) for step in steps_of(inputs)]
    write = original.writer(compiled)
    return lambda: write(steps).numpy()
