import { describe, expect, test } from 'vitest';
import { captionText } from '../../../shared/tokens/attributes.js';
import type { EngineEvent, TimelineCaption } from '../../../shared/contract/events.js';
import { captionOf, captions } from './captions.js';
import {
  drain,
  fakeDecoder,
  fakeK,
  fakeLanguageModel,
  fakeManifest,
  fakeParts,
  fakeSide,
} from '../../../../tests/fakes/engine-parts.js';
import { describe as describeImage } from './describe.js';
import { timeline } from './timeline.js';

const { signal } = new AbortController();
const image = {
  width: fakeSide,
  height: fakeSide,
  data: new Uint8Array(fakeSide * fakeSide * 4).map((_, index) => (index % 4 === 3 ? 255 : 85)),
};
const positions = [0.9, 0.1, 0.5, 1, 0.3, 0, 0.2, 0.4, 0.6, 0.7, 0.8];
const request = { kind: 'captions', source: { image }, seed: 2, positions } as const;

function captionsOf(events: readonly EngineEvent[]): TimelineCaption[] {
  return events.flatMap((event) => (event.type === 'caption' ? [event.caption] : []));
}

describe('captions', () => {
  test('one for each position, in the order asked for, the first before all others', async () => {
    const { events, result } = await drain(captions(fakeParts(), request, signal));
    expect(captionsOf(events).map(({ index, t }) => [index, t])).toEqual(positions.map((t, index) => [index, t]));
    expect(result).toEqual({ kind: 'captions', positions: positions.length });
    const progress = events.flatMap((event) =>
      event.type === 'progress' && event.phase === 'writing-text' ? [event.done] : [],
    );
    expect(progress).toEqual([0, 1, 9, 11]);
    for (const { confidence, words } of captionsOf(events)) {
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
      for (const { probability } of words) expect(probability).toBeGreaterThan(0);
    }
  });

  test('says what describing the restored pane says', async () => {
    const { events } = await drain(captions(fakeParts(), request, signal));
    const said = captionsOf(events).map(captionText);
    const shown = await drain(timeline(fakeParts(), { ...request, kind: 'timeline' }, signal));
    const restored = shown.events.flatMap((event) => (event.type === 'position' ? [event.position] : []));
    for (const { index, restored: pane } of restored) {
      const { result } = await drain(describeImage(fakeParts(), { kind: 'describe', source: { image: pane } }, signal));
      expect(result).toEqual({ kind: 'describe', text: said[index] });
    }
    expect(new Set(said).size).toBeGreaterThan(1);
  });

  test('without positions, the end of every token’s span; codes need no encoder to begin with', async () => {
    const codes = [1, 2, 3, 4, 5, 6, 7, 8];
    const { events } = await drain(captions(fakeParts(), { kind: 'captions', source: { codes }, seed: 1 }, signal));
    expect(captionsOf(events)).toHaveLength(fakeK);
  });

  test('a pack that does not describe pictures refuses before anything runs', async () => {
    for (const change of ['templates', 'languageModel'] as const) {
      const manifest = fakeManifest();
      if (change === 'templates') delete manifest.languageModel!.templates.caption;
      else delete manifest.languageModel;
      const decoder = fakeDecoder();
      await expect(drain(captions(fakeParts(manifest, { decoder }), request, signal))).rejects.toMatchObject({
        code: 'task-unsupported',
      });
      expect(decoder.runs).toHaveLength(0);
    }
  });

  test('stops between words when cancelled', async () => {
    const cancellation = new AbortController();
    const lm = fakeLanguageModel();
    const job = async () => {
      for await (const event of captions(fakeParts(fakeManifest(), { lm }), request, cancellation.signal)) {
        if (event.type === 'caption') cancellation.abort();
      }
    };
    await expect(job()).rejects.toMatchObject({ code: 'cancelled' });
    expect(lm.runs.length).toBeLessThan(8);
  });
});

describe('captionOf', () => {
  const pieces: Record<number, string> = { 5: 'a', 6: ' hex', 7: 'agon', 8: ',', 9: ' ' };
  const tokenizer = {
    decode: (ids: readonly number[]) =>
      ids
        .map((id) => pieces[id]!)
        .join('')
        .trim(),
  };
  const of = (...written: [number, number][]) =>
    captionOf(
      written.map(([id, probability]) => ({ id, probability })),
      2,
      tokenizer,
    );

  test('a word written in pieces is as likely as all of them together; the end counts for nothing', () => {
    const { words, confidence } = of([5, 0.5], [6, 0.5], [7, 0.5], [8, 0.5], [2, 0.01]);
    expect(words).toEqual([
      { text: 'a', probability: 0.5 },
      { text: 'hexagon,', probability: 0.125 },
    ]);
    expect(confidence).toBeCloseTo(Math.sqrt(0.5 * 0.125));
  });

  test('a lone space belongs to a word, so no probability is lost', () => {
    const { words } = of([9, 0.5], [5, 0.5]);
    expect(words).toEqual([{ text: 'a', probability: 0.25 }]);
  });

  test('without a word it is sure of saying nothing', () => {
    expect(of([2, 0.75])).toEqual({ words: [], confidence: 0.75 });
  });
});
