import { describe, expect, test } from 'vitest';
import { fakeDecoder, fakeK, fakeManifest, FakeGraph, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import type { TensorDescription } from '../model/graph.js';
import { LivePreviews } from './previews.js';

/** After how many known tokens a preview is drawn, when writing a token and drawing a preview take these milliseconds. */
async function drawnAt(tokenMs: number, previewMs: number, count = 32): Promise<{ drawn: number[]; share: number }> {
  let time = 0;
  let ticks = 0;
  const manifest = fakeManifest();
  manifest.tokens.count = count;
  const parts = fakeParts(manifest);
  const sequences = [new Array<number>(count).fill(1)];
  const previews = new LivePreviews(parts, new Float32Array(parts.decoder.size), sequences, () => {
    // Inside `draw` the clock is read twice; the second reading comes a preview later.
    if (ticks > 0 && --ticks === 0) time += previewMs;
    return time;
  });
  const drawn: number[] = [];
  for (let known = 1; known <= count; known++) {
    time += tokenMs;
    if (!previews.due(known)) continue;
    ticks = 2;
    await previews.draw(known);
    drawn.push(known);
  }
  return { drawn, share: (drawn.length * previewMs) / time };
}

describe('LivePreviews', () => {
  test('cheap previews come with the first token and then every eighth of K, but not with the last', async () => {
    expect((await drawnAt(10, 1)).drawn).toEqual([1, 5, 9, 13, 17, 21, 25, 29]);
    expect((await drawnAt(10, 1, fakeK)).drawn).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('dear previews come seldom and take at most about a third of the time', async () => {
    const { drawn, share } = await drawnAt(10, 40);
    expect(drawn[0]).toBe(1);
    expect(drawn.length).toBeGreaterThan(2);
    expect(drawn.length).toBeLessThan(8);
    expect(share).toBeLessThanOrEqual(0.35);
  });
});

const tokens: TensorDescription = { name: 'tokens', type: 'int64', shape: ['batch', fakeK] };
const visible: TensorDescription = { name: 'visible', type: 'bool', shape: ['batch', fakeK] };

/** White pictures. */
function fakeRenderer(inputs: TensorDescription[]): FakeGraph {
  return new FakeGraph(
    'renderer',
    (feeds) => {
      const batch = feeds['tokens']!.dims[0]!;
      const data = new Float32Array(batch * 3 * 64).fill(1);
      return { image: { type: 'float32', data, dims: [batch, 3, 8, 8] } };
    },
    inputs,
  );
}

describe('who draws', () => {
  const draw = async (inputs: TensorDescription[] | undefined, keepFromTrained: boolean) => {
    const manifest = fakeManifest();
    manifest.tokens.keepFromTrained = keepFromTrained;
    const decoder = fakeDecoder();
    const renderer = inputs === undefined ? undefined : fakeRenderer(inputs);
    const parts = fakeParts(manifest, { decoder, ...(renderer === undefined ? {} : { renderer }) });
    const previews = new LivePreviews(parts, new Float32Array(parts.decoder.size), [new Array<number>(fakeK).fill(1)]);
    const due = previews.due(1);
    if (due) await previews.draw(1);
    return { due, byDecoder: decoder.runs.length, byRenderer: renderer?.runs.length ?? 0 };
  };

  test('come from the renderer when it takes a mask, whatever the decoder was trained for', async () => {
    expect(await draw([tokens, visible], true)).toEqual({ due: true, byDecoder: 0, byRenderer: 1 });
    expect(await draw([tokens, visible], false)).toEqual({ due: true, byDecoder: 0, byRenderer: 1 });
  });

  test('come from the decoder without one, when it can draw from coarse tokens', async () => {
    expect(await draw(undefined, true)).toEqual({ due: true, byDecoder: 1, byRenderer: 0 });
    expect(await draw([tokens], true)).toEqual({ due: true, byDecoder: 1, byRenderer: 0 });
    expect(await draw([tokens], false)).toEqual({ due: false, byDecoder: 0, byRenderer: 0 });
    expect(await draw(undefined, false)).toEqual({ due: false, byDecoder: 0, byRenderer: 0 });
  });
});
