/** What docs/security.md says is bounded, as things to do to a running host. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentOperation, Frame } from '../../src/shared/document/document.js';
import { ProjectFile } from '../../src/main/storage/projects/project-file.js';
import { craft, quoted } from './crafted-project.js';
import { graphReading, nestedGraph, PackForge } from './crafted-packs.js';
import * as pictures from './crafted-pictures.js';
import { connectionCases, floodCases } from './crafted-messages.js';
import { said, type Case } from './case.js';
import { containerCases, nameCases, zipCases } from './container-cases.js';
import { StudioClient, type Entrance } from './studio-client.js';

export interface Places {
  /** Of the host. */
  data: string;
  /** For what is made here. */
  work: string;
  /** A sound pack. */
  pack: string;
}

export function allCases(places: Places): Case[] {
  return [
    ...pictureCases(),
    ...containerCases(importing),
    ...wordCases(),
    ...maskCases(),
    ...projectCases(places),
    ...packCases(places),
    ...zipCases(places.work),
    ...nameCases(places.data),
    ...floodCases(),
    ...connectionCases(),
  ];
}

/** One call of a window of its own, in a project of its own. */
function calling(name: string, method: string, make: () => unknown): Case {
  let parameters: unknown;
  return {
    name,
    prepare: () => (parameters = make()),
    run: async (entrance) => {
      const client = await inProject(entrance);
      try {
        return said(await client.call(method, parameters));
      } finally {
        parameters = undefined;
        client.close();
      }
    },
  };
}

async function inProject(entrance: Entrance): Promise<StudioClient> {
  const client = await StudioClient.open(entrance);
  await client.call('createProject', { name: 'Crafted' });
  return client;
}

function importing(name: string, make: () => Uint8Array): Case {
  return calling(name, 'importImage', () => ({ bytes: make(), fileName: 'crafted' }));
}

function pictureCases(): Case[] {
  return [
    importing('JPEG, 8000 × 5000, 1000 scans', () => pictures.jpegOfScans(1000)),
    importing('JPEG, 40 MP in 160 KB', () => pictures.largeJpeg(false)),
    importing('JPEG, 40 MP, a restart marker behind each block', () => pictures.largeJpeg(true)),
    importing('PNG, 2000 zTXt that unfold to 4 MB each', () => pictures.pngOfFoldedTexts('zTXt', 2000)),
    importing('PNG, 2000 iTXt that unfold to 4 MB each', () => pictures.pngOfFoldedTexts('iTXt', 2000)),
    importing('PNG, 300,000 empty chunks', () => pictures.pngOfEmptyChunks(300_000)),
    importing('PNG, filters out of range', () => pictures.pngOfFilter(9)),
    importing('PNG, interlacing out of range', () => pictures.pngOfInterlacing(9)),
    importing('PNG, 40 MP of 16 bits in 300 KB', () => pictures.deepPng()),
    importing('PNG, 40 MP of noise, 40 MB', () => pictures.noisePng()),
  ];
}

function wordCases(): Case[] {
  const million = 1_000_000;
  return [
    importing('own metadata nested a million deep', () => pictures.pngSaying('ddt-studio', '['.repeat(million))),
    importing('ComfyUI graph nested a million deep', () => pictures.pngSaying('prompt', '{"a":'.repeat(million / 2))),
    importing('ComfyUI graph of 250,000 links', () => pictures.pngSaying('prompt', pictures.comfyGraph(250_000))),
    importing('ComfyUI graph of 55,000 links, within 4 MB', () =>
      pictures.pngSaying('prompt', pictures.comfyGraph(55_000)),
    ),
    importing('A1111 text of brackets and colons, 4 MB', () =>
      pictures.pngSaying('parameters', `a\nSteps: 1, ${'((((a: "\\", <lora:'.repeat(230_000)}`),
    ),
  ];
}

/** The mask of 40 MP is decoded for a job, and read as a mask. */
function maskCases(): Case[] {
  return [
    {
      name: 'a job with a mask of 40 MP',
      run: async (entrance) => {
        const client = await inProject(entrance);
        try {
          const rows = new Uint8Array(5000 * 8001).fill(255);
          for (let row = 0; row < 5000; row++) rows[row * 8001] = 0;
          const bytes = pictures.png({ width: 8000, height: 5000, depth: 8, colour: 0, rows, level: 1 });
          const image = await client.call('importImage', { bytes, fileName: 'mask' });
          if (image?.ok !== true) return said(image);
          const { imageId } = image.value as { imageId: string };
          return await client.runJob({
            ...{ kind: 'generate', prompt: 'a red circle', seed: 1, variations: 1, settings },
            base: { imageId, mask: { imageId, grow: 0, feather: 0 } },
          });
        } finally {
          client.close();
        }
      },
    },
  ];
}

const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

function projectCases({ work }: Places): Case[] {
  const sound = soundProject(work);
  const nested = (depth: number): string => '{"a":['.repeat(depth / 2) + '1' + ']}'.repeat(depth / 2);
  const adding = (name: string, sql: string): Case =>
    calling(name, 'addProject', () => {
      const path = join(work, 'crafted.ddt');
      craft(sound, path, sql);
      const bytes = new Uint8Array(readFileSync(path));
      rmSync(path);
      return { bytes, fileName: 'crafted.ddt' };
    });
  return [
    adding(
      '.ddt, a trigger that never ends',
      `CREATE TRIGGER t AFTER UPDATE ON state BEGIN UPDATE state SET revision = revision + 1; END`,
    ),
    adding(
      '.ddt, a view that never ends',
      `ALTER TABLE images RENAME TO hidden; CREATE VIEW images AS WITH RECURSIVE c (id) AS (VALUES ('a') UNION ALL SELECT id FROM c)
       SELECT id, 1 AS width, 1 AS height, x'' AS bytes FROM c`,
    ),
    adding(
      '.ddt, a frame nested 5000 deep',
      `UPDATE frames SET body = replace(body, '"name":"a"', ${quoted(`"name":${nested(5000)}`)})`,
    ),
    adding('.ddt, notes nested 300 deep', `UPDATE state SET annotations = ${quoted(`[${nested(300)}]`)}`),
    adding(
      '.ddt, a row of 50 MB',
      `UPDATE state SET annotations = '[' || replace(hex(zeroblob(12500000)), '00', '{},') || '{}]'`,
    ),
    adding(
      '.ddt, 60,000 frames too many',
      `WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
       INSERT INTO frames SELECT 'f' || i, replace(body, '"id":"a"', '"id":"f' || i || '"'), '' FROM frames, n`,
    ),
    adding('.ddt, a key of JavaScript', `UPDATE frames SET body = replace(body, '"name"', '"__proto__":{},"name"')`),
    calling('.ddt of 60 MB of noise', 'addProject', () => ({ bytes: pictures.noisePng(), fileName: 'noise.ddt' })),
  ];
}

function soundProject(work: string): Uint8Array {
  mkdirSync(work, { recursive: true });
  const path = join(work, 'sound.ddt');
  ProjectFile.create(path, 'sound', 'Sound');
  const project = ProjectFile.open(path, 'write');
  const { imageId } = project.addImage({ width: 1, height: 1, data: new Uint8Array(4) });
  const frame: Frame = {
    ...{ id: 'a', name: 'a', x: 0, y: 0, width: 1, height: 1, imageId, pixelWidth: 1, pixelHeight: 1 },
    origin: { kind: 'imported', fileName: 'a.png' },
    ...{ tokens: null, description: null, answers: [], createdAt: '2026-01-01T00:00:00.000Z' },
  };
  const operations: DocumentOperation[] = [{ type: 'put-frame', frame }];
  project.commit({ label: 'Put', operations });
  project.close();
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes;
}

function packCases({ data, pack }: Places): Case[] {
  const forge = new PackForge(pack, join(data, 'packs'));
  const using = (name: string, make: (folder: string) => string): Case => {
    const folder = name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
    let id = '';
    return {
      name: `pack, ${name}`,
      prepare: () => (id = make(folder)),
      run: async (entrance) => {
        const client = await StudioClient.open(entrance);
        try {
          return said(await client.call('usePack', { id }));
        } finally {
          client.close();
          rmSync(join(data, 'packs', folder), { recursive: true });
        }
      },
    };
  };
  const manifestOf = (name: string, text: () => string): Case =>
    using(name, (folder) => {
      forge.write(folder, text());
      return 'none@1';
    });
  return [
    manifestOf('pack.json nested 20,000 deep', () => '{"a":['.repeat(20_000)),
    manifestOf('pack.json of 1 MB of files', () => forge.crowded(1_000_000)),
    manifestOf('pack.json of 8 MB of files', () => forge.crowded(8_000_000)),
    using('pack.json of 1 GB', (folder) => {
      forge.writeHole(folder, 2 ** 30);
      return 'none@1';
    }),
    using('a file shorter than it says', (folder) => forge.forge(folder, {}, ({ files }) => (files[0]!.bytes += 1))),
    using('the right sizes, other bytes', (folder) =>
      forge.forge(folder, {}, ({ files }) => (files[0]!.sha256 = '0'.repeat(64))),
    ),
    using('a file outside its folder', (folder) =>
      forge.forge(folder, {}, ({ files }) => (files[0]!.path = '../../../etc/passwd')),
    ),
    using('tensors outside its folder', (folder) =>
      forge.forge(folder, { 'decoder.onnx': graphReading('../../../etc/passwd') }),
    ),
    using('a graph of 100,000 levels', (folder) => forge.forge(folder, { 'decoder.onnx': nestedGraph(3000) })),
    using('a word with the id 10⁹', (folder) =>
      forge.forge(
        folder,
        forge.tokenizer(({ model }) => ((model as { vocab: Record<string, number> }).vocab['x'] = 1e9)),
      ),
    ),
    using('an expression that never ends', (folder) =>
      forge.forge(
        folder,
        forge.tokenizer(
          (all) => (all['pre_tokenizer'] = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated' }),
        ),
      ),
    ),
  ];
}
