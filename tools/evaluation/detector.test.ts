import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { readEvaluationData, type EvaluationData } from './data.js';
import { openDetector } from './detector.js';

const resources = join(import.meta.dirname, '../../resources');
const pack = join(resources, 'packs/scenes-128');
const manifest = JSON.parse(readFileSync(join(pack, 'pack.json'), 'utf8')) as PackManifest;
const { labels } = manifest.attributes!;
const folder = mkdtempSync(join(tmpdir(), 'ddt-detector-'));
const graph = join(folder, 'judge.onnx');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let set: EvaluationData;
beforeAll(async () => {
  const [name] = manifest.provenance.evaluation!.split(',');
  set = await readEvaluationData(join(resources, 'evaluation', `${name}.json`));
  copyFileSync(join(pack, manifest.graphs.probe!), graph);
});
const opened = () => openDetector(graph, { threads: 1, set });
const stated = (of: Record<string, string[]>): void =>
  writeFileSync(join(folder, 'judge.json'), JSON.stringify({ labels: of }));

describe('a bare graph', () => {
  it('is refused while nothing names its classes', async () => {
    rmSync(join(folder, 'judge.json'), { force: true });
    await expect(opened()).rejects.toMatchObject({ code: 'pack-damaged' });
    writeFileSync(join(folder, 'judge.json'), '{"labels": {"kind": ["star"]}}');
    await expect(opened()).rejects.toMatchObject({ code: 'pack-damaged' });
  });

  it('is refused when its labels do not cover the set', async () => {
    const [first, ...others] = labels['kind']!;
    stated({ ...labels, kind: others });
    await expect(opened()).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(`as kind it does not know ${first}`) as string,
    });
  });

  it('is refused at the first picture when it has other classes than its labels', async () => {
    stated({ ...labels, kind: [...labels['kind']!, 'unicorn'] });
    await expect((await opened()).read([set.image(0)])).rejects.toMatchObject({ code: 'pack-damaged' });
  });

  it('reads with the classes of the file beside it, and with those of pack.json', async () => {
    stated(labels);
    const kinds = (scene: { objects: { kind: string }[] }): string[] => scene.objects.map(({ kind }) => kind).sort();
    const [found] = await (await opened()).read([set.image(0)]);
    expect(kinds(found!)).toEqual(kinds(set.scenes[0]!));
    const [same] = await (
      await openDetector(join(pack, manifest.graphs.probe!), { threads: 1, set })
    ).read([set.image(0)]);
    expect(same).toEqual(found);
  });
});

it('a missing graph says how to get one', async () => {
  await expect(openDetector(join(folder, 'none.onnx'), { threads: 1, set })).rejects.toMatchObject({
    code: 'pack-missing',
  });
});
