/**
 * Nodes that turn texts into what a sampler is given ("conditioning"), and those that pass it on: which words are in it. Of
 * ComfyUI itself (`nodes.py`, `comfy_extras/nodes_*.py`) and the collections most in use.
 */
import { shortened } from '../../../../shared/text/cut-text.js';
import { unknown, type Told } from '../foreign-recipe.js';
import type { GraphNode } from './graph.js';
import type { NodeReading, Rule } from './reading.js';

/** Text encoders: the inputs that hold the prompt, for each of the model's encoders one. */
const encoders: Record<string, readonly string[]> = {
  CLIPTextEncode: ['text'],
  CLIPTextEncodeSDXL: ['text_g', 'text_l'],
  CLIPTextEncodeSDXLRefiner: ['text'],
  CLIPTextEncodeFlux: ['clip_l', 't5xxl'],
  CLIPTextEncodeSD3: ['clip_l', 'clip_g', 't5xxl'],
  CLIPTextEncodeHiDream: ['clip_l', 'clip_g', 't5xxl', 'llama'],
  CLIPTextEncodeHunyuanDiT: ['bert', 'mt5xl'],
  CLIPTextEncodeKandinsky5: ['clip_l', 'qwen25_7b'],
  CLIPTextEncodePixArtAlpha: ['text'],
  CLIPTextEncodeLumina2: ['user_prompt'],
  CLIPTextEncodeControlnet: ['text'],
  TextEncodeQwenImageEdit: ['prompt'],
  TextEncodeQwenImageEditPlus: ['prompt'],
  TextEncodeHunyuanVideo_ImageToVideo: ['prompt'],
  BNK_CLIPTextEncodeAdvanced: ['text'],
  BNK_CLIPTextEncodeSDXLAdvanced: ['text_g', 'text_l'],
  ImpactWildcardEncode: ['populated_text'],
};

/** One conditioning in, the same words out, at whichever output carries conditioning. */
const passing = new Map([
  ...[
    'FluxGuidance',
    'FluxDisableGuidance',
    'FluxKontextMultiReferenceLatentMethod',
    'ReferenceLatent',
    'ConditioningSetArea',
    'ConditioningSetAreaPercentage',
    'ConditioningSetAreaStrength',
    'ConditioningSetMask',
    'ConditioningSetTimestepRange',
    'ControlNetApply',
    'StyleModelApply',
    'unCLIPConditioning',
    'StableCascade_StageB_Conditioning',
  ].map((kind): [string, string] => [kind, 'conditioning']),
  ['ConditioningSetProperties', 'cond_NEW'],
]);

/** Positive and negative in; the outputs that carry them. */
const pairs: Record<string, readonly [positive: number, negative: number]> = {
  ...Object.fromEntries(
    [
      'ControlNetApplyAdvanced',
      'ControlNetApplySD3',
      'ControlNetInpaintingAliMamaApply',
      'ACN_AdvancedControlNetApply',
      'ACN_AdvancedControlNetApply_v2',
      'InpaintModelConditioning',
      'InstructPixToPixConditioning',
      'SD_4XUpscale_Conditioning',
      'LTXVConditioning',
      'LTXVImgToVideo',
      'LTXVAddGuide',
      'WanImageToVideo',
      'WanFunControlToVideo',
      'WanFirstLastFrameToVideo',
      'WanVaceToVideo',
      'WanCameraImageToVideo',
    ].map((kind) => [kind, [0, 1] as const]),
  ),
  ApplyInstantID: [1, 2],
};

const rules: Record<string, Rule> = {
  ConditioningZeroOut: () => ({ text: '' }),
  ConditioningCombine: (node) => oneOf(conditionings(node)),
  ConditioningMultiCombine: (node) => oneOf(conditionings(node)),
  ConditioningConcat: (node) => oneOf(toAndFrom(node)),
  ConditioningAverage: averaged,
  'Efficient Loader': (node, slot) => node.text(slot === 1 ? 'positive' : slot === 2 ? 'negative' : ''),
};

export function wordsRule(kind: string, node: GraphNode): Rule | null {
  if (Object.hasOwn(rules, kind)) return rules[kind]!;
  if (Object.hasOwn(encoders, kind)) return (reading) => encoded(reading, encoders[kind]!);
  if (Object.hasOwn(pairs, kind)) return (reading, slot) => paired(reading, slot, pairs[kind]!);
  const passed = passing.get(kind) ?? onlyConditioning(node);
  if (passed !== null) return ({ words }) => words(passed);
  const text = onlyEncoded(kind, node);
  return text === null ? null : (reading) => reading.text(text);
}

function encoded(node: NodeReading, names: readonly string[]): Told {
  const given = names.filter((name) => node.has(name));
  if (given.length === 0) return unknown('a text is missing');
  const told = given.map((name) => node.text(name));
  const lost = told.find((one) => 'unknown' in one);
  if (lost !== undefined) return lost;
  const texts = distinct(told);
  if (texts.length <= 1) return { text: texts[0] ?? '' };
  const shown = given.map((name, index) => `${name} ${quoted(told[index]!)}`).join(', ');
  return unknown(`its text encoders were given different texts (${shown})`);
}

function paired(node: NodeReading, slot: number, [positive, negative]: readonly [number, number]): Told {
  if (slot === positive) return node.words('positive');
  return slot === negative ? node.words('negative') : unknown('a link leads to an output that is not known');
}

/** `conditioning_to_strength` says how much of the first there is. */
function averaged(node: NodeReading): Told {
  const strength = node.plain('conditioning_to_strength');
  if (strength === 1) return node.words('conditioning_to');
  return strength === 0 ? node.words('conditioning_from') : oneOf(toAndFrom(node));
}

function toAndFrom(node: NodeReading): Told[] {
  return [node.words('conditioning_to'), node.words('conditioning_from')];
}

function conditionings(node: NodeReading): Told[] {
  return node.names.filter((name) => /^conditioning_\d+$/.test(name)).map((name) => node.words(name));
}

/** Several prompts that a picture was drawn from at once are not one prompt, unless they say the same. */
function oneOf(told: readonly Told[]): Told {
  const lost = told.find((one) => 'unknown' in one);
  if (lost !== undefined) return lost;
  const texts = distinct(told);
  if (texts.length <= 1) return { text: texts[0] ?? '' };
  return unknown(`it was drawn from several prompts at once (${texts.map((text) => quoted({ text })).join(', ')})`);
}

function distinct(told: readonly Told[]): string[] {
  return [...new Set(told.map((one) => ('text' in one ? one.text.trim() : '')))].filter((text) => text !== '');
}

export function quoted(told: Told): string {
  const text = 'text' in told ? told.text.trim().replaceAll(/\s+/g, ' ') : '?';
  return `“${shortened(text, 120)}”`;
}

/** A class that is not listed, with one conditioning and no text: it cannot change the words. */
function onlyConditioning({ inputs }: GraphNode): string | null {
  const names = [...inputs.keys()];
  const isAlone = names.every(
    (name) => name === 'conditioning' || !/cond|positive|negative|text|prompt|string/i.test(name),
  );
  const input = inputs.get('conditioning');
  return isAlone && input !== undefined && 'from' in input ? 'conditioning' : null;
}

/** An encoder that is not listed, with one text and nothing else that could hold words. */
function onlyEncoded(kind: string, { inputs }: GraphNode): string | null {
  if (!/Text_?Encode/i.test(kind)) return null;
  const texts = [...inputs].filter(
    ([name, input]) =>
      /text|prompt|style|prefix|suffix|template|cond|clip_|t5/i.test(name) ||
      ('value' in input && typeof input.value === 'string' && input.value.length > 40),
  );
  const [only, ...others] = texts.map(([name]) => name);
  return others.length === 0 && (only === 'text' || only === 'prompt') ? only : null;
}
