import { describe, expect, test } from 'vitest';
import { drain, fakeDecoder, fakeK, fakeManifest, FakeGraph, fakeParts } from './fakes.js';
import type { TensorDescription } from './graph.js';
import { LivePreviews } from './previews.js';
import { render } from './renderer.js';

const { signal } = new AbortController();
const codes = [1, 2, 3, 4, 5, 6, 7, 8];
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

describe('render', () => {
  test.each([
    ['a mask', [tokens, visible]],
    ['no mask', [tokens]],
  ])('draws the whole sequence in one evaluation of a renderer with %s', async (_name, inputs) => {
    const renderer = fakeRenderer(inputs);
    const decoder = fakeDecoder();
    const parts = fakeParts(fakeManifest(), { renderer, decoder });
    const { events, result } = await drain(render(parts, { kind: 'render', codes }, signal));
    expect(result.kind === 'render' && result.image.data[0]).toBe(255);
    expect(events.at(-1)).toMatchObject({ type: 'progress', phase: 'restoring', done: 1, total: 1 });
    expect(decoder.runs).toHaveLength(0);
    expect(renderer.runs).toHaveLength(1);
    const feeds = renderer.runs[0]!;
    expect(Object.keys(feeds)).toEqual(inputs.map(({ name }) => name));
    expect(Array.from(feeds['tokens']!.data as BigInt64Array, Number)).toEqual(codes);
    if (inputs.length > 1) expect([...(feeds['visible']!.data as Uint8Array)]).toEqual(new Array(fakeK).fill(1));
  });

  test('a pack without a renderer, and codes that are not its own, are refused', async () => {
    await expect(drain(render(fakeParts(), { kind: 'render', codes }, signal))).rejects.toMatchObject({
      code: 'task-unsupported',
    });
    const parts = fakeParts(fakeManifest(), { renderer: fakeRenderer([tokens]) });
    await expect(drain(render(parts, { kind: 'render', codes: [1] }, signal))).rejects.toMatchObject({
      code: 'tokens-invalid',
    });
  });

  test('ends when it was cancelled', async () => {
    const renderer = fakeRenderer([tokens]);
    const job = render(fakeParts(fakeManifest(), { renderer }), { kind: 'render', codes }, AbortSignal.abort());
    await expect(drain(job)).rejects.toMatchObject({ code: 'cancelled' });
    expect(renderer.runs).toHaveLength(0);
  });
});

describe('live previews', () => {
  const draw = async (inputs: TensorDescription[] | undefined, keepFromTrained: boolean) => {
    const manifest = fakeManifest();
    manifest.tokens.keepFromTrained = keepFromTrained;
    const decoder = fakeDecoder();
    const renderer = inputs === undefined ? undefined : fakeRenderer(inputs);
    const parts = fakeParts(manifest, { decoder, ...(renderer === undefined ? {} : { renderer }) });
    const previews = new LivePreviews(parts, new Float32Array(parts.decoder.size), [codes]);
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
