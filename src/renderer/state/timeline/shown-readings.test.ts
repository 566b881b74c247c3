import { describe, expect, it } from 'vitest';
import { attributeNames } from '../../../shared/tokens/attributes.js';
import { describedOf, filmedOf, measuredOf, runsOf, type ReadTimeline } from './shown-readings.js';
import type { TimelineSource } from './timeline-source.js';

const sourceWith = (keepFromTrained: boolean): TimelineSource =>
  ({
    frameId: 'f',
    pack: 'p@1',
    imageId: 'i',
    codes: null,
    manifest: { tokens: { keepFromTrained } },
  }) as TimelineSource;

const ready: ReadTimeline = {
  source: sourceWith(true),
  codes: [3, 1, 2],
  seed: 5,
  positions: [{ t: 0 }, { t: 0.5 }],
  status: { kind: 'ready' },
};
const all = [describedOf, filmedOf, measuredOf, (one: ReadTimeline) => runsOf(one, groups)];

/** The colours are gone without token 1, and nothing else is anywhere. */
const groups = [0, 1, 2].map((at) => ({
  from: at,
  to: at,
  losses: Object.fromEntries(attributeNames.map((name) => [name, name === 'colour' && at === 1 ? 0.9 : 0])) as never,
}));

it('looks at the tokens and the noise of the timeline', () => {
  const source = { pack: 'p@1', codes: [3, 1, 2], imageId: 'i' };
  expect(describedOf(ready)).toEqual({ key: 'p@1|i|', source, seed: 5, times: [0, 0.5] });
  expect(filmedOf(ready)).toEqual({ key: 'p@1|i|', source, count: 3, seed: 5 });
  expect(measuredOf(ready)).toEqual({ pack: 'p@1', codes: [3, 1, 2], seed: 5 });
});

describe('there is nothing to look at', () => {
  it('without a source or its tokens', () => {
    for (const of of all) {
      expect(of({ ...ready, source: null })).toBeNull();
      expect(of({ ...ready, codes: null })).toBeNull();
    }
  });

  it('before the pictures are there; what tokens do is measured too where they were given up, the film at once', () => {
    const computing = { ...ready, status: { kind: 'computing' } };
    const stopped = { ...ready, status: { kind: 'stopped' } };
    expect([describedOf(computing), measuredOf(computing), describedOf(stopped)]).toEqual([null, null, null]);
    expect(measuredOf(stopped)).not.toBeNull();
    expect(filmedOf(computing)).not.toBeNull();
  });

  it('with a decoder that never missed tokens', () => {
    const untrained = { ...ready, source: sourceWith(false) };
    expect([filmedOf(untrained), measuredOf(untrained)]).toEqual([null, null]);
    expect(describedOf(untrained)).not.toBeNull();
  });
});

it('runs of tokens are hidden once more where they carry an attribute together', () => {
  expect(runsOf(ready, [])).toBeNull();
  expect(runsOf(ready, groups)).toMatchObject({ pack: 'p@1', codes: [3, 1, 2], seed: 5 });
});
