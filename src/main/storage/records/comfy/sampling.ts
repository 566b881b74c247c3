/**
 * From the nodes that draw ("samplers") to what they drew from. A file may hold several: those that lead to its saved pictures
 * must agree on the words, or the words cannot be told.
 */
import { unknown, type Findings, type Told } from '../foreign-recipe.js';
import { quoted, wordsRule } from './conditioning.js';
import { passedOn, type Graph, type GraphNode, type Input } from './graph.js';
import { Reading } from './reading.js';
import { textRule } from './strings.js';

/** What one sampler was given. */
interface Drawing {
  positive: Told;
  negative: Told;
  /** Undefined where it draws no noise of its own, null where it cannot be told. */
  seed: unknown;
  steps: unknown;
  cfg: unknown;
  sampler: unknown;
  model: unknown;
}

const mostHops = 10_000;

/** Null where the graph draws nothing, as a graph that only enlarges pictures. */
export function findingsOf(graph: Graph): Findings | null {
  const samplers = samplersOf(graph);
  if (samplers.length === 0) return null;
  const reading = new Reading(graph, { text: textRule, words: wordsRule });
  const drawings = samplers.map((node) => drawingOf(reading, node));
  const faults: string[] = [];
  return {
    source: 'comfyui',
    words: agreed(drawings.map(({ positive }) => positive)),
    negative: agreed(drawings.map(({ negative }) => negative)),
    seed: seedIn(drawings, faults),
    model: same(drawings.map(({ model }) => model)) ?? onlyModel(graph),
    facts: {
      Steps: same(drawings.map(({ steps }) => steps)),
      'CFG scale': same(drawings.map(({ cfg }) => cfg)),
      Sampler: same(drawings.map(({ sampler }) => sampler)),
    },
    faults,
  };
}

/** The seed of all passes; where there is not one, undefined, and `faults` says why. */
function seedIn(drawings: readonly Drawing[], faults: string[]): unknown {
  const seeds = new Set(drawings.map(({ seed }) => seed).filter((seed) => seed !== undefined));
  if (seeds.has(null)) faults.push('Its seed cannot be told: it was only known while the graph ran.');
  else if (seeds.size > 1) {
    const shown = [...seeds].slice(0, 8).map(String).join(', ');
    faults.push(`Its seed cannot be told: it was drawn in several passes with the seeds ${shown}.`);
  } else return [...seeds][0];
  return undefined;
}

function agreed(told: readonly Told[]): Told {
  const lost = told.find((one) => 'unknown' in one);
  if (lost !== undefined) return lost;
  const texts = [...new Set(told.map((one) => ('text' in one ? one.text.trim() : '')))];
  if (texts.length === 1) return { text: texts[0]! };
  return unknown(
    `it was drawn in several passes with different words (${texts.map((text) => quoted({ text })).join(', ')})`,
  );
}

function same(values: readonly unknown[]): unknown {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** Those that lead to a saved picture; where nothing is saved, to a preview; where neither is there, all. */
function samplersOf(graph: Graph): GraphNode[] {
  const nodes = [...graph.values()];
  const isSampler = (node: GraphNode): boolean =>
    isLinked(node.inputs.get('guider')) || (/sampler/i.test(node.kind) && isLinked(node.inputs.get('positive')));
  const named = nodes.filter(isSampler);
  const samplers =
    named.length > 0
      ? named
      : nodes.filter(
          ({ inputs }) => isLinked(inputs.get('positive')) && (inputs.has('seed') || inputs.has('noise_seed')),
        );
  for (const goal of [/save/i, /preview|output/i]) {
    const ends = nodes.filter(
      ({ kind, inputs }) => goal.test(kind) && isLinked(inputs.get('images') ?? inputs.get('image')),
    );
    if (ends.length === 0) continue;
    const before = upstream(graph, ends);
    const drawing = samplers.filter(({ id }) => before.has(id));
    if (drawing.length > 0) return drawing;
  }
  return samplers;
}

function upstream(graph: Graph, ends: readonly GraphNode[]): Set<string> {
  const seen = new Set(ends.map(({ id }) => id));
  const waiting = [...ends];
  for (let node = waiting.pop(); node !== undefined && seen.size < mostHops; node = waiting.pop()) {
    for (const input of node.inputs.values()) {
      const source = 'from' in input ? graph.get(input.from.node) : undefined;
      if (source === undefined || seen.has(source.id)) continue;
      seen.add(source.id);
      waiting.push(source);
    }
  }
  return seen;
}

function drawingOf(reading: Reading, node: GraphNode): Drawing {
  const { inputs } = node;
  const guider = sourceOf(reading.graph, inputs.get('guider'));
  const given = guider?.inputs ?? inputs;
  const own = (name: string): unknown => reading.plain(inputs.get(name));
  const schedule = sourceOf(reading.graph, inputs.get('sigmas'));
  const chosen = sourceOf(reading.graph, inputs.get('sampler'));
  return {
    positive: positiveOf(reading, given),
    // A guider without a negative draws from none.
    negative: given.has('negative') ? reading.words(given.get('negative')) : { text: '' },
    seed: seedOf(reading, inputs),
    steps: own('steps') ?? reading.plain(schedule?.inputs.get('steps')),
    cfg: reading.plain(given.get('cfg')),
    sampler: own('sampler_name') ?? reading.plain(chosen?.inputs.get('sampler_name')),
    model: modelOf(reading, given.get('model') ?? inputs.get('model')),
  };
}

function positiveOf(reading: Reading, given: GraphNode['inputs']): Told {
  if (given.has('positive')) return reading.words(given.get('positive'));
  if (given.has('conditioning')) return reading.words(given.get('conditioning'));
  // ComfyUI's guider with two prompts.
  if (given.has('cond1') && given.has('cond2')) {
    return agreed([reading.words(given.get('cond1')), reading.words(given.get('cond2'))]);
  }
  return unknown('the words are not connected');
}

/** Of the sampler, or of the node that gives it noise; none where it adds none. */
function seedOf(reading: Reading, inputs: GraphNode['inputs']): unknown {
  const adds = reading.plain(inputs.get('add_noise'));
  if (adds === 'disable' || adds === false) return undefined;
  const noise = sourceOf(reading.graph, inputs.get('noise'))?.inputs.get('noise_seed');
  for (const input of [inputs.get('seed'), inputs.get('noise_seed'), noise]) {
    if (input === undefined) continue;
    return reading.plain(input) ?? null;
  }
  return undefined;
}

/** The file it was loaded from, through whatever changes a model on its way. */
function modelOf(reading: Reading, input: Input | undefined): unknown {
  let node = sourceOf(reading.graph, input);
  for (let hop = 0; node !== undefined && hop < 100; hop++) {
    const { inputs } = node;
    const name = inputs.get('ckpt_name') ?? inputs.get('unet_name') ?? inputs.get('model_name');
    if (name !== undefined) return reading.plain(name);
    node = sourceOf(reading.graph, inputs.get('model'));
  }
  return undefined;
}

/** Where the links do not lead to it: the only one in the graph. */
function onlyModel(graph: Graph): unknown {
  const names = [...graph.values()].flatMap(({ inputs }) => {
    const name = inputs.get('ckpt_name') ?? inputs.get('unet_name');
    return name !== undefined && 'value' in name ? [name.value] : [];
  });
  return names.length === 1 ? names[0] : undefined;
}

/** The node an input is linked to, past reroutes. */
function sourceOf(graph: Graph, input: Input | undefined): GraphNode | undefined {
  let at = input;
  for (let hop = 0; at !== undefined && 'from' in at && hop < 100; hop++) {
    const node = graph.get(at.from.node);
    const passed = node === undefined ? null : passedOn(node);
    if (passed === null) return node;
    at = passed;
  }
  return undefined;
}

function isLinked(input: Input | undefined): boolean {
  return input !== undefined && !('value' in input);
}
