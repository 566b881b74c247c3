/**
 * Every reader of what comes from outside, against damaged, spliced and inflated inputs: each ends with a value or with an error
 * of its own. `npm run fuzz -- readers` runs this long, and says how slow the slowest input was and how much memory it took.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { encode as encodeJpeg } from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { externalDataOf } from '../../src/main/engine/pack/external-data.js';
import { parseManifest } from '../../src/main/engine/pack/pack-manifest.js';
import { tokenizerFault } from '../../src/main/engine/pack/tokenizer-check.js';
import { isWithinBounds } from '../../src/main/hosts/web/message-bounds.js';
import { pictureTasks } from '../../src/main/pictures/picture-tasks.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import { withPngTexts } from '../../src/main/storage/images/png-chunks.js';
import { GifWriter } from '../../src/shared/pictures/gif.js';
import { messageLimits } from '../../src/shared/limits.js';
import { StudioError } from '../../src/shared/errors.js';
import { parseMethod, parseParameters } from '../../src/main/validation/validation.js';
import { fuzzRuns, runs } from '../property-runs.js';
import { change, changed } from './changes.js';
import { exifBlock, inJpeg, inPng, inWebp } from './pictures-that-say.js';
import { pngWith } from '../../tools/withstand/crafted-pictures.js';
import { exifChunk } from '../../tools/withstand/crafted-containers.js';
import { profileChunk, soundProfiles } from '../../tools/withstand/crafted-profiles.js';

const packs = join(import.meta.dirname, '../../resources/packs');
const pack = join(packs, readdirSync(packs)[0]!);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

interface Reader {
  seeds: () => Uint8Array[];
  read: (bytes: Uint8Array) => unknown;
  /** Errors that are an answer; anything else that is thrown is a crash. */
  isAnswer: (error: unknown) => boolean;
}

const image = { width: 24, height: 17, data: Uint8Array.from({ length: 24 * 17 * 4 }, (_, at) => (at * 37) % 256) };
const jpeg = (quality: number): Uint8Array =>
  new Uint8Array(encodeJpeg({ ...image, data: Buffer.from(image.data) }, quality).data);
const brought = join(import.meta.dirname, '../brought');
/** Two frames of two colours. */
const writer = new GifWriter(image.width, image.height, Uint8Array.of(0, 0, 0, 255, 255, 255));
writer.add(image, 100);
writer.add({ ...image, data: image.data.toReversed() }, 100);
const gif = writer.finish();
const comfy = JSON.stringify({
  1: { class_type: 'KSampler', inputs: { seed: 1, positive: ['2', 0], negative: ['2', 0], model: ['3', 0] } },
  2: { class_type: 'CLIPTextEncode', inputs: { text: 'a boat', clip: ['3', 1] } },
  3: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'm' } },
});
const parameters =
  'a boat\nNegative prompt: grey\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 8x8, Model: m';
const texts = [
  { keyword: 'prompt', text: comfy },
  { keyword: 'parameters', text: parameters },
  { keyword: 'invokeai_metadata', text: '{"positive_prompt":"a boat","seed":3,"steps":20}' },
  { keyword: 'Comment', text: '{"prompt":"a boat","steps":28,"seed":4}' },
];
const isStudioError = (error: unknown): boolean => error instanceof StudioError;
const isError = (error: unknown): boolean => error instanceof Error && !(error instanceof RangeError);

const readers: Record<string, Reader> = {
  'PNG pictures': {
    seeds: () => [encodePng(image), withPngTexts(encodePng(image), texts), inPng(encodePng(image))],
    read: (bytes) => pictureTasks.read({ bytes }),
    isAnswer: isStudioError,
  },
  'JPEG pictures': {
    seeds: () => [jpeg(90), jpeg(20), inJpeg(jpeg(90))],
    read: (bytes) => pictureTasks.read({ bytes }),
    isAnswer: isStudioError,
  },
  'GIF pictures': {
    seeds: () => [gif],
    read: (bytes) => pictureTasks.read({ bytes }),
    isAnswer: isStudioError,
  },
  'WebP pictures': {
    seeds: () => [
      ...['i02-a1111.webp', 'i05-webp-named.png'].map((name) => readFileSync(join(brought, name))),
      inWebp(),
    ],
    read: (bytes) => pictureTasks.read({ bytes }),
    isAnswer: isStudioError,
  },
  // By themselves: in a PNG's checksums and packed bytes most damage would end before they are looked at.
  'colour profiles': {
    seeds: () => soundProfiles.map(([, profile]) => profile),
    read: (bytes) => pictureTasks.read({ bytes: pngWith(profileChunk(bytes)) }),
    isAnswer: () => false,
  },
  'EXIF blocks': {
    seeds: () => [exifBlock],
    read: (bytes) => pictureTasks.read({ bytes: pngWith(exifChunk(bytes)) }),
    isAnswer: () => false,
  },
  'words in pictures': {
    seeds: () => texts.map(({ text }) => bytesOf(text)),
    read: (bytes) => {
      const png = encodePng({ width: 1, height: 1, data: new Uint8Array(4) });
      const said = textOf(bytes);
      return pictureTasks.read({
        bytes: withPngTexts(
          png,
          texts.map(({ keyword }) => ({ keyword, text: said })),
        ),
      });
    },
    isAnswer: () => false,
  },
  'pack.json': {
    seeds: () => [readFileSync(join(pack, 'pack.json')).subarray(0, 4000), readFileSync(join(pack, 'pack.json'))],
    read: (bytes) => parseManifest(textOf(bytes)),
    isAnswer: () => false,
  },
  'tokenizer.json': {
    seeds: () => [
      readFileSync(join(pack, 'tokenizer.json')),
      bytesOf(
        '{"model":{"vocab":{"a":0}},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a+)?b|\\\\s+(?!\\\\S)"}}}',
      ),
    ],
    read: (bytes) => tokenizerFault(textOf(bytes)),
    isAnswer: () => false,
  },
  graphs: {
    seeds: () => [
      Uint8Array.of(0x3a, 14, 0x2a, 12, 0x6a, 10, 0x0a, 8, ...bytesOf('location'), 0x12, 0),
      readFileSync(join(pack, 'decoder.onnx')).subarray(0, 20_000),
    ],
    read: async (bytes) => {
      writeFileSync(graph, bytes);
      return externalDataOf(graph);
    },
    isAnswer: isError,
  },
  messages: {
    seeds: () => [
      encode({
        id: 1,
        method: 'commit',
        parameters: { transaction: { label: 'x', operations: [{ a: [1, [2, [3]]] }] } },
      }),
      encode({ id: 2, method: 'importImage', parameters: { bytes: new Uint8Array(40), fileName: 'a.png' } }),
    ],
    read: (bytes) => {
      if (!isWithinBounds(bytes, messageLimits)) return null;
      const { method, parameters: given } = Object(decode(bytes)) as { method?: unknown; parameters?: unknown };
      return parseParameters(parseMethod(method), given);
    },
    // What MessagePack itself refuses is caught where it is decoded.
    isAnswer: (error) => isStudioError(error) || isError(error) || String(error).includes('DataView'),
  },
};

let folder: string;
let graph: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-readers-'));
  graph = join(folder, 'graph.onnx');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(readers))('%s', (name, { seeds, read, isAnswer }) => {
  test('any damage ends with a value or an error of its own', async () => {
    const all = seeds();
    let slowest = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(all.length - 1),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (seed, changes) => {
          const bytes = changed(Uint8Array.from(all[seed]!), changes);
          const before = process.cpuUsage().user;
          try {
            await read(bytes);
          } catch (error) {
            if (!isAnswer(error)) throw error;
          }
          slowest = Math.max(slowest, (process.cpuUsage().user - before) / 1e6);
        },
      ),
      { numRuns: runs(60, 1) },
    );
    if (fuzzRuns === null) return;
    // A measurement, made only by `npm run fuzz`: seconds of the processor, which a busy machine does not lengthen much.
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    console.log(`${name}: ${fuzzRuns} inputs, the slowest ${slowest.toFixed(2)} s, ${megabytes} MB at most`);
    expect(slowest).toBeLessThan(2);
    expect(megabytes).toBeLessThan(1024);
  });
});
