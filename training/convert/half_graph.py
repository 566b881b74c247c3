"""float32 graphs -> graphs with float16 weights that multiply in float16, as PyTorch's autocast does.

Products of matrices and convolutions, which are nearly all of the work and of the weights, take halves and give halves; what only moves
their results about, or adds a bias, stays in halves. Everything between them (norms, softmax, sums along the depth, sines of t) stays
float32, where halves would overflow or forget what is small. Inputs and outputs keep their types: docs/pack-format.md asks for float32.

onnxruntime.transformers.float16 converts whole graphs but cuts off what float16 cannot hold, saying so in its debug log alone, and rounds the distances that
choose tokens: here a choice keeps its digits, and a weight that does not fit is refused by name.
"""
import numpy
from onnx import TensorProto, helper, numpy_helper

from training.export.storage import store

# How many inputs of each are multiplied; tables of embeddings are looked up as they lie.
MULTIPLYING = {"MatMul": 2, "Gemm": 3, "Conv": 3, "ConvTranspose": 3}
# Of these only the first input has values.
MOVING = {"Reshape", "Transpose", "Split", "Squeeze", "Unsqueeze", "Slice", "Identity", "Flatten"}
CHOOSING = {"ArgMax", "ArgMin", "TopK"}
LARGEST = float(numpy.finfo(numpy.float16).max)
STORED_FROM = 1000  # values; smaller constants (steps of time, scalars, masks) weigh nothing and may need every digit


def to_half(graph):
    """Changes `graph` (GraphProto, in the order of its run, as exporters write it)."""
    weights = {tensor.name: tensor for tensor in graph.initializer if tensor.data_type == TensorProto.FLOAT and fits(tensor)}
    exact = behind_choices(graph) | read_within(graph)
    weights = {name: tensor for name, tensor in weights.items() if name not in exact}
    halved = nodes_to_halve(graph, weights, exact)
    rewrite(graph, weights, halved)
    del graph.value_info[:]  # they name types of before
    store(graph, {name for name, tensor in weights.items() if tensor.data_type == TensorProto.FLOAT and numpy.prod(tensor.dims) >= STORED_FROM})


def fits(tensor):
    return bool((numpy.abs(numpy_helper.to_array(tensor)) <= LARGEST).all())


def behind_choices(graph):
    """Names of the tensors that a choice compares, back to the product they come from: which code is nearest is a matter of the last digits."""
    makers = {output: node for node in graph.node for output in node.output}
    waiting = [name for node in graph.node if node.op_type in CHOOSING for name in node.input]
    found = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        maker = makers.get(name)
        if maker is not None:
            waiting += [one for one in maker.input if maker.op_type not in MULTIPLYING or one not in makers]
    return found


def read_within(graph):
    """Names that nodes inside of nodes read; they are left alone."""
    names, waiting = set(), [part for node in graph.node for part in parts_of(node)]
    while waiting:
        inner = waiting.pop()
        for node in inner.node:
            names |= set(node.input)
            waiting += parts_of(node)
        names |= {output.name for output in inner.output}
    return names


def parts_of(node):
    return [part for attribute in node.attribute for part in (attribute.g, *attribute.graphs) if part.node]


def valued_inputs(node, weights):
    """Positions of the inputs of `node` that would be halves; none for a node that stays float32."""
    if node.op_type in MULTIPLYING:
        return [at for at, name in enumerate(node.input) if at < MULTIPLYING[node.op_type] and name]
    if node.op_type in MOVING or (node.op_type == "Gather" and node.input[0] in weights):
        return [0]
    return [0, 1] if node.op_type == "Add" else []


def nodes_to_halve(graph, weights, exact):
    """{index of a node: positions of its inputs that become halves}"""
    constants, halves, halved = {tensor.name for tensor in graph.initializer}, set(), {}
    for index, node in enumerate(graph.node):
        positions = valued_inputs(node, weights)
        values = [node.input[at] for at in positions]
        if not values or any(output in exact for output in node.output) or any(name in constants and name not in weights for name in values):
            continue
        starts = node.op_type in MULTIPLYING or node.op_type == "Gather"
        # What follows a product goes on with halves only where it needs no rounding of something else.
        if starts or (any(name in halves for name in values) and all(name in halves or name in weights for name in values)):
            halved[index] = positions
            halves |= set(node.output)
    return halved


def rewrite(graph, weights, halved):
    """Puts the casts between the two kinds of nodes, one for each tensor that is needed both ways."""
    nodes, born, cast = [], {}, {}  # born: tensor -> its name where it is a half from the start; cast: -> its name as the other kind
    for index in halved:
        for name in (graph.node[index].input[at] for at in halved[index]):
            tensor = weights.get(name)
            if tensor is not None and tensor.data_type == TensorProto.FLOAT:
                tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(numpy.float16), name))
                born[name] = name

    def needed(name, kind):
        if (kind == TensorProto.FLOAT16) == (name in born):
            return born.get(name, name)
        if name not in cast:
            # A tensor keeps its name in float32, so that outputs of the graph do; a weight keeps it where it is stored.
            cast[name] = f"{name}.half" if kind == TensorProto.FLOAT16 else f"{name}.float32" if name in weights else name
            nodes.append(helper.make_node("Cast", [born.get(name, name)], [cast[name]], to=kind))
        return cast[name]

    for index, node in enumerate(graph.node):
        positions = halved.get(index, ())
        for at, name in enumerate(node.input):
            if name:
                node.input[at] = needed(name, TensorProto.FLOAT16 if at in positions else TensorProto.FLOAT)
        nodes.append(node)
        if index in halved:
            for at, name in enumerate(node.output):
                node.output[at] = born[name] = f"{name}.half"
    for output in graph.output:
        needed(output.name, TensorProto.FLOAT)
    copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)
