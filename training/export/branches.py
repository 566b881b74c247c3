"""Parts of a graph that are computed only where somebody looks at their result.

PyTorch's tracing knows no branches: a language model would read a picture's cells and draw a plan's anew at every word. `Branch`
(models/layers.py) marks the place in a model; `only_where_needed` moves the nodes of the part into an ONNX `If` there.
"""
import numpy
from onnx import TensorProto, helper, numpy_helper


def used_by(node):
    """Names of the tensors that a node reads, those inside its branches included."""
    return {*node.input, *(name for attribute in node.attribute if attribute.HasField("g") for inner in attribute.g.node for name in used_by(inner))}


def nodes_for(graph, wanted, stops):
    """Nodes that `wanted` is computed by, back to tensors whose names are in `stops`, and that nothing else uses; in their order."""
    maker = {output: index for index, node in enumerate(graph.node) for output in node.output}
    users = {}
    for index, node in enumerate(graph.node):
        for name in used_by(node):
            users.setdefault(name, set()).add(index)
    outputs = {output.name for output in graph.output}
    inside = {maker[wanted]}
    # From the back: a node belongs to it when all who use it do.
    for index in range(maker[wanted] - 1, -1, -1):
        node = graph.node[index]
        used = set().union(*(users.get(name, set()) for name in node.output))
        if used and used <= inside and not outputs & set(node.output) and not stops & set(node.output):
            inside.add(index)
    return [graph.node[index] for index in sorted(inside)]


def only_where_needed(graph, shapes):
    """Moves what each Branch chooses into a branch of its own. shapes: name of the Branch in the model -> axes behind the batch of
    its result. The weights stay where they are, so a pack can still start a training from them."""
    for place, axes in shapes.items():
        scope = f"/{place.replace('.', '/')}/"
        choice = next(node for node in graph.node if node.op_type == "Where" and node.name.startswith(scope))
        needed, result = choice.input[0], choice.input[1]
        maker = {output: node for node in graph.node for output in node.output}
        restored = {output for node in graph.node for output in node.output if output.endswith((".float32", ".steps"))}
        moved = nodes_for(graph, result, stops=restored | {needed} | ancestors(maker, needed))
        of_branch = f"{scope}result"
        then = helper.make_graph([*moved, helper.make_node("Identity", [result], [of_branch])], f"{scope}then", [],
                                 [helper.make_tensor_value_info(of_branch, TensorProto.FLOAT, None)])
        names = [f"{scope}{name}" for name in ("shape", "batch", "first", "axes", "whole")]
        otherwise = helper.make_graph([
            helper.make_node("Constant", [], [names[2]], value=numpy_helper.from_array(numpy.array([0], dtype=numpy.int64))),
            helper.make_node("Constant", [], [names[3]], value=numpy_helper.from_array(numpy.array(axes, dtype=numpy.int64))),
            helper.make_node("Shape", ["input_ids"], [names[0]]),
            helper.make_node("Gather", [names[0], names[2]], [names[1]]),
            helper.make_node("Concat", [names[1], names[3]], [names[4]], axis=0),
            helper.make_node("ConstantOfShape", [names[4]], [of_branch], value=helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0])),
        ], f"{scope}otherwise", [], [helper.make_tensor_value_info(of_branch, TensorProto.FLOAT, None)])
        branch = helper.make_node("If", [needed], [result], f"{scope}If", then_branch=then, else_branch=otherwise)
        kept = [node for node in graph.node if node not in moved]
        where = next(index for index, node in enumerate(kept) if result in used_by(node))  # what the branch needs stands before
        del graph.node[:]
        graph.node.extend([*kept[:where], branch, *kept[where:]])


def ancestors(maker, name):
    """Names of all tensors that `name` is computed from."""
    found, waiting = set(), [name]
    while waiting:
        node = maker.get(waiting.pop())
        for one in used_by(node) if node is not None else ():
            if one and one not in found:
                found.add(one)
                waiting.append(one)
    return found
