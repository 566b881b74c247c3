/** ComfyUI's graph as the readers of this folder see it, whichever of its two files it came from. */
import { asObject, asText, type Json } from '../json.js';

/** An output of a node, by its place among the node's outputs. */
export interface Output {
  node: string;
  slot: number;
}

/** What an input of a node is given: a value, another node's output, or nothing that the file keeps. */
export type Input = { value: unknown } | { from: Output } | { missing: string };

export interface GraphNode {
  id: string;
  /** The class of the node, such as `KSampler`. */
  kind: string;
  inputs: ReadonlyMap<string, Input>;
}

export type Graph = ReadonlyMap<string, GraphNode>;

/** More nodes than a person ever drew; a file with more is not read. */
export const mostNodes = 10_000;

/**
 * The graph that was run, as the file's `prompt` keeps it: node id → class and inputs, an input being a value or the link
 * [node id, output]. Null where it is no such graph.
 */
export function graphOfPrompt(prompt: Json): Graph | null {
  const nodes = new Map<string, GraphNode>();
  const entries = Object.entries(prompt);
  if (entries.length > mostNodes) return null;
  for (const [id, value] of entries) {
    const kind = asText(asObject(value)?.['class_type']);
    const inputs = asObject(asObject(value)?.['inputs']);
    if (kind === null || inputs === null) continue;
    const named = Object.entries(inputs).map(([name, input]): [string, Input] => [name, inputOf(input, prompt)]);
    nodes.set(id, { id, kind: kind.trim(), inputs: new Map(named) });
  }
  return nodes.size === 0 ? null : nodes;
}

function inputOf(value: unknown, prompt: Json): Input {
  if (!Array.isArray(value) || value.length !== 2) return { value };
  const [node, slot] = value as [unknown, unknown];
  if ((typeof node !== 'string' && typeof node !== 'number') || !Number.isInteger(slot)) return { value };
  if (!(String(node) in prompt)) return { missing: 'a link leads to a node that is not in the file' };
  return { from: { node: String(node), slot: slot as number } };
}

/** What a node that only passes something on was given: a reroute, or the end of a link that is known by its name. */
export function passedOn(node: GraphNode): Input | null {
  if (node.kind === 'GetNode') return node.inputs.get('value') ?? null;
  return /^Reroute\b/.test(node.kind) ? ([...node.inputs.values()][0] ?? null) : null;
}

/** A node's class, for a sentence. */
export function shownKind(kind: string): string {
  return `“${kind.slice(0, 60)}”`;
}
