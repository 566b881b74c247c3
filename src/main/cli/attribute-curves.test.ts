import { expect, test } from 'vitest';
import type { AttributeShares, ImageReading } from '../../shared/tokens/attributes.js';
import type { TimelinePosition } from '../../shared/contract/events.js';
import { attributeRows, attributeTable, laneChart, readingWords } from './attribute-curves.js';

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

test('rows are means over the pictures', () => {
  const rows = attributeRows([
    { positions: [position(0.5, 1), position(1, 0.8)] },
    { positions: [position(0.5, 0.5), position(1, 0.2)] },
  ]);
  expect(rows.map(({ t, restored }) => [t, restored.layout, restored.texture])).toEqual([
    [0.5, 0.75, 0.375],
    [1, 0.5, 0.25],
  ]);
});

test('the table has columns for readings only where there are any, and words for a single picture', () => {
  const plain = attributeTable(attributeRows([{ positions: [position(1, 1)] }]));
  expect(plain.split('\n')[0]).toBe(
    't,visible_tokens,restored_background,restored_layout,restored_colour,restored_shape,restored_texture,alone_background,alone_layout,alone_colour,alone_shape,alone_texture',
  );
  expect(plain.split('\n')[1]).toBe('1.0000,1,1.0000,1.0000,1.0000,1.0000,0.5000,0.0000,0.0000,0.0000,0.0000,0.0000');
  const single = { positions: [position(1, 1, 'green')] };
  expect(attributeTable(attributeRows([single]), single)).toContain(
    ',"1 object: large solid green star centre 100 % on plain red 100 %"\n',
  );
});

test('the chart has a line a lane and pane', () => {
  const chart = laneChart(attributeRows([{ positions: [position(1, 1)] }]), 1);
  expect(chart.lines).toHaveLength(10);
  expect(chart.lines.find(({ label }) => label === 'texture, restored')?.points).toEqual([[1, 0.5]]);
});

test('nothing found is said so', () => {
  const reading: ImageReading = {
    background: { kind: 'horizon', colours: ['red', 'blue'], confidence: 0.456 },
    objects: [],
  };
  expect(readingWords(reading)).toBe('0 objects on horizon red and blue 46 %');
});
