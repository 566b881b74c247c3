/**
 * Picture files whose prompt is known, in every form and container that is read. Words that stand elsewhere in a file (negative
 * prompts, models, samplers) are all of `foreignWords`, so that one that ends up in a prompt is seen.
 */
import { deflateSync } from 'node:zlib';
import { encode as encodeJpeg } from 'jpeg-js';
import { encodePng } from '../../src/main/storage/images/images.js';
import { concatenated, pngChunk, withPngTexts } from '../../src/main/storage/images/png-chunks.js';
import { withMetadata } from '../../src/main/storage/records/png-metadata.js';
import type { GenerationSettings } from '../../src/shared/document/document.js';

export interface KnownFile {
  name: string;
  bytes: Uint8Array;
  /** The bytes of its text as they stand in the file. */
  text: Uint8Array;
  /** A PNG: damage to its text does not go unnoticed. */
  isChecked: boolean;
  /** Its text says by numbers alone which words are the prompt: of damage to those nobody could know. */
  isGraph: boolean;
}

export const knownPrompt = 'a lighthouse above calm waves';
export const foreignWords = ['quokka', 'walrus', 'ostrich', 'gecko'];
/** What stands in files around words. */
const [negative, model, sampler] = ['quokka, quokka', 'walrus', 'ostrich'];

const image = { width: 8, height: 8, data: new Uint8Array(256).fill(90) };
export const plainPng = encodePng(image);
const jpeg = new Uint8Array(encodeJpeg({ ...image, data: Buffer.from(image.data) }, 80).data);
/** One pixel, lossless. */
const webpPixels = Buffer.from('VP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0', 'latin1');
const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const json = JSON.stringify;

const comfy = {
  3: { class_type: 'CLIPTextEncode', inputs: { text: negative, clip: ['5', 1] } },
  4: { class_type: 'CLIPTextEncode', inputs: { text: knownPrompt, clip: ['5', 1] } },
  5: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: model } },
  6: { class_type: 'KSampler', inputs: { seed: 1, steps: 20, cfg: 8, sampler_name: sampler, positive: ['4', 0], negative: ['3', 0], model: ['5', 0] } },
}; // prettier-ignore
const workflow = {
  nodes: [
    { id: 3, type: 'CLIPTextEncode', inputs: [], widgets_values: [negative] },
    { id: 4, type: 'CLIPTextEncode', inputs: [], widgets_values: [knownPrompt] },
    { id: 6, type: 'KSampler', inputs: [{ name: 'positive', link: 1 }, { name: 'negative', link: 2 }], widgets_values: [9, 'fixed', 20, 8, sampler, 'gecko', 1] },
  ],
  links: [[1, 4, 0, 6, 0, 'CONDITIONING'], [2, 3, 0, 6, 1, 'CONDITIONING']],
}; // prettier-ignore

/** Several lines, as AUTOMATIC1111 has them, with and without a negative prompt. */
const line = `Steps: 20, Sampler: ${sampler}, CFG scale: 7, Seed: 5, Size: 8x8, Model: ${model}, Version: gecko`;
const parameters = `${knownPrompt}\nNegative prompt: ${negative}\n${line}`;
const swarm = json({ sui_image_params: { prompt: knownPrompt, negativeprompt: negative, seed: 5, model }, sui_extra_data: { gecko: 'gecko' } }); // prettier-ignore
const fooocus = json({ negative_prompt: negative, prompt: knownPrompt, base_model: model, performance: 'gecko', version: 'Fooocus v2.5.0' }); // prettier-ignore
const novelAi = json({ prompt: knownPrompt, uc: negative, seed: 5, sampler });
const drawThings = json({ c: knownPrompt, uc: negative, sampler, model });

/** Texts in PNG, by their keywords; the first of each is the one whose prompt it is. */
const inPng: [name: string, texts: Record<string, string>][] = [
  ['AUTOMATIC1111', { parameters }],
  ['AUTOMATIC1111 without a negative prompt', { parameters: `${knownPrompt}\n${line}` }],
  ['AUTOMATIC1111 with a line after the settings', { parameters: `${parameters}\nTemplate: gecko` }],
  ['ComfyUI', { prompt: json(comfy), workflow: json(workflow) }],
  ['ComfyUI’s editor', { workflow: json(workflow) }],
  ['SwarmUI', { parameters: swarm }],
  ['Fooocus', { parameters: fooocus, fooocus_scheme: 'fooocus' }],
  ['NovelAI', { Comment: novelAi, Description: knownPrompt, Software: 'NovelAI', Source: 'gecko' }],
  ['InvokeAI', { invokeai_metadata: json({ positive_prompt: knownPrompt, negative_prompt: negative, model: { name: model }, scheduler: sampler }) }],
  ['InvokeAI 2', { 'sd-metadata': json({ model_weights: model, image: { prompt: [{ prompt: `${knownPrompt} [quokka]`, weight: 1 }], sampler } }), Dream: `"${knownPrompt} [quokka]" -s 50 -A ostrich` }],
  ['Easy Diffusion', { prompt: knownPrompt, negative_prompt: negative, sampler_name: sampler }],
]; // prettier-ignore

export const knownFiles: KnownFile[] = [
  ...inPng.map(([name, texts]) => pngFile(name, texts)),
  ...inPng.slice(0, 2).map(([name, texts]) => packedPng(name, texts['parameters']!)),
  ...(['little', 'big', 'ascii'] as const).flatMap((encoding) => [
    unchecked(`AUTOMATIC1111 in JPEG, ${encoding}`, comment(parameters, encoding), inJpeg),
    unchecked(`AUTOMATIC1111 in WebP, ${encoding}`, comment(parameters, encoding), inWebp),
  ]),
  unchecked('AUTOMATIC1111 without a negative prompt in JPEG', comment(`${knownPrompt}\n${line}`, 'little'), inJpeg),
  unchecked('SwarmUI in JPEG', comment(swarm, 'little'), inJpeg),
  unchecked('NovelAI in WebP', comment(json({ Software: 'NovelAI', Description: knownPrompt, Comment: novelAi }), 'ascii'), inWebp), // prettier-ignore
  unchecked('Draw Things in JPEG', packet(drawThings), xmpInJpeg),
  { ...unchecked('ComfyUI in WebP', { tag: 0x0110, value: latin(`prompt:${json(comfy)}\0`) }, inWebp), isGraph: true },
  { name: 'AUTOMATIC1111 in a PNG’s EXIF', isChecked: true, isGraph: false, ...inPngExif(comment(parameters, 'big')) },
  { name: 'our own', isChecked: true, isGraph: false, text: latin(knownPrompt), bytes: ownFile() },
];

function pngFile(name: string, texts: Record<string, string>): KnownFile {
  const entries = Object.entries(texts).map(([keyword, text]) => ({ keyword, text }));
  return {
    name,
    isChecked: true,
    isGraph: false,
    text: latin(entries[0]!.text),
    bytes: withPngTexts(plainPng, entries),
  };
}

/** zTXt, behind the pixels. */
function packedPng(name: string, text: string): KnownFile {
  const packed = deflateSync(Buffer.from(text));
  const chunk = pngChunk('zTXt', concatenated([latin('parameters\0\0'), packed]));
  const bytes = concatenated([plainPng.subarray(0, -12), chunk, plainPng.subarray(-12)]);
  return { name: `${name}, packed`, isChecked: true, isGraph: false, text: packed, bytes };
}

interface ExifValue {
  tag: number;
  value: Uint8Array;
}

function unchecked<Value extends { value: Uint8Array }>(
  name: string,
  value: Value,
  into: (value: Value) => Uint8Array,
): KnownFile {
  // prettier-ignore
  return { name, isChecked: false, isGraph: false, text: value.value, bytes: into(value) };
}

export function comment(text: string, encoding: 'little' | 'big' | 'ascii'): ExifValue {
  if (encoding === 'ascii') return { tag: 0x9286, value: concatenated([latin('ASCII\0\0\0'), Buffer.from(text)]) };
  const body = Buffer.from(text, 'utf16le');
  if (encoding === 'big') body.swap16();
  return { tag: 0x9286, value: concatenated([latin('UNICODE\0'), body]) };
}

/** A TIFF block with one directory, or two for a UserComment, then other texts behind it. */
export function exif({ tag, value }: ExifValue): Uint8Array {
  const make = latin('gecko gecko\0');
  const directory = (entries: [tag: number, type: number, count: number, value: number][]): Uint8Array => {
    const bytes = Buffer.alloc(2 + 12 * entries.length + 4);
    bytes.writeUInt16BE(entries.length);
    for (const [index, [one, type, count, at]] of entries.entries()) {
      bytes.writeUInt16BE(one, 2 + 12 * index);
      bytes.writeUInt16BE(type, 4 + 12 * index);
      bytes.writeUInt32BE(count, 6 + 12 * index);
      bytes.writeUInt32BE(at, 10 + 12 * index);
    }
    return bytes;
  };
  const head = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8);
  const isInner = tag === 0x9286;
  const [first, second] = [2 + 12 * 2 + 4, 2 + 12 + 4];
  const inner = 8 + first;
  const makeAt = inner + (isInner ? second : 0);
  const valueAt = makeAt + make.length;
  const own: [number, number, number, number] = [tag, isInner ? 7 : 2, value.length, valueAt];
  const entries: [number, number, number, number][] = [[0x010f, 2, make.length, makeAt], isInner ? [0x8769, 4, 1, inner] : own]; // prettier-ignore
  return concatenated([head, directory(entries), ...(isInner ? [directory([own])] : []), make, value]);
}

function segment(...parts: Uint8Array[]): Uint8Array {
  const data = concatenated(parts);
  return concatenated([Uint8Array.of(0xff, 0xe1, (data.length + 2) >> 8, (data.length + 2) & 255), data]);
}

function inJpeg(value: ExifValue): Uint8Array {
  return concatenated([jpeg.subarray(0, 2), segment(latin('Exif\0\0'), exif(value)), jpeg.subarray(2)]);
}

export function packet(text: string): { value: Uint8Array } {
  const escaped = text.replaceAll('"', '&quot;');
  const body = `<x:xmpmeta><rdf:RDF><rdf:Description><exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">${escaped}</rdf:li></rdf:Alt></exif:UserComment></rdf:Description></rdf:RDF></x:xmpmeta>`;
  return { value: latin(body) };
}

function xmpInJpeg({ value }: { value: Uint8Array }): Uint8Array {
  return concatenated([jpeg.subarray(0, 2), segment(latin('http://ns.adobe.com/xap/1.0/\0'), value), jpeg.subarray(2)]);
}

function inPngExif(value: ExifValue): { text: Uint8Array; bytes: Uint8Array } {
  const bytes = concatenated([plainPng.subarray(0, 33), pngChunk('eXIf', exif(value)), plainPng.subarray(33)]);
  return { text: value.value, bytes };
}

function inWebp(value: ExifValue): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const head = Buffer.alloc(8);
    head.write(type);
    head.writeUInt32LE(data.length, 4);
    return concatenated([head, data, new Uint8Array(data.length % 2)]);
  };
  const head = Uint8Array.of(0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  return chunk('RIFF', concatenated([latin('WEBP'), chunk('VP8X', head), webpPixels, chunk('EXIF', exif(value))]));
}

/** Edited, so that the words of what it was made from are not its own. */
function ownFile(): Uint8Array {
  const settings: GenerationSettings = { steps: 8, tokenGuidance: 1, textGuidance: 2, temperature: 1, topK: 0 };
  const common = { tokens: null, createdAt: '2026-01-01T00:00:00.000Z' };
  const pack = 'walrus@1.0.0';
  const before = { kind: 'generated' as const, prompt: 'a gecko', seed: 1, settings, pack };
  const origin = { kind: 'edited' as const, instruction: knownPrompt, seed: 2, settings, pack, parentId: 'a' };
  const picture = { ...common, id: 'b', name: 'gecko', origin, description: 'gecko', answers: [] };
  const record = { picture, earlier: [{ ...common, id: 'a', name: 'gecko', origin: before }] };
  return withMetadata(plainPng, image, record, 'gecko');
}
