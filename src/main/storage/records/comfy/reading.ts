/**
 * Follows links from an input to what it was given. A result is certain or names why it cannot be told; every output is read
 * once, circles and endless texts end in the latter.
 */
import { unknown, type Told } from '../foreign-recipe.js';
import { passedOn, shownKind, type Graph, type GraphNode, type Input, type Output } from './graph.js';

/** How a class of nodes makes the text, or the words of a conditioning, that leaves it at `slot`. */
export type Rule = (node: NodeReading, slot: number) => Told;

/** A node's inputs, read. */
export interface NodeReading {
  kind: string;
  names: readonly string[];
  has: (name: string) => boolean;
  /** A text input. */
  text: (name: string) => Told;
  /** The words of a conditioning input. */
  words: (name: string) => Told;
  /** A number, a choice or a switch as it stands, or from a node that only holds it; undefined where it cannot be told. */
  plain: (name: string) => unknown;
}

export interface Rules {
  text: (kind: string, node: GraphNode) => Rule | null;
  words: (kind: string, node: GraphNode) => Rule | null;
}

const deepest = 100;
const longest = 100_000;

export class Reading {
  readonly #told = new Map<string, Told>();
  #depth = 0;

  constructor(
    readonly graph: Graph,
    private readonly rules: Rules,
  ) {}

  text(input: Input | undefined): Told {
    if (input === undefined) return unknown('a text is missing');
    if ('missing' in input) return unknown(input.missing);
    if ('value' in input) return typeof input.value === 'string' ? { text: input.value } : unknown('a text is missing');
    return this.#read('text', input.from);
  }

  words(input: Input | undefined): Told {
    if (input === undefined || 'value' in input) return unknown('the words are not connected');
    return 'missing' in input ? unknown(input.missing) : this.#read('words', input.from);
  }

  node(node: GraphNode): NodeReading {
    return {
      kind: node.kind,
      names: [...node.inputs.keys()],
      has: (name) => node.inputs.has(name),
      text: (name) => this.text(node.inputs.get(name)),
      words: (name) => this.words(node.inputs.get(name)),
      plain: (name) => this.plain(node.inputs.get(name)),
    };
  }

  /** A value, also where a chain of nodes that only hold or pass it stands before it. */
  plain(input: Input | undefined): unknown {
    let at = input;
    for (let step = 0; at !== undefined && step < deepest; step++) {
      if ('value' in at) return at.value;
      if ('missing' in at) return undefined;
      at = heldInput(this.graph.get(at.from.node));
    }
    return undefined;
  }

  #read(what: keyof Rules, { node: id, slot }: Output): Told {
    const key = `${what} ${slot} ${id}`;
    const known = this.#told.get(key);
    if (known !== undefined) return known;
    const node = this.graph.get(id);
    if (node === undefined) return unknown('a link leads to a node that is not in the file');
    if (this.#depth === deepest) return unknown('the links go on for too long');
    // Who comes here again before it is read has gone in a circle.
    this.#told.set(key, unknown('the links go in a circle'));
    this.#depth++;
    const told = this.#ruled(what, node, slot);
    this.#depth--;
    const bounded = 'text' in told && told.text.length > longest ? unknown('the text is too long') : told;
    this.#told.set(key, bounded);
    return bounded;
  }

  #ruled(what: keyof Rules, node: GraphNode, slot: number): Told {
    const passed = passedOn(node);
    if (passed !== null) return this[what](passed);
    const rule = this.rules[what](node.kind, node);
    if (rule !== null) return rule(this.node(node), slot);
    return unknown(`the words come from a node of the class ${shownKind(node.kind)}, which is not known here`);
  }
}

/** The one input whose value a node hands on unchanged. */
function heldInput(node: GraphNode | undefined): Input | undefined {
  if (node === undefined) return undefined;
  const passed = passedOn(node);
  if (passed !== null) return passed;
  if (/^Primitive|Constant$|^easy (?:int|float|seed)$|^(?:INT|FLOAT)/.test(node.kind))
    return node.inputs.get('value') ?? node.inputs.get('seed');
  if (/seed/i.test(node.kind)) return node.inputs.get('seed') ?? node.inputs.get('noise_seed');
  return undefined;
}
