/**
 * The editor's own file (`workflow`), read only where the graph that was run is absent: nodes with widgets and links, nodes
 * that are switched off or stepped over, and graphs inside nodes. What it becomes is the graph the editor would have run.
 */
import { asObject, asText, type Json } from '../json.js';
import { mostNodes, type Graph, type GraphNode, type Input } from './graph.js';
import { isResolvedLater, widgetNames, widgetValues } from './widgets.js';

interface Link {
  origin: string;
  slot: number;
  target: string;
  targetSlot: number;
}

/** The whole file, or a graph inside a node of another. */
interface Level {
  /** Before the ids of its nodes: the ids of the nodes it is in. */
  prefix: string;
  nodes: ReadonlyMap<string, Json>;
  links: ReadonlyMap<string, Link>;
  /** The links into the outer node's outputs, by output. */
  results: ReadonlyMap<number, string>;
  outer: { level: Level; node: Json } | null;
}

/** The nodes in an inner graph that stand for the outer node's inputs and outputs. */
const innerInputs = '-10';
const innerOutputs = '-20';
/** Graphs in nodes, each counted as often as it is used. */
const mostLevels = 100;
const mostHops = 200;
const modes = { never: 2, bypass: 4 } as const;

/** Null where it is no such file. */
export function graphOfWorkflow(workflow: Json): Graph | null {
  if (!Array.isArray(workflow['nodes'])) return null;
  const inner = new Map<string, Json>();
  const definitions = asObject(workflow['definitions'])?.['subgraphs'];
  for (const one of Array.isArray(definitions) ? (definitions as unknown[]) : []) {
    const definition = asObject(one);
    const id = asText(definition?.['id']);
    if (definition !== null && id !== null) inner.set(id, definition);
  }
  const reader = new WorkflowReader(inner);
  reader.addLevel(workflow, '', null);
  return reader.nodes.size === 0 || reader.nodes.size > mostNodes ? null : reader.nodes;
}

class WorkflowReader {
  readonly nodes = new Map<string, GraphNode>();
  readonly #levels = new Map<string, Level>();
  /** A graph that stands in many nodes is read once. */
  readonly #read = new Map<Json, Pick<Level, 'nodes' | 'links' | 'results'>>();

  constructor(private readonly definitions: ReadonlyMap<string, Json>) {}

  addLevel(graph: Json, prefix: string, outer: Level['outer']): void {
    if (this.#levels.size === mostLevels) return;
    const level: Level = { prefix, outer, ...this.#contents(graph) };
    this.#levels.set(prefix, level);
    for (const [id, node] of level.nodes) {
      if (this.nodes.size > mostNodes) return;
      const mode = node['mode'];
      const kind = kindOf(node);
      if (kind === '' || mode === modes.never || mode === modes.bypass) continue;
      const key = prefix + id;
      const definition = this.definitions.get(kind);
      if (definition !== undefined) this.addLevel(definition, `${key}:`, { level, node });
      else this.nodes.set(key, { id: key, kind, inputs: this.#inputs(level, kind, node) });
    }
  }

  #contents(graph: Json): Pick<Level, 'nodes' | 'links' | 'results'> {
    const known = this.#read.get(graph);
    if (known !== undefined) return known;
    const contents = contentsOf(graph);
    this.#read.set(graph, contents);
    return contents;
  }

  #inputs(level: Level, kind: string, node: Json): Map<string, Input> {
    if (kind === 'GetNode') return new Map([['value', this.#fromSetNode(level, node)]]);
    const named = new Map<string, Input>();
    const values = widgetValues(kind, node);
    for (const [name, value] of values ?? []) {
      const choice = { missing: 'the file keeps the choices in braces, not the one that was drawn' };
      named.set(name, isResolvedLater(name, value) ? choice : { value });
    }
    for (const [index, input] of inputsOf(node).entries()) {
      const name = asText(input['name']) ?? asText(asObject(input['widget'])?.['name']) ?? `input ${index}`;
      const link = idOf(input['link']);
      if (link !== null) named.set(name, this.#source(level, link));
    }
    // What is not told apart may be any text: known classes name their widgets, of others nothing is taken for certain.
    for (const name of values === null ? (widgetNames(kind) ?? ['unnamed text']) : []) {
      if (!named.has(name)) named.set(name, unreadable);
    }
    return named;
  }

  /** What a link brings, past nodes that are stepped over and in and out of inner graphs. */
  #source(start: Level, link: string): Input {
    let level = start;
    let id: string | null = link;
    for (let hop = 0; hop < mostHops; hop++) {
      const found: Link | undefined = id === null ? undefined : level.links.get(id);
      if (found === undefined) return { missing: 'a link leads nowhere' };
      if (found.origin === innerInputs) {
        if (level.outer === null) return { missing: 'a link leads nowhere' };
        const { node } = level.outer;
        const input = inputsOf(node)[found.slot];
        id = idOf(input?.['link']);
        if (id === null) return outerValue(node, input);
        level = level.outer.level;
        continue;
      }
      const node = level.nodes.get(found.origin);
      if (node === undefined) return { missing: 'a link leads to a node that is not in the file' };
      if (node['mode'] === modes.never) return { missing: 'a node it leads to is switched off' };
      if (node['mode'] === modes.bypass) {
        id = steppedOver(node, found.slot);
        if (id === null) return { missing: 'a node it leads to is stepped over' };
        continue;
      }
      const key = level.prefix + found.origin;
      const definition = this.definitions.get(kindOf(node));
      if (definition === undefined) return { from: { node: key, slot: found.slot } };
      level = { prefix: `${key}:`, outer: { level, node }, ...this.#contents(definition) };
      id = level.results.get(found.slot) ?? null;
    }
    return { missing: 'the links go on for too long' };
  }

  /** KJNodes: a value set under a name in one place and got in another. */
  #fromSetNode(level: Level, node: Json): Input {
    const name = firstWidget(node);
    const setters = [...level.nodes.values()].filter((one) => one['type'] === 'SetNode' && firstWidget(one) === name);
    const link = setters.length === 1 ? idOf(inputsOf(setters[0]!)[0]?.['link']) : null;
    return link === null ? { missing: 'a value is got that is not set once' } : this.#source(level, link);
  }
}

const unreadable: Input = { missing: 'the values of a node cannot be told apart' };

/** A widget of an inner node that is shown on the outer one, whose value then counts. */
function outerValue(node: Json, input: Json | undefined): Input {
  const name = asText(asObject(input?.['widget'])?.['name']);
  const values = widgetValues('', node);
  if (name === null) return { missing: 'an input of a node is not connected' };
  const value = values?.get(name);
  if (value === undefined) return unreadable;
  return typeof value === 'string' && isResolvedLater('text', value)
    ? { missing: 'the file keeps the choices in braces, not the one that was drawn' }
    : { value };
}

/** The link that a node which is stepped over passes on: of its inputs the first of the output's type, its own place first. */
function steppedOver(node: Json, slot: number): string | null {
  const outputs = Array.isArray(node['outputs']) ? (node['outputs'] as unknown[]) : [];
  const type = asObject(outputs[slot])?.['type'];
  const inputs = inputsOf(node);
  const fitting = [inputs[slot], ...inputs].find(
    (input) => input !== undefined && type !== undefined && input['type'] === type,
  );
  return idOf(fitting?.['link']);
}

function contentsOf(graph: Json): Pick<Level, 'nodes' | 'links' | 'results'> {
  const nodes = new Map<string, Json>();
  for (const one of Array.isArray(graph['nodes']) ? (graph['nodes'] as unknown[]) : []) {
    const node = asObject(one);
    const id = idOf(node?.['id']);
    if (node !== null && id !== null) nodes.set(id, node);
  }
  const links = new Map<string, Link>();
  const results = new Map<number, string>();
  for (const one of Array.isArray(graph['links']) ? (graph['links'] as unknown[]) : []) {
    const read = linkOf(one);
    if (read === null) continue;
    links.set(read.id, read.link);
    if (read.link.target === innerOutputs) results.set(read.link.targetSlot, read.id);
  }
  return { nodes, links, results };
}

function kindOf(node: Json): string {
  return (asText(node['type']) ?? '').trim();
}

/** A list [id, origin, slot, target, slot, type], or an object with these names. */
function linkOf(value: unknown): { id: string; link: Link } | null {
  const one = asObject(value);
  const [id, origin, slot, target, targetSlot] = Array.isArray(value)
    ? (value as unknown[])
    : ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot'].map((name) => one?.[name]);
  const [key, from, to] = [idOf(id), idOf(origin), idOf(target)];
  if (key === null || from === null || to === null || typeof slot !== 'number' || typeof targetSlot !== 'number')
    return null;
  return { id: key, link: { origin: from, slot, target: to, targetSlot } };
}

function inputsOf(node: Json): Json[] {
  const inputs = node['inputs'];
  return Array.isArray(inputs) ? (inputs as unknown[]).map((input) => asObject(input) ?? {}) : [];
}

function firstWidget(node: Json): unknown {
  const values = node['widgets_values'];
  return Array.isArray(values) ? values[0] : undefined;
}

function idOf(value: unknown): string | null {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : null;
}
