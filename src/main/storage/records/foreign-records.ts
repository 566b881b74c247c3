/**
 * Recipes that other programs leave in their PNG files, as far as this studio can use them: words, seed, model. What they
 * write was looked up in files they made; none of it is trusted, and what does not fit is passed over.
 */
import { parseBoundedJson } from '../../../shared/bounded-json.js';
import type { ImageRecipe, MetadataSource } from '../../../shared/image-metadata.js';
import type { PngText } from '../images/png-chunks.js';
import { parseParameters } from './parameters-text.js';

export interface ForeignMetadata {
  source: Exclude<MetadataSource, 'ddt-studio'>;
  recipe: ImageRecipe;
}

type Json = Record<string, unknown>;

const longestText = 2000;
const largestSeed = 0xffffffff;
/** `png-chunks.ts` has counted the bytes; graphs of other programs are a few levels deep. */
const foreignBounds = { characters: 4 * 1024 * 1024, depth: 200 };
/** Links followed from a sampler to its words; real graphs need a handful. */
const mostLinks = 64;

/** The first of the known kinds that says something, the most explicit first; null without one. */
export function readForeign(texts: readonly PngText[]): ForeignMetadata | null {
  const get = (keyword: string): string | null => texts.find((text) => text.keyword === keyword)?.text ?? null;
  const invoke = readInvoke(objectOf(get('invokeai_metadata')) ?? objectOf(get('sd-metadata')));
  if (invoke !== null) return { source: 'invokeai', recipe: invoke };
  const comfy = readComfyPrompt(objectOf(get('prompt'))) ?? readComfyWorkflow(objectOf(get('workflow')));
  if (comfy !== null) return { source: 'comfyui', recipe: comfy };
  const parameters = get('parameters');
  const recipe = parameters === null ? null : parseParameters(parameters);
  return recipe === null ? null : { source: 'automatic1111', recipe };
}

/** Flat fields since version 3, `image` with a list of prompts before. */
function readInvoke(metadata: Json | null): ImageRecipe | null {
  if (metadata === null) return null;
  const image = asObject(metadata['image']) ?? metadata;
  const prompt = image['positive_prompt'] ?? image['prompt'];
  const words = Array.isArray(prompt) ? asObject(prompt[0])?.['prompt'] : prompt;
  const model = asObject(metadata['model']);
  return recipeOf(words, image['seed'], model?.['name'] ?? model?.['model_name'] ?? metadata['model_weights'], {
    'Negative prompt': image['negative_prompt'],
    Steps: image['steps'],
    'CFG scale': image['cfg_scale'],
    Sampler: image['scheduler'] ?? image['sampler'],
  });
}

/** The graph that was run: node id → class and inputs; an input is a value or the link [node id, output]. */
function readComfyPrompt(graph: Json | null): ImageRecipe | null {
  if (graph === null) return null;
  const nodes = Object.entries(graph).flatMap(([id, node]) => {
    const inputs = asObject(asObject(node)?.['inputs']);
    const kind = asObject(node)?.['class_type'];
    return inputs !== null && typeof kind === 'string' ? [{ id, kind, inputs }] : [];
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sampler =
    nodes.find(({ inputs }) => isLink(inputs['positive'])) ?? nodes.find(({ kind }) => /Sampler/.test(kind));
  const encoder = nodes.find(({ kind, inputs }) => /TextEncode/.test(kind) && hasWords(inputs));

  /** The first words reached from an input, nearest nodes first. */
  const wordsFrom = (start: unknown): string | null => {
    const waiting = [start];
    const seen = new Set<string>();
    for (let at = 0; at < waiting.length && at < mostLinks; at++) {
      const input = waiting[at];
      if (typeof input === 'string' && input.trim() !== '') return input;
      if (!isLink(input) || seen.has(String(input[0]))) continue;
      seen.add(String(input[0]));
      const inputs = byId.get(String(input[0]))?.inputs;
      if (inputs === undefined) continue;
      for (const name of wordInputs) if (name in inputs) waiting.push(inputs[name]);
      for (const value of Object.values(inputs)) if (isLink(value) && waiting.length < mostLinks) waiting.push(value);
    }
    return null;
  };
  const anywhere = (...names: string[]): unknown =>
    nodes.flatMap(({ inputs }) => names.map((name) => inputs[name])).find((value) => isPlain(value));

  return recipeOf(
    wordsFrom(sampler?.inputs['positive']) ?? wordsFrom(encoder?.inputs['text']),
    [sampler?.inputs['seed'], sampler?.inputs['noise_seed'], anywhere('seed', 'noise_seed')].find(isPlain),
    anywhere('ckpt_name', 'unet_name'),
    {
      'Negative prompt': wordsFrom(sampler?.inputs['negative']),
      Steps: sampler?.inputs['steps'] ?? anywhere('steps'),
      'CFG scale': sampler?.inputs['cfg'],
      Sampler: sampler?.inputs['sampler_name'] ?? anywhere('sampler_name'),
    },
  );
}

const wordInputs = ['text', 'string', 'value', 'prompt', 'positive'];

function hasWords(inputs: Json): boolean {
  return wordInputs.some((name) => typeof inputs[name] === 'string' || isLink(inputs[name]));
}

/** The editor's own file, only where the graph that was run is absent: widgets in order, without names. */
function readComfyWorkflow(workflow: Json | null): ImageRecipe | null {
  if (workflow === null || !Array.isArray(workflow['nodes'])) return null;
  const nodes = (workflow['nodes'] as unknown[]).map(asObject).filter((node) => node !== null);
  const widgets = (type: RegExp): unknown[] => {
    const values = nodes.find((node) => typeof node['type'] === 'string' && type.test(node['type']))?.[
      'widgets_values'
    ];
    return Array.isArray(values) ? (values as unknown[]) : [];
  };
  return recipeOf(widgets(/TextEncode/)[0], widgets(/^KSampler/).find(isSeedLike), widgets(/CheckpointLoader/)[0], {});
}

/** Null when there are no words: then there is nothing to recall. */
function recipeOf(words: unknown, seed: unknown, model: unknown, facts: Record<string, unknown>): ImageRecipe | null {
  if (typeof words !== 'string' || words.trim() === '') return null;
  const known = Number(isPlain(seed) ? seed : Number.NaN);
  return {
    task: 'generate',
    text: words.trim().slice(0, longestText),
    seed: Number.isInteger(known) && known >= 0 && known <= largestSeed ? known : null,
    settings: null,
    model: typeof model === 'string' && model !== '' ? model.slice(0, 200) : null,
    facts: Object.entries(facts).flatMap(([name, value]): [string, string][] =>
      isPlain(value) ? [[name, String(value).slice(0, longestText)]] : [],
    ),
  };
}

function isSeedLike(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isPlain(value: unknown): value is string | number {
  return (typeof value === 'string' && value.trim() !== '') || (typeof value === 'number' && Number.isFinite(value));
}

function isLink(value: unknown): value is [string | number, number] {
  return Array.isArray(value) && value.length === 2 && isPlain(value[0]) && typeof value[1] === 'number';
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function objectOf(json: string | null): Json | null {
  if (json === null) return null;
  // ComfyUI writes NaN, which is no JSON.
  return asObject(parsed(json) ?? parsed(json.replaceAll(/([[:,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, '$1null')));
}

function parsed(json: string): unknown {
  try {
    return parseBoundedJson(json, foreignBounds);
  } catch {
    return null;
  }
}
