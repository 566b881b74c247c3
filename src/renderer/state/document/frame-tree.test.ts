import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import { hiddenFrames, layOutTrees, treeOf } from './frame-tree.js';
import { intersects, type Point } from '../board/geometry.js';

const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };

function frame(id: string, parentId: string | null, change: Partial<Frame> = {}): Frame {
  const pack = 'fake';
  return {
    id,
    name: id,
    x: 0,
    y: 0,
    width: 256,
    height: 256,
    imageId: '0'.repeat(64),
    pixelWidth: 128,
    pixelHeight: 128,
    origin:
      parentId === null
        ? { kind: 'imported', fileName: '' }
        : { kind: 'edited', instruction: '', seed: 0, settings, pack, parentId },
    tokens: null,
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    ...change,
  };
}

const at = (frames: readonly Frame[], places: ReadonlyMap<string, Point>) =>
  frames.map((one) => ({ ...one, ...places.get(one.id) }));

/** Any forest: each frame's parent is one of those before it, or none; sizes and places differ. */
const forest = fc
  .array(
    fc.record({
      parent: fc.double({ min: 0, max: 1, noNaN: true }),
      x: fc.integer({ min: -2000, max: 2000 }),
      y: fc.integer({ min: -2000, max: 2000 }),
      width: fc.integer({ min: 16, max: 512 }),
      height: fc.integer({ min: 16, max: 512 }),
      collapsed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((drafts) =>
    drafts.map(({ parent, collapsed, ...place }, index) => {
      const pick = Math.floor(parent * (index + 1)) - 1;
      const change = collapsed && index % 5 === 0 ? { collapsedAt: '2026-06-01T00:00:00.000Z' } : {};
      return frame(`f${index}`, pick < 0 ? null : `f${pick}`, { ...place, ...change });
    }),
  );

describe('the tree', () => {
  it('hangs a frame under the parent that is still there, else makes it a root', () => {
    const tree = treeOf([frame('a', null), frame('b', 'a'), frame('c', 'b'), frame('lost', 'gone')]);
    expect(tree.roots.map(({ id }) => id)).toEqual(['a', 'lost']);
    expect(tree.descendantsOf('a').map(({ id }) => id)).toEqual(['b', 'c']);
    expect(tree.rootOf('c')).toBe('a');
  });

  it('ends on frames that name each other', () => {
    const tree = treeOf([frame('a', 'b'), frame('b', 'a'), frame('self', 'self')]);
    expect(tree.roots.map(({ id }) => id)).toEqual(['b', 'self']);
    expect(tree.rootOf('a')).toBe('b');
  });
});

describe('collapsing', () => {
  const collapsedAt = '2026-02-01T00:00:00.000Z';

  it('hides what was made of a frame before, and shows what is made of it later', () => {
    const later = { createdAt: '2026-03-01T00:00:00.000Z' };
    const hidden = hiddenFrames([
      frame('a', null, { collapsedAt }),
      frame('b', 'a'),
      frame('c', 'b'),
      frame('new', 'a', later),
      frame('other', null),
    ]);
    expect([...hidden.ids].sort()).toEqual(['b', 'c']);
    expect(hidden.counts.get('a')).toBe(2);
  });
});

describe('the layout', () => {
  it('puts children to the right of their parent and the parent at their middle', () => {
    const frames = [frame('a', null, { x: 100, y: 50 }), frame('b', 'a'), frame('c', 'a')];
    const next = at(frames, layOutTrees(frames, ['c']));
    expect(next[0]).toMatchObject({ x: 100, y: 50 });
    expect(next[1]!.x).toBe(next[2]!.x);
    expect(next[1]!.x).toBeGreaterThan(100 + 256);
    expect((next[1]!.y + next[2]!.y) / 2).toBe(50);
  });

  it('never lets two shown frames touch, keeps children right of parents, and starts where the board started', () => {
    fc.assert(
      fc.property(forest, (frames) => {
        const hidden = hiddenFrames(frames).ids;
        const next = at(frames, layOutTrees(frames, null));
        const shown = next.filter(({ id }) => !hidden.has(id));
        shown.forEach((one, index) => {
          for (const two of shown.slice(index + 1)) expect(intersects(one, two)).toBe(false);
        });
        const tree = treeOf(next);
        for (const parent of shown) {
          for (const child of tree.childrenOf(parent.id)) {
            if (!hidden.has(child.id)) expect(child.x).toBeGreaterThanOrEqual(parent.x + parent.width);
          }
        }
        const roots = shown.filter(({ id }) => tree.rootOf(id) === id);
        expect(Math.min(...roots.map(({ x }) => x))).toBe(
          Math.min(...frames.filter(({ id }) => tree.rootOf(id) === id).map(({ x }) => x)),
        );
      }),
    );
  });

  it('of one tree leaves its root and every other tree alone', () => {
    fc.assert(
      fc.property(forest, (frames) => {
        const chosen = frames.at(-1)!.id;
        const tree = treeOf(frames);
        const places = layOutTrees(frames, [chosen]);
        expect(places.has(tree.rootOf(chosen))).toBe(false);
        for (const id of places.keys()) expect(tree.rootOf(id)).toBe(tree.rootOf(chosen));
        expect(layOutTrees(at(frames, places), [chosen]).size).toBe(0);
      }),
    );
  });

  it('takes hidden frames along and leaves locked ones', () => {
    const collapsedAt = '2026-02-01T00:00:00.000Z';
    const frames = [
      frame('a', null),
      frame('b', 'a', { x: 5, y: 900, collapsedAt }),
      frame('hidden', 'b', { x: 15, y: 960 }),
      frame('fixed', 'a', { x: 7, y: 7, locked: true }),
    ];
    const next = at(frames, layOutTrees(frames, ['a']));
    expect({ x: next[2]!.x - next[1]!.x, y: next[2]!.y - next[1]!.y }).toEqual({ x: 10, y: 60 });
    expect(next[3]).toMatchObject({ x: 7, y: 7 });
  });
});
