import { expect, it } from 'vitest';
import type { RasterImage } from '../../../src/shared/pictures/images.js';
import type { TaskContext } from '../task.js';
import { editOnce } from './edits.js';

const picture: RasterImage = { width: 1, height: 1, data: new Uint8Array(4) };

it('an edit says what it starts from and how much of the drawn picture is taken', async () => {
  const requests: unknown[] = [];
  const run = (request: unknown) => {
    requests.push(request);
    return Promise.resolve({ result: { images: [{ image: picture, codes: [1] }] } });
  };
  const manifest = {
    diffusion: { defaultSteps: 4, defaultGuidance: 1, timestepShift: 1 },
    languageModel: { defaults: { temperature: 0, topK: 1, guidance: 1, maxTextTokens: 8 } },
  };
  const context = { engine: { run, pack: { manifest } }, steps: 4 } as unknown as TaskContext;
  await editOnce(context, { source: { codes: [3] }, image: picture }, 'make it red', 5);
  await editOnce(context, { source: { image: picture }, image: picture, region: 'whole' }, 'make it red', 5);
  expect(requests).toMatchObject([
    { kind: 'edit', source: { codes: [3] }, base: { image: picture }, region: 'changed', seed: 5, variations: 1 },
    { kind: 'edit', source: { image: picture }, base: { image: picture }, region: 'whole' },
  ]);
});
