import { describe, expect, it } from 'vitest';
import { outcomeOf, spokenQueue, windowTitle, workOf } from './queue-words.js';

const idle = { project: 'Cats', fraction: undefined, waiting: 0, failed: 0, paused: false };
const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

describe('the title of the window', () => {
  it.each([
    [idle, 'Cats – DDT Studio'],
    [{ ...idle, project: '' }, 'DDT Studio'],
    [{ ...idle, fraction: 0.427, waiting: 3 }, '42 %, 3 waiting – Cats – DDT Studio'],
    [{ ...idle, fraction: 0.999 }, '99 % – Cats – DDT Studio'],
    [{ ...idle, fraction: null }, 'Running – Cats – DDT Studio'],
    [{ ...idle, waiting: 2, paused: true }, '2 paused – Cats – DDT Studio'],
    [{ ...idle, failed: 1 }, '1 failed – Cats – DDT Studio'],
    [{ ...idle, failed: 1, fraction: 0 }, '0 % – Cats – DDT Studio'],
  ])('%o', (facts, title) => {
    expect(windowTitle(facts)).toBe(title);
  });
});

describe('a job', () => {
  it('says what it makes', () => {
    const request = { kind: 'generate', prompt: 'x', seed: 7, variations: 2, settings } as const;
    expect(workOf({ request })).toBe('2 pictures, seed 7');
    expect(workOf({ request: { kind: 'describe', source: { imageId: 'a' } } })).toBe('Description');
  });

  it('says what became of it', () => {
    const common = {
      id: 'a',
      addedAt: '',
      request: { kind: 'describe', source: { imageId: 'a' } },
      purpose: { kind: 'reading', title: 'x', frameId: 'f' },
    } as const;
    const error = { code: 'engine-failed', message: 'It broke.', remedy: '' } as const;
    expect(outcomeOf({ ...common, state: 'failed', error })).toBe('It broke.');
    expect(outcomeOf({ ...common, state: 'waiting' })).toBe('');
  });

  it('is spoken of without numbers that change all the time', () => {
    expect(spokenQueue('a red circle', 2, 1, false)).toBe('Running a red circle, 2 waiting, 1 failed');
    expect(spokenQueue(null, 0, 0, true)).toBe('The queue is empty');
  });
});
