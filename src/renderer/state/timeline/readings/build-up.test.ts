import { beforeEach, describe, expect, it } from 'vitest';
import { filmCounts } from '../../../../shared/tokens/build-up.js';
import { FakeJobs } from '../../../../../tests/fakes/window/fake-jobs.js';
import { BuildUpState } from './build-up.svelte.js';

const image = { width: 1, height: 1, data: new Uint8Array(4) };
const source = { pack: 'p@1', codes: [1, 2, 3, 4] };
const filmed = { key: 'a', source, count: 4, seed: 1 };
const settled = () => new Promise((resolve) => setTimeout(resolve));
let jobs: FakeJobs;
let state: BuildUpState;

beforeEach(() => {
  jobs = new FakeJobs();
  state = new BuildUpState(jobs);
});

function answer(read: boolean): void {
  filmCounts(4).forEach((tokens, index) => {
    const background = { kind: 'plain', colours: [tokens === 0 ? 'grey' : 'teal'], confidence: 1 };
    jobs.say({
      type: 'film-picture',
      picture: { index, tokens, image, ...(read ? { reading: { background, objects: [] } } : {}) },
    });
  });
}

const done = () => jobs.say({ type: 'done', result: { kind: 'film', counts: [] }, elapsedMs: 1 });

describe('BuildUpState', () => {
  it('asks once for the whole film, and says what is read more in each picture', async () => {
    state.show(filmed);
    await settled();
    expect(jobs.last.request).toEqual({ kind: 'film', source, seed: 1, counts: [0, 1, 2, 3, 4] });
    answer(true);
    expect(state.pictures.map(({ tokens }) => tokens)).toEqual([0, 1, 2, 3, 4]);
    expect(state.gains).toBeNull();
    done();
    await settled();
    expect(state.gains).toEqual([[], ['teal ground'], [], [], []]);
    state.show(null);
    state.show(filmed);
    expect(jobs.jobs).toHaveLength(1);
    expect(state.gains?.[1]).toEqual(['teal ground']);
  });

  it('takes the words of the language model where no probe reads, and none where nobody does', async () => {
    state.show(filmed);
    await settled();
    answer(false);
    done();
    await settled();
    expect(state.gains).toBeNull();
    state.show({ ...filmed, seed: 2 });
    await settled();
    answer(false);
    ['a', 'a boat', 'a red boat', 'a red boat', 'a red boat'].forEach((text, index) => {
      const words = text.split(' ').map((word) => ({ text: word, probability: 1 }));
      jobs.say({ type: 'film-caption', caption: { index, words, confidence: 1 } });
    });
    done();
    await settled();
    expect(state.gains).toEqual([[], ['boat'], ['red'], [], []]);
  });

  it('says what failed, and begins again when asked', async () => {
    state.show(filmed);
    await settled();
    jobs.jobs[0]!.fail({ code: 'engine-stopped', message: 'It ended.', remedy: 'Again.' });
    await settled();
    expect(state.status).toMatchObject({ kind: 'failed', error: { code: 'engine-stopped' } });
    state.resume();
    await settled();
    expect(jobs.jobs).toHaveLength(2);
  });
});
