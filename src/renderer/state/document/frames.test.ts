import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import { fileNameOf } from '../import-export/exporting.js';
import { frameName, generatedFrame, importedFrame, inRun, parentsOf, runOf, withParents } from './frames.js';
import { fittingSize } from '../import-export/importing.js';
import { imageLimits } from '../../../shared/pictures/images.js';

const settings = { steps: 16, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50 };
const image = { imageId: 'f'.repeat(64), width: 128, height: 128, seed: 8, codes: [1, 2], certainty: [] };
const frame = generatedFrame({ prompt: 'a red circle', template: 'a red circle' }, 'scenes@1', image, settings, {
  x: 10,
  y: 20,
});

describe('frames', () => {
  it('keeps where an image comes from, so that it can be made again', () => {
    expect(frame.origin).toEqual({ kind: 'generated', prompt: 'a red circle', seed: 8, settings, pack: 'scenes@1' });
    expect(frame.tokens?.codes).toEqual([1, 2]);
    expect(frame).toMatchObject({ x: 10, y: 20, width: 256, height: 256, pixelWidth: 128 });
  });

  it('names frames in one line, cut at a word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(frameName(text).length).toBeLessThanOrEqual(61);
      }),
    );
    expect(frameName('a\n  b')).toBe('a b');
    expect(frameName(`${'word '.repeat(20)}`)).toMatch(/word…$/);
  });

  it('belong to one run when they come together, and to none alone', () => {
    expect(runOf(1, 'a red circle')).toBeNull();
    const run = runOf(2, 'a red\ncircle')!;
    expect(run.name).toBe('a red circle');
    expect(inRun([frame, { ...frame, id: 'other' }], run).map((one) => one.run)).toEqual([run, run]);
    expect(inRun([frame], null)).toEqual([frame]);
  });

  it('names an imported frame after its file', () => {
    const stored = { imageId: 'a'.repeat(64), width: 10, height: 10 };
    expect(importedFrame('sea.at.dawn.png', stored, { x: 0, y: 0 }).name).toBe('sea.at.dawn');
    expect(importedFrame('.png', stored, { x: 0, y: 0 }).name).toBe('Picture');
  });

  it('gets other parents without touching the original', () => {
    const made = { seed: 1, settings, pack: 'p@1' };
    const ids = new Map([['a', 'copy']]);
    const parents = (origin: Frame['origin']) => parentsOf(withParents({ ...frame, origin }, ids));
    expect(parents({ kind: 'edited', instruction: 'x', parentId: 'a', ...made })).toEqual(['copy']);
    expect(parents({ kind: 'edited', instruction: 'x', parentId: 'b', ...made })).toEqual(['b']);
    expect(parents({ kind: 'generated', prompt: 'x', branch: { parentId: 'a', kept: [] }, ...made })).toEqual(['copy']);
    const decoded = { kind: 'decoded', parentId: 'b', t: 1, keepFrom: 0, seed: 1, steps: 1, pack: 'p@1' } as const;
    expect(parents({ ...decoded, transplant: { donorId: 'a', from: 0, to: 1 } })).toEqual(['b', 'copy']);
    expect(withParents(frame, ids)).toBe(frame);
  });

  it('exports under names every file system takes', () => {
    expect(fileNameOf({ ...frame, name: 'a/b: "c" *?' })).toBe('a b c-8.png');
    expect(fileNameOf({ name: '///', origin: { kind: 'imported', fileName: 'x' } })).toBe('image.png');
  });

  it('shrinks what is too large to be kept, keeping its shape', () => {
    expect(fittingSize({ width: 1000, height: 500 })).toEqual({ width: 1000, height: 500 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 60_000 }), (width, height) => {
        const size = fittingSize({ width, height });
        expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(imageLimits.maxSide);
        expect(size.width * size.height).toBeLessThanOrEqual(imageLimits.maxPixels);
      }),
    );
  });

  it('knows what a frame was made of, branches and both sides of a transplant included', () => {
    const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
    const generated = { kind: 'generated' as const, prompt: 'x', seed: 1, settings, pack: 'p@1' };
    const decoded = { kind: 'decoded' as const, parentId: 'a', t: 1, keepFrom: 0, seed: 1, steps: 1, pack: 'p@1' };
    expect(parentsOf({ origin: generated })).toEqual([]);
    expect(parentsOf({ origin: { ...generated, branch: { parentId: 'a', kept: [3] } } })).toEqual(['a']);
    expect(parentsOf({ origin: decoded })).toEqual(['a']);
    expect(parentsOf({ origin: { ...decoded, transplant: { donorId: 'b', from: 0, to: 3 } } })).toEqual(['a', 'b']);
    expect(parentsOf({ origin: { kind: 'imported', fileName: 'x' } })).toEqual([]);
  });
});
