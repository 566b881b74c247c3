import { expect, it } from 'vitest';
import type { Frame, FrameRun } from '../../../shared/document/document.js';
import type { Rectangle } from '../../state/board/geometry.js';
import { runLabels } from './run-labels.js';

const run: FrameRun = { id: 'run', name: 'a red circle' };
const at = (x: number, y: number, of: FrameRun | null = run): { frame: Frame; box: Rectangle } => ({
  frame: { id: `${x}-${y}`, run: of ?? undefined } as Frame,
  box: { x, y, width: 80, height: 80 },
});
const texts = (...args: Parameters<typeof runLabels>) => runLabels(...args).map(({ text }) => text);

it('names a block of pictures once, with how many of them are left', () => {
  const block = [at(0, 0), at(100, 0), at(0, 100), at(100, 100)];
  expect(runLabels(block, 0.35)).toEqual([
    { text: '4 × a red circle', line: { x: 0, y: -20, width: 180, height: 18 }, onPicture: false },
  ]);
  expect(texts(block.slice(0, 2), 0.35)).toEqual(['2 × a red circle']);
});

it('says nothing of a picture alone, of one that came alone, and of pictures that were carried apart', () => {
  expect(texts([at(0, 0), at(100, 0, null)], 0.3)).toEqual([]);
  expect(texts([at(0, 0), at(900, 900)], 0.3)).toEqual([]);
});

it('keeps two runs apart', () => {
  const other: FrameRun = { id: 'other', name: 'Imported' };
  const both = [at(0, 0), at(100, 0), at(400, 0, other), at(500, 0, other), at(600, 0, other)];
  expect(texts(both, 0.35)).toEqual(['2 × a red circle', '3 × Imported']);
});

it('stands on the first picture where the gap between blocks holds no line', () => {
  const [label] = runLabels([at(0, 0), at(84, 0), at(0, 84), at(84, 84)], 0.05);
  expect(label).toMatchObject({ onPicture: true, line: { x: 2, y: 2 } });
});

it('is left out where a block is a dot', () => {
  const small = (x: number) => ({ ...at(x, 0), box: { x, y: 0, width: 16, height: 16 } });
  expect(texts([small(0), small(20)], 0.02)).toEqual([]);
  expect(texts([at(0, 0), at(84, 0)], 0.05)).toEqual([]);
});
