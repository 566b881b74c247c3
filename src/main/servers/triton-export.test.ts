/** The repository that is written is the one a server of that pack would describe. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeLatentPack } from '../../../tests/fakes/latent-pack.js';
import { parseTextProto } from '../../../tests/fakes/text-proto.js';
import { loadPack } from '../engine/pack/pack.js';
import { packHash } from '../engine/remote/graphs.js';
import { exportTriton } from './triton-export.js';

const folder = mkdtempSync(join(tmpdir(), 'ddt-triton-'));
const packDirectory = writeLatentPack(join(folder, 'pack'), { limits: { rows: 6 } });
const choices = { instances: 2, queueDelay: 2000, replace: false };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('packs export --triton', () => {
  test('writes a folder for each graph that servers run, and nothing of the language model', async () => {
    const root = join(folder, 'repository');
    const { models, hash } = await exportTriton(packDirectory, root, choices);
    expect(readdirSync(root).sort()).toEqual(models.toSorted());
    expect(models).toEqual(['latent-decoder', 'latent-encoder', 'latent-vaeEncoder', 'latent-vaeDecoder']);
    expect(hash).toBe(packHash((await loadPack(packDirectory)).manifest));
    expect(sha256(join(root, 'latent-decoder', '1', 'model.onnx'))).toBe(sha256(join(packDirectory, 'decoder.onnx')));
    const config = parseTextProto(readFileSync(join(root, 'latent-decoder', 'config.pbtxt'), 'utf8'));
    expect(config).toEqual({
      name: ['latent-decoder'],
      backend: ['onnxruntime'],
      max_batch_size: [6],
      input: [
        { name: ['x'], data_type: ['TYPE_FP32'], dims: [48, 8, 8] },
        { name: ['t'], data_type: ['TYPE_FP32'], dims: [1], reshape: [{ shape: [] }] },
        { name: ['tokens'], data_type: ['TYPE_INT64'], dims: [6] },
        { name: ['visible'], data_type: ['TYPE_BOOL'], dims: [6] },
      ],
      output: [{ name: ['x0'], data_type: ['TYPE_FP32'], dims: [48, 8, 8] }],
      dynamic_batching: [{ max_queue_delay_microseconds: [2000] }],
      instance_group: [{ count: [2], kind: ['KIND_AUTO'] }],
      parameters: [{ key: ['ddt_pack_sha256'], value: [{ string_value: [hash] }] }],
    });
  });

  test('takes no place that is taken, unless it is told to', async () => {
    const root = join(folder, 'taken');
    await exportTriton(packDirectory, root, choices);
    writeFileSync(join(root, 'latent-decoder', 'note.txt'), 'mine');
    await expect(exportTriton(packDirectory, root, choices)).rejects.toMatchObject({ code: 'bad-request' });
    expect(existsSync(join(root, 'latent-decoder', 'note.txt'))).toBe(true);
    await exportTriton(packDirectory, root, { ...choices, replace: true });
    expect(existsSync(join(root, 'latent-decoder', 'note.txt'))).toBe(false);
  });

  test('says what is wrong where nothing can be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(exportTriton(packDirectory, file, choices)).rejects.toMatchObject({ code: 'place-unwritable' });
  });
});

describe('the hash of a pack', () => {
  test('is that of its files in any order, and of nothing else', async () => {
    const { manifest } = await loadPack(packDirectory);
    const hash = packHash(manifest);
    expect(packHash({ files: manifest.files.toReversed() })).toBe(hash);
    const [first, ...others] = manifest.files;
    expect(packHash({ files: [{ ...first!, sha256: '0'.repeat(64) }, ...others] })).not.toBe(hash);
    expect(packHash({ files: others })).not.toBe(hash);
  });
});
