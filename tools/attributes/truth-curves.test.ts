import { expect, test } from 'vitest';
import { attributeTable, laneChart } from '../../src/main/cli/attribute-curves.js';
import type { AttributeShares } from '../../src/shared/tokens/attributes.js';
import type { TimelinePosition } from '../../src/shared/contract/events.js';
import type { Scene } from '../evaluation/scene.js';
import { vocabularyOf } from '../evaluation/vocabulary.js';
import { markers, readabilityChart, reportText, withMeasurements } from './attribute-report.js';
import { readableFrom, truthColumns, truthRows } from './truth-curves.js';

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

const world = vocabularyOf([truth]);

test('a row tells besides the lanes in how many pictures an attribute is read right', () => {
  const rows = truthRows(
    [
      { positions: [position(0.5, 1, 'blue'), position(1, 0.8, 'blue')], truth },
      { positions: [position(0.5, 0.5, 'blue'), position(1, 0.2, 'green')], truth },
    ],
    world,
  );
  expect(rows.map(({ t, restored }) => [t, restored.layout, restored.texture])).toEqual([
    [0.5, 0.75, 0.375],
    [1, 0.5, 0.25],
  ]);
  expect(rows[0]!.readable).toMatchObject({ background: 1, layout: 1, colour: 1, kind: 1 });
  expect(rows[1]!.readable).toMatchObject({ background: 1, layout: 1, colour: 0.5, kind: 1 });
});

test('the table of known scenes has columns for what is read right, before those of what was read', () => {
  const rows = truthRows([{ positions: [position(1, 1, 'green')], truth }], world);
  const scenes = attributeTable(rows, undefined, truthColumns(rows));
  expect(scenes).toContain('readable_texture,objects_read,confidence_objects,confidence_background\n');
  expect(scenes.split('\n')[1]!.split(',').slice(-3)).toEqual(['1.00', '1.0000', '1.0000']);
});

const both = (t: number, restored: string, alone: string) => ({
  ...position(t, 1, restored),
  readingAlone: position(t, 1, alone).reading!,
});

test('an attribute is readable from the t below which it is always read right', () => {
  const positions = [both(0.1, 'blue', 'blue'), both(0.5, 'blue', 'green'), both(0.9, 'blue', 'blue')];
  const pictures = [
    { positions, truth },
    { positions: [both(0.1, 'red', 'red')], truth },
  ];
  expect(readableFrom(pictures, 'restored').colour).toEqual([0.9, null]);
  expect(readableFrom(pictures, 'alone').colour).toEqual([0.1, null]);
  expect(readableFrom(pictures, 'alone').layout).toEqual([0.9, 0.1]);
});

test('the report stands between its markers; charts have a line a lane and pane', () => {
  const pictures = [{ positions: [both(0.3, 'blue', 'blue'), both(1, 'blue', 'red')], truth }];
  const rows = truthRows(pictures, world);
  const separation = Object.fromEntries(
    ['background', 'layout', 'colour', 'shape', 'texture'].map((name) => [name, { ...shares(0.2), [name]: 0.9 }]),
  ) as Parameters<typeof reportText>[0]['separation'];
  const figures = { lanes: 'figures/a.svg', readability: 'figures/b.svg' };
  const text = reportText({ pack: 'p@1', pictures, rows, vocabulary: world, separation, figures, command: 'x' });
  expect(text).toMatch(/\| background \| \*\*0\.90\*\* +\| 0\.20/);
  expect(text).toMatch(/\| colour +\| 0\.30 \(0\.30 to 0\.30\) +\| 100 % +\| 1\.00 \(1\.00 to 1\.00\)/);
  expect(text).toContain('](figures/b.svg)');
  const document = `before\n${markers.begin}\nold\n${markers.end}\nafter\n`;
  expect(withMeasurements(document, 'new')).toBe(`before\n${markers.begin}\n\nnew\n\n${markers.end}\nafter\n`);
  expect(() => withMeasurements('nothing', 'new')).toThrow(/no place/);
  expect(laneChart(rows, 1).lines).toHaveLength(10);
  expect(readabilityChart(rows, 1)?.lines).toHaveLength(12);
  expect(readabilityChart(truthRows([{ positions: [position(1, 1)], truth }], world), 1)).toBeNull();
});
