/** What was written when settings had other names is read as if it had been written today, wherever it comes from. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { generationSettings, withBestOf, withSamplingOptions } from '../src/main/cli/options.js';
import { parseManifest } from '../src/main/engine/pack/pack-manifest.js';
import { Database } from '../src/main/storage/database/database.js';
import { encodePng } from '../src/main/storage/images/images.js';
import { ProjectFile } from '../src/main/storage/projects/project-file.js';
import { storedEntry, storedFrame, storedOperations } from '../src/main/storage/projects/stored-document.js';
import { withPngTexts } from '../src/main/storage/images/png-chunks.js';
import { ownKeyword, pixelsOf, readOwn, writeOwn } from '../src/main/storage/records/own-record.js';
import { readMetadata } from '../src/main/storage/records/png-metadata.js';
import { parseParameters } from '../src/main/validation/validation.js';
import type { Frame, FrameOrigin } from '../src/shared/document/document.js';
import type { PictureRecord } from '../src/shared/document/image-metadata.js';
import type { QueueEntry } from '../src/shared/jobs/queue.js';
import { fakeManifest } from './fakes/engine-parts.js';

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50, bestOf: 3 };
const origin: FrameOrigin = { kind: 'generated', prompt: 'a', seed: 1, settings, pack: 'p@1' };
const createdAt = '2026-11-28T12:00:00.000Z';
const frame: Frame = {
  ...{ id: 'f', name: 'a', x: 0, y: 0, width: 8, height: 8, imageId: '0'.repeat(64), pixelWidth: 4, pixelHeight: 4 },
  ...{ origin, tokens: null, description: null, answers: [], createdAt },
};
const request = { kind: 'generate' as const, prompt: 'a', seed: 1, variations: 1, settings };

/** The same as it would have been written before. */
function asWrittenBefore(value: unknown): string {
  const text = JSON.stringify(value).replaceAll('"bestOf"', '"candidates"');
  expect(text).toContain('"candidates"');
  return text;
}

it('frames and steps of a project', () => {
  expect(storedFrame('p.ddt', asWrittenBefore(frame))).toEqual(frame);
  const operations = [{ type: 'put-frame' as const, frame }];
  expect(storedOperations('p.ddt', asWrittenBefore(operations))).toEqual(operations);
});

it('jobs of a queue, and the sides of a grid', () => {
  const entry: QueueEntry = {
    ...{ id: 'e', addedAt: createdAt, state: 'waiting', request },
    purpose: {
      ...{ kind: 'grid', title: 'a', gridId: 'g', cell: 0 },
      setup: {
        base: { prompt: 'a', seed: 1, settings },
        columns: { parameter: 'bestOf', values: [1, 3] },
        rows: null,
        edited: null,
      },
    },
  };
  expect(storedEntry('p.ddt', asWrittenBefore(entry))).toEqual(entry);
});

it('a project file that was released, which says no former name in what is written now', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddt-former-'));
  const path = join(directory, 'project.ddt');
  copyFileSync(join(import.meta.dirname, 'fixtures/projects/v4.ddt'), path);
  const bodies = () => {
    const database = new Database(path, { readOnly: true });
    const rows = database.all<{ body: string }>('SELECT body FROM frames');
    database.close();
    return rows.map(({ body }) => body).join();
  };
  expect(bodies()).toContain('"candidates":1');
  const project = ProjectFile.open(path, 'write');
  const [first] = project.document.frames;
  expect(first!.origin).toHaveProperty('settings.bestOf', 1);
  expect(first!.origin).not.toHaveProperty('settings.candidates');
  for (const { request: asked } of project.queue) {
    if ('settings' in asked) expect(asked.settings).toHaveProperty('bestOf', 1);
  }
  project.commit({
    label: 'Move',
    operations: project.document.frames.map((one) => ({ type: 'put-frame', frame: { ...one, x: one.x + 1 } })),
  });
  project.close();
  expect(bodies()).toContain('"bestOf":1');
  expect(bodies()).not.toContain('"candidates"');
  rmSync(directory, { recursive: true });
});

it('the record of a picture', () => {
  const image = { width: 2, height: 1, data: Uint8Array.from([1, 2, 3, 255, 4, 5, 6, 255]) };
  const step = { id: 'f', name: 'a', origin, tokens: null, createdAt };
  const record: PictureRecord = { picture: { ...step, description: null, answers: [] }, earlier: [step] };
  const written = asWrittenBefore(JSON.parse(writeOwn({ program: 'x', pixels: pixelsOf(image), ...record })));
  expect(readOwn(written)).toMatchObject(record);
  const file = withPngTexts(encodePng(image), [{ keyword: ownKeyword, text: written }]);
  expect(readMetadata(file, image)).toMatchObject({ record, recipe: { settings } });
});

it('presets of a pack', () => {
  const paths = ['encoder.onnx', 'decoder.onnx', 'lm.onnx', 'tokenizer.json'];
  const files = paths.map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) }));
  const manifest = fakeManifest({ files, presets: { best: { bestOf: 3 } } });
  expect(parseManifest(asWrittenBefore(manifest))).toEqual(manifest);
  const wrong = fakeManifest({ files, presets: { best: { bestOf: 9 } } });
  expect(parseManifest(asWrittenBefore(wrong))).toMatchObject([{ rule: expect.stringContaining('presets.best') }]);
});

it('what a window asks for and puts on its board', () => {
  expect(parseParameters('submit', JSON.parse(asWrittenBefore({ request })))).toEqual({ request });
  const transaction = { label: 'Paste', operations: [{ type: 'put-frame' as const, frame }] };
  expect(parseParameters('commit', JSON.parse(asWrittenBefore({ transaction })))).toEqual({ transaction });
});

it('an option of the command line, of which the help says nothing', () => {
  const command = withBestOf(withSamplingOptions(new Command('generate')));
  expect(command.helpInformation()).toContain('--best-of <n>');
  expect(command.helpInformation()).not.toContain('candidates');
  const options = command.exitOverride().configureOutput({ writeErr: () => undefined });
  const said = (...parameters: string[]) => options.parse(parameters, { from: 'user' }).opts<{ seed: number }>();
  expect(generationSettings(said('--candidates', '3'), fakeManifest()).bestOf).toBe(3);
  expect(() => said('--candidates', '9')).toThrow(/--candidates.*from 1 to 8/);
});
