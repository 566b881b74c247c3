/** PNG files of other programs, as a whole: from their chunks to words, seed and settings. */
import { describe, expect, test } from 'vitest';
import type { ImageMetadata } from '../../../shared/document/image-metadata.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { encodePng } from '../images/images.js';
import { withPngTexts } from '../images/png-chunks.js';
import { readMetadata } from './png-metadata.js';

const image: RasterImage = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, at) => (at * 11) % 256) };
const png = encodePng(image);
const texts = (...entries: [keyword: string, text: string][]): Uint8Array =>
  withPngTexts(
    png,
    entries.map(([keyword, text]) => ({ keyword, text })),
  );
const read = (bytes: Uint8Array): ImageMetadata | null => readMetadata(bytes, image);

describe('files of other programs', () => {
  test('AUTOMATIC1111, with several lines, a negative prompt and quoted values', () => {
    const found = read(
      texts([
        'parameters',
        'a castle, (high detail:1.2)\nat dawn\nNegative prompt: blurry,\nlow quality\n' +
          'Steps: 20, Sampler: DPM++ 2M, CFG scale: 7, Seed: 1234567890, Size: 512x768, Model: "a, b: c", Version: v1.9.0',
      ]),
    );
    expect(found).toEqual({
      source: 'automatic1111',
      record: null,
      recipe: {
        task: 'generate',
        text: 'a castle, (high detail:1.2)\nat dawn',
        seed: 1234567890,
        settings: null,
        model: 'a, b: c',
        facts: [
          ['Negative prompt', 'blurry,\nlow quality'],
          ['Steps', '20'],
          ['CFG scale', '7'],
          ['Sampler', 'DPM++ 2M'],
        ],
      },
      faults: [],
    });
  });

  test('a prompt without settings keeps its last line; a seed too large is left out and said', () => {
    expect(read(texts(['parameters', 'a fish: blue']))?.recipe?.text).toBe('a fish: blue');
    const large = read(texts(['parameters', 'x\nSteps: 1, Sampler: a, Seed: 18446744073709551615']));
    expect(large?.recipe).toMatchObject({ text: 'x', seed: null });
    expect(large?.faults).toEqual([expect.stringContaining('Its seed 18446744073709551615 cannot be used here')]);
  });

  test('hostile texts say nothing and throw nothing', () => {
    expect(read(texts(['parameters', `x\n${'a '.repeat(200_000)}`]))?.recipe?.text).toMatch(/^x\na a/);
    expect(read(texts(['prompt', `{"a":${'['.repeat(1_000_000)}`]))).toBeNull();
    expect(read(texts(['ddt-studio', '['.repeat(1_000_000)]))?.faults).toEqual([
      'Its DDT Studio record cannot be read: it is nested more than 32 deep.',
    ]);
  });

  test('ComfyUI: a node with hundreds of thousands of links is not followed into each', () => {
    const many = Object.fromEntries(Array.from({ length: 250_000 }, (_, index) => [`i${index}`, ['2', 0]]));
    const graph = {
      1: { class_type: 'KSampler', inputs: { positive: ['3', 0] } },
      2: { class_type: 'X', inputs: {} },
      3: { class_type: 'Y', inputs: many },
    };
    expect(read(texts(['prompt', JSON.stringify(graph)]))).toMatchObject({ recipe: null });
  });

  test('ComfyUI: words are found through links, the negative ones apart', () => {
    const graph = {
      1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'model.safetensors' } },
      2: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['1', 1] } },
      3: { class_type: 'PrimitiveString', inputs: { value: 'a boat at sea' } },
      4: { class_type: 'CLIPTextEncode', inputs: { text: ['3', 0], clip: ['1', 1] } },
      5: { class_type: 'ConditioningCombine', inputs: { conditioning_1: ['4', 0], conditioning_2: ['4', 0] } },
      6: { class_type: 'KSampler', inputs: { seed: 42, steps: 20, cfg: 8, sampler_name: 'euler', positive: ['5', 0], negative: ['2', 0] } },
    }; // prettier-ignore
    expect(read(texts(['prompt', JSON.stringify(graph)], ['workflow', '{}']))).toMatchObject({
      source: 'comfyui',
      recipe: {
        text: 'a boat at sea',
        seed: 42,
        model: 'model.safetensors',
        facts: [['Negative prompt', 'blurry'], ['Steps', '20'], ['CFG scale', '8'], ['Sampler', 'euler']],
      },
    }); // prettier-ignore
  });

  test('ComfyUI: NaN in the graph, and a workflow without the graph that was run', () => {
    const withNaN = '{"1":{"class_type":"KSampler","inputs":{"seed":1,"x":NaN,"positive":["2",0]}},"2":{"class_type":"CLIPTextEncode","inputs":{"text":"a sun"}}}'; // prettier-ignore
    expect(read(texts(['prompt', withNaN]))?.recipe).toMatchObject({ text: 'a sun', seed: 1 });
    const workflow = {
      nodes: [
        { id: 1, type: 'KSampler', widgets_values: [9, 'fixed', 20, 8, 'euler', 'normal', 1], inputs: [{ name: 'positive', link: 1 }] },
        { id: 2, type: 'CLIPTextEncode', widgets_values: ['a moon'] },
        null,
      ],
      links: [[1, 2, 0, 1, 0, 'CONDITIONING']],
    }; // prettier-ignore
    expect(read(texts(['workflow', JSON.stringify(workflow)]))?.recipe).toMatchObject({ text: 'a moon', seed: 9 });
    // Which of the texts is the prompt is said by links alone.
    const unlinked = read(texts(['workflow', JSON.stringify({ ...workflow, links: [] })]));
    expect(unlinked).toMatchObject({ recipe: null, faults: [expect.stringContaining('cannot be told')] });
  });

  test('InvokeAI, now and before', () => {
    const now = { positive_prompt: 'a tree', negative_prompt: '', seed: 5, steps: 30, cfg_scale: 7.5, scheduler: 'euler', model: { name: 'sdxl' } }; // prettier-ignore
    expect(read(texts(['invokeai_metadata', JSON.stringify(now)]))).toMatchObject({
      source: 'invokeai',
      recipe: { text: 'a tree', seed: 5, model: 'sdxl', facts: [['Steps', '30'], ['CFG scale', '7.5'], ['Sampler', 'euler']] },
    }); // prettier-ignore
    const before = {
      model_weights: 'sd-1.5',
      image: { prompt: [{ prompt: 'a house', weight: 1 }], seed: 6, steps: 50 },
    };
    expect(read(texts(['sd-metadata', JSON.stringify(before)]))?.recipe).toMatchObject({ text: 'a house', seed: 6, model: 'sd-1.5' }); // prettier-ignore
  });

  test('a plain picture, and texts nobody knows, say nothing', () => {
    expect(read(png)).toBeNull();
    expect(read(texts(['Software', 'GIMP'], ['prompt', 'just words'], ['parameters', '  ']))).toBeNull();
  });

  test('a text too long for one chunk is refused and said; a prompt too long is cut between characters and said', () => {
    const refused = read(texts(['parameters', 'a'.repeat(4 * 1024 * 1024 + 1)]));
    expect(refused).toEqual({
      source: 'unknown',
      record: null,
      recipe: null,
      faults: ['Its text “parameters” was not read: a text may have 4 MiB, and all of them together 16 MiB.'],
    });
    const cut = read(texts(['parameters', `${'a'.repeat(1999)}👩‍🚀 and more\nSteps: 1, Sampler: a, Seed: 5`]));
    expect(cut?.recipe?.text).toBe('a'.repeat(1999));
    expect(cut?.faults).toEqual(['Its prompt has 2013 characters; the first 1999 are taken, 2000 is the most.']);
  });
});
