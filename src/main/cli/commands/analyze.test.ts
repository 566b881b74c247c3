import { expect, test } from 'vitest';
import type { AttributeShares } from '../../../shared/attributes.js';
import type { TimelinePosition } from '../../../shared/events.js';
import type { Scene } from '../evaluation/scene.js';
import { attributeRows, attributeTable } from './analyze.js';

const nothing = { width: 0, height: 0, data: new Uint8Array(0) };
const shares = (share: number): AttributeShares => ({
  background: share,
  layout: share,
  colour: share,
  shape: share,
  texture: share / 2,
});

function position(t: number, share: number, colour?: string): TimelinePosition {
  const place = { kind: 'star', texture: 'solid', size: 'large', cell: 'centre', x: 0.5, y: 0.5, confidence: 1 };
  return {
    index: 0,
    t,
    visibleTokens: 1,
    noised: nothing,
    alone: nothing,
    restored: nothing,
    shares: shares(share),
    sharesAlone: shares(0),
    ...(colour && {
      reading: { background: { kind: 'plain', colours: ['red'], confidence: 1 }, objects: [{ ...place, colour }] },
    }),
  };
}

const truth: Scene = {
  background: { kind: 'plain', colours: ['red', 'red'] },
  objects: [{ kind: 'star', colour: 'blue', texture: 'solid', size: 'large', x: 0.5, y: 0.5 }],
};

test('rows are means over the pictures, and the share of pictures whose attribute is read right', () => {
  const rows = attributeRows([
    { positions: [position(0.5, 1, 'blue'), position(1, 0.8, 'blue')], truth },
    { positions: [position(0.5, 0.5, 'blue'), position(1, 0.2, 'green')], truth },
  ]);
  expect(rows.map(({ t, restored }) => [t, restored.layout, restored.texture])).toEqual([
    [0.5, 0.75, 0.375],
    [1, 0.5, 0.25],
  ]);
  expect(rows[0]!.readable).toMatchObject({ background: 1, layout: 1, colour: 1, kind: 1 });
  expect(rows[1]!.readable).toMatchObject({ background: 1, layout: 1, colour: 0.5, kind: 1 });
});

test('the table has columns for readings only where there are any', () => {
  const plain = attributeTable(attributeRows([{ positions: [position(1, 1)] }]));
  expect(plain.split('\n')[0]).toBe(
    't,restored_background,restored_layout,restored_colour,restored_shape,restored_texture,alone_background,alone_layout,alone_colour,alone_shape,alone_texture',
  );
  expect(plain.split('\n')[1]).toBe('1.0000,1.0000,1.0000,1.0000,1.0000,0.5000,0.0000,0.0000,0.0000,0.0000,0.0000');
  const read = attributeTable(attributeRows([{ positions: [position(1, 1, 'green')], truth }]));
  expect(read).toContain('readable_texture\n');
  expect(read.split('\n')[1]!.split(',')).toHaveLength(17);
});
