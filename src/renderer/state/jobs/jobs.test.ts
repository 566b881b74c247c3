import { beforeEach, describe, expect, it } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import type { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { openFakeWindow } from '../../../../tests/fakes/window/fake-window.js';
import { jobs } from './jobs.svelte.js';
import { notices } from '../studio/notices.svelte.js';

let fake: FakeStudio;

beforeEach(async () => {
  fake = await openFakeWindow();
});

describe('jobs', () => {
  it('drop events of jobs nobody here asked for', () => {
    fake.say('unknown', { type: 'started' });
    expect(jobs.all.has('unknown')).toBe(false);
  });

  it('end once: what a step under way still sends after a cancellation changes nothing', async () => {
    const heard: string[] = [];
    const job = await jobs.submit({ kind: 'describe', source: { imageId: 'a' } }, (event) => heard.push(event.type));
    await jobs.cancel(job);
    fake.say(job.id, { type: 'done', elapsedMs: 1, result: { kind: 'describe', text: 'late' } });
    expect(job.stage).toBe('cancelled');
    expect(heard).toEqual(['cancelled']);
    jobs.forget(job);
  });
});

describe('notices', () => {
  it('show an error once, with its way out, and stay silent about a cancellation', () => {
    const error = new StudioError('disk-full', 'The disk is full.', 'Make room.');
    notices.report(error);
    notices.report(error);
    notices.report(new StudioError('cancelled', 'c', 'r'));
    expect(notices.list).toHaveLength(1);
    expect(notices.list[0]).toMatchObject({ code: 'disk-full', remedy: 'Make room.' });
  });
});
