import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PackSummary } from '../../shared/packs/pack.js';
import { toEngineRequest } from './job-work.js';
import { picturesHere } from '../../../tests/fakes/pictures.js';
import { ProjectFile } from '../storage/projects/project-file.js';

const pack = {
  id: 'p@1',
  manifest: { image: { width: 8, height: 8 }, tokens: { count: 2, codebookSize: 9 } },
} as unknown as PackSummary;
const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

let directory: string;
let project: ProjectFile;
const context = () => ({ project, pack, pictures: picturesHere, signal: new AbortController().signal });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-work-'));
  ProjectFile.create(join(directory, 'a.ddt'), 'project-1', 'First');
  project = ProjectFile.open(join(directory, 'a.ddt'), 'write');
});
afterEach(() => {
  project.close();
  rmSync(directory, { recursive: true });
});

/** 4 × 2, every pixel grey by its number. */
const picture = () =>
  project.addImage({
    width: 4,
    height: 2,
    data: Uint8Array.from({ length: 32 }, (_, at) => (at % 4 === 3 ? 255 : (at >> 2) * 10)),
  });

test('an edit reaches the engine with its picture, and with what was painted on its mask', async () => {
  const { imageId } = picture();
  const mask = { imageId, grow: 1, feather: 2 };
  const request = {
    kind: 'edit',
    source: { imageId },
    instruction: 'x',
    seed: 1,
    variations: 1,
    settings,
    base: { imageId, mask },
  } as const;
  expect(await toEngineRequest(request, context())).toMatchObject({
    kind: 'edit',
    base: {
      image: { width: 4, height: 2 },
      mask: {
        painted: { width: 4, height: 2, data: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70) },
        grow: 1,
        feather: 2,
      },
    },
  });
  const plain = await toEngineRequest({ ...request, base: { imageId } }, context());
  expect(plain).not.toHaveProperty('base.mask');
  const lost = { ...request, base: { imageId, mask: { ...mask, imageId: 'f'.repeat(64) } } };
  await expect(toEngineRequest(lost, context())).rejects.toMatchObject({ code: 'not-found' });
});

test('a question about a region reaches the engine with that part of the picture only', async () => {
  const { imageId } = picture();
  const ask = { kind: 'ask', question: 'what?', region: { x: 1, y: 0, width: 1, height: 2 } } as const;
  const asked = await toEngineRequest({ ...ask, source: { imageId } }, context());
  expect(asked).toMatchObject({ kind: 'ask', question: 'what?', source: { image: { width: 2, height: 2 } } });
  expect(asked).not.toHaveProperty('region');
  const withoutPicture = { ...ask, source: { pack: 'p@1', codes: [1, 2] } };
  await expect(toEngineRequest(withoutPicture, context())).rejects.toMatchObject({ code: 'bad-request' });
});
