import { expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { detectionOutputs } from '../measures/detection.js';
import { drain, fakeManifest, fakeParts, FakeGraph } from '../../../../tests/fakes/engine-parts.js';
import { brokenGraphRule } from '../pack/graph-contract.js';
import type { TensorDescription } from './graph.js';
import { timeline } from '../jobs/timeline.js';

const grid = 4;
const labels = {
  kind: ['circle', 'star'],
  colour: ['red', 'blue'],
  texture: ['solid', 'striped'],
  size: ['small', 'large'],
  backgroundKind: ['plain', 'gradient'],
  backgroundColours: ['red', 'blue'],
};
const attributes: NonNullable<PackManifest['attributes']> = { graph: 'probe', names: Object.keys(labels), labels };

const shapes: Record<string, (number | string)[]> = {
  heatmap: ['batch', 1, grid, grid],
  offset: ['batch', 2, grid, grid],
  backgroundKind: ['batch', 2],
  backgroundColours: ['batch', 2, 2],
};

function described(): TensorDescription[] {
  return detectionOutputs.map((name) => ({ name, type: 'float32', shape: shapes[name] ?? ['batch', 2, grid, grid] }));
}

const inputs: TensorDescription[] = [{ name: 'image', type: 'float32', shape: ['batch', 3, 8, 8] }];

/** A large blue star at the top right, of any picture, on a gradient from blue to red. */
function fakeProbe(outputs = described()): FakeGraph {
  const cell = grid - 1;
  const answers: Record<string, (values: Float32Array) => void> = {
    heatmap: (values) => values.fill(-9).fill(2, cell, cell + 1),
    backgroundKind: (values) => values.set([0, 3]),
    backgroundColours: (values) => values.set([0, 1, 1, 0]),
  };
  for (const name of ['kind', 'colour', 'size']) answers[name] = (values) => (values[grid * grid + cell] = 5);
  return new FakeGraph(
    'probe',
    (feeds) => {
      const count = feeds['image']!.dims[0]!;
      return Object.fromEntries(
        outputs.map(({ name, type, shape }) => {
          const dims = [count, ...(shape.slice(1) as number[])];
          const size = dims.slice(1).reduce((product, side) => product * side, 1);
          const data = new Float32Array(count * size);
          for (let row = 0; row < count; row++) answers[name]?.(data.subarray(row * size, (row + 1) * size));
          return [name, { type, data, dims }];
        }),
      );
    },
    inputs,
    outputs,
  );
}

const manifest = fakeManifest({ attributes });

function positionsOf(events: readonly EngineEvent[]) {
  return events.flatMap((event) => (event.type === 'position' ? [event.position] : []));
}

async function positions(parts = fakeParts(manifest, { probe: fakeProbe() })) {
  const source = { codes: [1, 2, 3, 4, 5, 6, 7, 8] };
  const { events } = await drain(timeline(parts, { kind: 'timeline', source, seed: 1 }, new AbortController().signal));
  return positionsOf(events);
}

test('every position of the timeline carries what the probe reads in its restored pane', async () => {
  const found = await positions();
  expect(found).toHaveLength(8);
  for (const { reading } of found) {
    expect(reading).toEqual({
      background: {
        kind: 'gradient',
        colours: ['blue', 'red'],
        confidence: expect.closeTo(1 / (1 + Math.exp(-3)), 6) as number,
      },
      objects: [
        {
          kind: 'star',
          colour: 'blue',
          texture: 'solid',
          size: 'large',
          cell: 'top right',
          x: 0.875,
          y: 0.125,
          confidence: expect.closeTo(1 / (1 + Math.exp(-2)), 6) as number,
        },
      ],
    });
  }
});

test('shares are there without a probe; a reading is not', async () => {
  const [first] = await positions(fakeParts());
  expect(Object.keys(first!.shares!)).toEqual(['background', 'layout', 'colour', 'shape', 'texture']);
  expect(first!.sharesAlone).toBeDefined();
  expect(first).not.toHaveProperty('reading');
});

test('with all tokens the fake pack restores the background that without them is nothing', async () => {
  const last = (await positions(fakeParts())).find(({ t }) => t === 1)!;
  expect(last.shares!.background).toBeGreaterThan(0.7);
  expect(last.sharesAlone!.background).toBe(0);
});

test('a probe that only classifies is no reader of objects, and breaks nothing', async () => {
  const flat = Object.entries(labels).map(([name, of]) => ({ name, type: 'float32', shape: ['batch', of.length] }));
  expect(brokenGraphRule(fakeProbe(flat), manifest)).toBeNull();
  const [first] = await positions(fakeParts(manifest, { probe: fakeProbe(flat) }));
  expect(first).not.toHaveProperty('reading');
});

test('a probe whose maps do not fit its labels is refused by name and shape', () => {
  expect(brokenGraphRule(fakeProbe(), manifest)).toBeNull();
  const wrong = described().map((output) =>
    output.name === 'colour' ? { ...output, shape: ['batch', 3, grid, grid] } : output,
  );
  expect(brokenGraphRule(fakeProbe(wrong), manifest)).toMatch(/output colour of shape \[batch, 3, 4, 4\]/);
  const missing = described().filter(({ name }) => name !== 'offset');
  expect(brokenGraphRule(fakeProbe(missing), manifest)).toMatch(/lacks the output offset/);
});
