/** Small files as people bring them, and what they say: `tests/brought`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImageMetadata } from '../src/shared/document/image-metadata.js';
import { withoutPixels } from '../src/renderer/state/import-export/without-pixels.js';
import { readMetadata } from '../src/main/storage/records/png-metadata.js';

/** No file here has a record of our own, so the pixels do not matter. */
const nothing = { width: 0, height: 0, data: new Uint8Array() };
const read = (name: string): ImageMetadata | null =>
  readMetadata(readFileSync(join('tests', 'brought', name)), nothing);

interface Expected {
  source: string;
  text: string;
  seed: number | null;
  negative: string | null;
}

test.each<[string, Expected]>([
  ['m01-comfy-sdxl.png', { source: 'comfyui', text: 'a red circle', seed: 77, negative: 'text, watermark' }],
  ['m03-comfy-workflow-only.png', { source: 'comfyui', text: 'a red circle', seed: 156680208700286, negative: 'text, watermark' }],
  ['m04-comfy-concat.png', { source: 'comfyui', text: 'a red circle', seed: 77, negative: 'text, watermark' }],
  ['m06-comfy-seed-64bit.png', { source: 'comfyui', text: 'a red circle', seed: 124263196777517, negative: 'text, watermark' }],
  ['m07-swarm.png', { source: 'swarmui', text: 'a red circle', seed: 77, negative: 'blue' }],
  ['m09-text-utf8.png', { source: 'automatic1111', text: '赤い円 テスト 🌟', seed: 5, negative: '青い' }],
  ['m11-negative-last.png', { source: 'automatic1111', text: 'a red circle', seed: null, negative: '(worst quality:2), artist: foo, style: bar' }],
  ['m12-line-after-settings.png', { source: 'automatic1111', text: 'a red circle', seed: 5, negative: 'blue' }],
  ['m17-braces.png', { source: 'automatic1111', text: 'a {red|blue} circle', seed: 5, negative: 'blue' }],
  ['i01-a1111.jpg', { source: 'automatic1111', text: 'a red circle', seed: 5, negative: 'blue' }],
  ['i02-a1111.webp', { source: 'automatic1111', text: 'a red circle', seed: 5, negative: 'blue' }],
])('%s', (name, { source, text, seed, negative }) => {
  const found = read(name);
  expect(found).toMatchObject({ source, record: null, recipe: { task: 'generate', text, seed, settings: null }, faults: [] });
  const facts = new Map(found?.recipe?.facts);
  expect(facts.get('Negative prompt') ?? null).toBe(negative);
}); // prettier-ignore

test.each(['i01-a1111.jpg', 'i02-a1111.webp', 'm12-line-after-settings.png'])('%s says the same without its pixels', (name) => {
  const whole = readFileSync(join('tests', 'brought', name));
  expect(readMetadata(withoutPixels(whole)!, nothing)).toEqual(readMetadata(whole, nothing));
}); // prettier-ignore

test.each(['i03-orientation6.jpg', 'i04-orientation6.png', 'i05-webp-named.png', 'i13-apng.png'])(
  '%s says nothing about words',
  (name) => {
    expect(read(name)).toBeNull();
  },
);
