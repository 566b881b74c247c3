import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { checkRecord, recordEvaluation } from './pack-record.js';
import { proportion, score } from './task.js';

const manifest: PackManifest = {
  format: 2,
  name: 'tiny',
  version: '1.0.0',
  license: 'MIT',
  description: 'A test.',
  canDraw: ['nothing'],
  examples: { prompts: [], instructions: [], questions: [] },
  knownWords: [],
  image: { width: 8, height: 8, channels: 3, range: [-1, 1], space: 'pixels' },
  tokens: {
    count: 4,
    codebookSize: 10,
    schedule: { kind: 'power', exponent: 2 },
    generationOrder: 'coarse-to-fine',
    keepFromTrained: true,
  },
  diffusion: { parameterisation: 'x0', noiseScale: 1, defaultSteps: 4, timestepShift: 1, defaultGuidance: 1 },
  files: [{ path: 'decoder.onnx', bytes: 3, sha256: 'a'.repeat(64) }],
  graphs: { decoder: 'decoder.onnx' },
  parameters: { decoder: 3_000_000 },
  precision: 'fp32',
  memory: 1,
  provenance: { recipe: 'r', data: 'd', seed: 1, commit: 'c', date: '2026-01-01', scores: [] },
};
const scores = [
  proportion('textToImage.mean', [true, true, false, true]),
  score('attributeOrder.texture.median', 0.25, 't', 40),
  score('attributeOrder.texture.lowerQuartile', 0.2, 't', 40),
  score('attributeOrder.texture.upperQuartile', 0.3, 't', 40),
  score('attributeOrder.texture.readable', 0.8, 'share', 50),
];

const record = { scores, dataName: 'world-v2' };

describe('the record of an evaluation', () => {
  let directory = '';
  const write = (changed: PackManifest): void => writeFileSync(join(directory, 'pack.json'), JSON.stringify(changed));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ddt-record-'));
    write(manifest);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is found again, in pack.json and on the card', async () => {
    await recordEvaluation(directory, record);
    expect((await checkRecord(directory)).provenance.scores).toEqual(scores);
    const card = readFileSync(join(directory, 'CARD.md'), 'utf8');
    expect(card).toContain('| Text to image, mean of the six categories | 0.750 [0.301, 0.954] | 4 | ≥ 0.95 |');
    expect(card).toContain('| texture | 0.25 | 0.20 – 0.30 | 80 % |');
    expect(card).not.toContain('Neighbouring medians');
  });

  it('says in short how far the attributes part, without a row for it', async () => {
    const short = [
      score('attributeOrder.leastApart', 0.07, 't', 48),
      score('attributeOrder.leastReadable', 0.8, 'share', 48),
    ];
    await recordEvaluation(directory, { ...record, scores: [...scores, ...short] });
    const card = readFileSync(join(directory, 'CARD.md'), 'utf8');
    expect(card).toContain(
      'at least 0.07 apart (wanted: ≥ 0.10); each becomes readable in at least 80 % of the pictures',
    );
    expect(card).not.toContain('| least');
    await recordEvaluation(directory, { ...record, scores: [...scores, short[1]!] });
    expect(readFileSync(join(directory, 'CARD.md'), 'utf8')).toContain('Not every attribute becomes readable at all;');
  });

  it('refuses a pack that was never measured', async () => {
    await expect(checkRecord(directory)).rejects.toThrowError(/never measured/);
  });

  it('refuses scores of other graphs', async () => {
    const recorded = await recordEvaluation(directory, record);
    write({ ...recorded, files: [{ ...recorded.files[0]!, sha256: 'b'.repeat(64) }] });
    await expect(checkRecord(directory)).rejects.toThrowError(/other graphs/);
  });

  it('refuses a card that states something else', async () => {
    const recorded = await recordEvaluation(directory, record);
    write({ ...recorded, provenance: { ...recorded.provenance, scores: scores.slice(1) } });
    await expect(checkRecord(directory)).rejects.toThrowError(/something else/);
  });

  it('holds the sheet of worst cases and notices another one', async () => {
    const recorded = await recordEvaluation(directory, { ...record, worstCases: Uint8Array.of(1, 2, 3) });
    expect(recorded.files.at(-1)).toMatchObject({ path: 'worst-cases.png', bytes: 3 });
    expect(readFileSync(join(directory, 'CARD.md'), 'utf8')).toContain('](worst-cases.png)');
    await expect(checkRecord(directory)).resolves.toBeDefined();
    writeFileSync(join(directory, 'worst-cases.png'), 'other');
    await expect(checkRecord(directory)).rejects.toThrowError(/not the sheet/);
    const again = await recordEvaluation(directory, record);
    expect(again.files).toEqual(manifest.files);
  });

  it('offers the examples that were chosen and says how often they came out right', async () => {
    const rated = [
      score('example.prompts.a red circle', 0.875, 'share', 8),
      score('example.prompts.a blue star', 0.25, 'share', 8),
      score('example.prompts.a boat', 0, 'share', 8),
    ];
    write({ ...manifest, examples: { prompts: ['old'], instructions: ['kept'], questions: [] } });
    const examples = { prompts: ['a red circle', 'a blue star'], instructions: [], questions: [] };
    const recorded = await recordEvaluation(directory, { ...record, scores: [...scores, ...rated], examples });
    expect(recorded.examples).toEqual({ ...examples, instructions: ['kept'] });
    const card = readFileSync(join(directory, 'CARD.md'), 'utf8');
    expect(card).toContain('Only 1 of the 3 candidate prompts come out right in 75 % of their trials');
    expect(card).toContain('| a red circle | 7 of 8 |\n| a blue star | 2 of 8 |');
    expect(card).not.toContain('example.prompts');
    await recordEvaluation(directory, {
      ...record,
      scores: rated.slice(1),
      examples: { ...examples, prompts: ['a boat'] },
    });
    expect(readFileSync(join(directory, 'CARD.md'), 'utf8')).toContain('**None of the 2 candidate prompts');
  });
});
