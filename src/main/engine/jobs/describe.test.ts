/** An image read, told and asked about, over fake graphs. */
import { describe, expect, test } from 'vitest';
import { image, ofType, signal } from '../../../../tests/fakes/engine-jobs.js';
import { drain, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import { ask, describe as describeImage, encode } from './describe.js';

describe('encode, describe, ask', () => {
  test('an image becomes codes, reported coarse to fine', async () => {
    const { events, result } = await drain(encode(fakeParts(), { kind: 'encode', image }, signal));
    // 85 of 255 is a third: the fake encoder begins with code 3.
    expect(result).toEqual({ kind: 'encode', codes: [3, 4, 5, 6, 7, 8, 9, 0] });
    expect(ofType(events, 'token').map((event) => [event.index, event.code])[0]).toEqual([7, 0]);
  });

  test('text arrives whole, again and again', async () => {
    const { events, result } = await drain(describeImage(fakeParts(), { kind: 'describe', source: { image } }, signal));
    if (result.kind !== 'describe') throw new Error(result.kind);
    const texts = ofType(events, 'text').map((event) => event.text);
    expect(texts.at(-1) ?? '').toBe(result.text);
    texts.forEach((text, index) => expect(text.startsWith(texts[index - 1] ?? '')).toBe(true));
  });

  test.each([
    [[1, 2, 3], '3 tokens'],
    [[1, 2, 3, 4, 5, 6, 7, 10], 'Token 10'],
    [[1, 2, 3, 4, 5, 6, 7, 1.5], 'Token 1.5'],
    [[1, 2, 3, 4, 5, 6, 7, -1], 'Token -1'],
  ])('codes %j are refused', async (wrong, words) => {
    const job = drain(ask(fakeParts(), { kind: 'ask', source: { codes: wrong }, question: 'w5' }, signal));
    await expect(job).rejects.toMatchObject({
      code: 'tokens-invalid',
      message: expect.stringContaining(words) as string,
    });
  });

  test('an empty question is refused before anything is read', async () => {
    const job = drain(ask(fakeParts(), { kind: 'ask', source: { image }, question: '' }, signal));
    await expect(job).rejects.toMatchObject({ code: 'prompt-empty' });
  });
});
