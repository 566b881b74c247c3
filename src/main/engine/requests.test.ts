import { describe, expect, test } from 'vitest';
import { checkRequest } from './requests.js';

const settings = { steps: 16, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50 };
const generate = { kind: 'generate', prompt: 'a', seed: 1, variations: 1, settings };
const edit = { kind: 'edit', source: { codes: [1] }, instruction: 'a', seed: 1, variations: 1, settings };
const image = { width: 1, height: 2, data: new Uint8Array(8) };

describe('checkRequest', () => {
  test('lets sound requests through unchanged', () => {
    const decode = { kind: 'decode', codes: [1], t: 0.5, keepFrom: 0, steps: 4, seed: -5, tokenGuidance: 1 };
    for (const request of [
      { ...edit, plan: 'none', region: 'whole' },

      { ...generate, plan: { text: 'b' } },
      generate,
      decode,
      { ...decode, image, hidden: [1] },
      { kind: 'encode', image },
    ]) {
      expect(checkRequest(request)).toEqual(request);
    }
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'its kind'],
    ['another kind', { kind: 'paint' }, 'kind'],
    ['no variation', { ...generate, variations: 0 }, 'variations'],
    ['too many variations', { ...generate, variations: 17 }, 'variations'],
    ['a broken seed', { ...generate, seed: 1.5 }, 'seed'],
    ['no steps', { ...generate, settings: { ...settings, steps: 0 } }, 'settings.steps'],
    ['NaN', { ...generate, settings: { ...settings, temperature: NaN } }, 'settings.temperature'],
    ['infinite guidance', { ...generate, settings: { ...settings, textGuidance: Infinity } }, 'settings.textGuidance'],
    ['bytes that do not fit', { kind: 'encode', image: { ...image, width: 2 } }, 'image'],
    ['bytes that are none', { kind: 'encode', image: { ...image, data: [0, 0, 0, 0, 0, 0, 0, 0] } }, 'image.data'],
    ['a timestep beyond 1', { kind: 'timeline', source: { codes: [1] }, seed: 1, positions: [0, 1.1] }, 'positions.1'],
    ['a plan that is none', { ...generate, plan: 'x' }, 'plan'],
    ['a region of another kind', { ...edit, region: 'part' }, 'region'],
    ['no source', { kind: 'describe' }, 'source'],
  ])('%s is refused with the field’s name', (_name, request, field) => {
    expect(() => checkRequest(request)).toThrowError(
      expect.objectContaining({ code: 'bad-request', message: expect.stringContaining(field) as string }),
    );
  });
});
