/**
 * Names for the values of a node's widgets: the editor's file keeps them in order, without names. For the classes that are read
 * the order is known; others tell it themselves in files of newer editors.
 */
import { asObject, asText, type Json } from '../json.js';

const sdxlSizes = ['width', 'height', 'crop_w', 'crop_h', 'target_width', 'target_height'];

/** In the order of the class's definition; a seed is followed by what becomes of it after the run. */
const orders = new Map<string, readonly string[]>([
  ['KSampler', ['seed', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise']],
  ['KSamplerAdvanced', ['add_noise', 'noise_seed', 'steps', 'cfg', 'sampler_name', 'scheduler', 'start_at_step', 'end_at_step', 'return_with_leftover_noise']],
  ['SamplerCustom', ['add_noise', 'noise_seed', 'cfg']],
  ['RandomNoise', ['noise_seed']],
  ['CFGGuider', ['cfg']],
  ['BasicScheduler', ['scheduler', 'steps', 'denoise']],
  ['KSamplerSelect', ['sampler_name']],
  ['CheckpointLoaderSimple', ['ckpt_name']],
  ['UNETLoader', ['unet_name', 'weight_dtype']],
  ['CLIPTextEncode', ['text']],
  ['CLIPTextEncodeSDXL', [...sdxlSizes, 'text_g', 'text_l']],
  ['CLIPTextEncodeSDXLRefiner', ['ascore', 'width', 'height', 'text']],
  ['CLIPTextEncodeFlux', ['clip_l', 't5xxl', 'guidance']],
  ['CLIPTextEncodeSD3', ['clip_l', 'clip_g', 't5xxl', 'empty_padding']],
  ['CLIPTextEncodeHiDream', ['clip_l', 'clip_g', 't5xxl', 'llama']],
  ['CLIPTextEncodeHunyuanDiT', ['bert', 'mt5xl']],
  ['CLIPTextEncodePixArtAlpha', ['width', 'height', 'text']],
  ['CLIPTextEncodeLumina2', ['system_prompt', 'user_prompt']],
  ['TextEncodeQwenImageEdit', ['prompt']],
  ['TextEncodeQwenImageEditPlus', ['prompt']],
  ['StringConcatenate', ['string_a', 'string_b', 'delimiter']],
  ['PrimitiveString', ['value']],
  ['PrimitiveStringMultiline', ['value']],
  ['PrimitiveInt', ['value']],
  ['PrimitiveFloat', ['value']],
  ['ConditioningAverage', ['conditioning_to_strength']],
]); // prettier-ignore

/** Texts in which the editor resolves choices and comments before it runs; what it made of them is not in its file. */
const resolved = new Set([
  'text',
  'text_g',
  'text_l',
  'clip_l',
  'clip_g',
  't5xxl',
  'llama',
  'bert',
  'mt5xl',
  'prompt',
  'user_prompt',
  'value',
]);

/** Of a class whose order is known. */
export function widgetNames(kind: string): readonly string[] | null {
  return orders.get(kind) ?? null;
}

/** By name; null where the values cannot be told apart. */
export function widgetValues(kind: string, node: Json): Map<string, unknown> | null {
  const values = node['widgets_values'];
  if (values === undefined || values === null) return new Map();
  if (!Array.isArray(values)) return new Map(Object.entries(asObject(values) ?? {}));
  if (values.length === 0) return new Map();
  // The editor's own node, which stands for a widget of the node it is linked to.
  if (kind === 'PrimitiveNode') return new Map([['value', values[0] as unknown]]);
  const names = orders.get(kind) ?? ownNames(node);
  for (const order of [withControls(names), names]) {
    if (order.length === values.length) return new Map(order.map((name, index) => [name, values[index] as unknown]));
  }
  return null;
}

/** Whether what ran may differ from the text in the editor's file. */
export function isResolvedLater(name: string, value: unknown): boolean {
  return resolved.has(name) && typeof value === 'string' && /[{}]|\/\/|\/\*/.test(value);
}

/** Newer editors list every widget among the inputs, in order. */
function ownNames(node: Json): string[] {
  const inputs = Array.isArray(node['inputs']) ? (node['inputs'] as unknown[]) : [];
  return inputs.flatMap((input) => {
    const one = asObject(input);
    const name = asText(asObject(one?.['widget'])?.['name']);
    return name === null ? [] : [name];
  });
}

function withControls(names: readonly string[]): string[] {
  return names.flatMap((name) =>
    name === 'seed' || name === 'noise_seed' ? [name, 'control_after_generate'] : [name],
  );
}
