/** What servers may write in an answer, and what they may not. */
import { describe, expect, test } from 'vitest';
import { bool, float32, int64 } from '../model/graph.js';
import { readAnswer, writeRequest } from './message.js';

const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const output = { name: 'x0', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] };
const answer = (changes: object): Buffer => body({ model_name: 'm', outputs: [{ ...output, ...changes }] });

describe('an answer in JSON', () => {
  test.each([
    ['a flat list', {}],
    [
      'lists in lists',
      {
        data: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    ['null where nothing is to be said', { parameters: null }],
    ['a size of null', { parameters: { binary_data_size: null, content_type: 'np' } }],
  ])('may be %s', (_, changes) => {
    const found = readAnswer(answer(changes), null).get('x0')!;
    expect([found.type, [...(found.data as Float32Array)], found.dims]).toEqual(['float32', [1, 2, 3, 4], [2, 2]]);
  });

  test.each([
    ['nothing at all', Buffer.alloc(0), 'not JSON'],
    ['no JSON', Buffer.from('<p>'), 'not JSON'],
    ['what Python writes for no number', Buffer.from('{"outputs":[{"data":[NaN]}]}'), 'not JSON'],
    ['null for no number', answer({ data: [1, 2, 3, null] }), 'no answer of the protocol'],
    ['an error with success', body({ error: 'no room' }), 'no answer of the protocol'],
    ['too few numbers', answer({ data: [1, 2, 3] }), 'x0 has 3 values instead of 4'],
    ['no numbers', answer({ data: null }), 'x0 has 0 values instead of 4'],
    ['a type nobody asked for', answer({ datatype: 'FP64' }), 'x0 is of type FP64'],
    ['halves for whole numbers', answer({ datatype: 'INT64', data: [0.5, 1, 2, 3] }), 'no INT64'],
  ])('may not be %s', (_, written, words) => {
    expect(() => readAnswer(written, null)).toThrow(words);
  });
});

describe('an answer in bytes', () => {
  const told = { ...output, data: undefined, parameters: { binary_data_size: 16 } };
  const header = body({ outputs: [told] });
  const whole = Buffer.concat([header, Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)]);

  test('begins where its header ends, at any place', () => {
    const found = readAnswer(whole, String(header.length)).get('x0')!;
    expect([...(found.data as Float32Array)]).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ['a header longer than all of it', whole, '100000', 'no such length'],
    ['a length that is no number', whole, 'much', 'no such length'],
    ['fewer bytes than it says', whole.subarray(0, -4), String(header.length), 'ends before its 16 bytes'],
    ['more bytes than it says', Buffer.concat([whole, whole]), String(header.length), 'more than its tensors'],
    [
      'a size that is not its shape’s',
      body({ outputs: [{ ...told, shape: [1] }] }),
      null,
      'has 16 bytes for the shape',
    ],
  ])('may not have %s', (_, written, length, words) => {
    expect(() => readAnswer(written, length)).toThrow(words);
  });
});

test('numbers of a request in JSON are short, and the same numbers when they are read', () => {
  const values = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index) * 10 ** ((index % 20) - 10));
  const feeds = {
    x: float32(values, [1000]),
    tokens: int64(BigInt64Array.of(0n, 8191n), [2]),
    visible: bool(Uint8Array.of(0, 1), [2]),
  };
  const { body: written, headers } = writeRequest(feeds, ['x0'], false);
  expect(headers).toEqual({ 'content-type': 'application/json' });
  const [x, tokens, visible] = (JSON.parse(written.toString()) as { inputs: { data: unknown[] }[] }).inputs;
  expect(Float32Array.from(x!.data as number[])).toEqual(values);
  expect(JSON.stringify(x!.data).length).toBeLessThan(16 * values.length);
  expect([tokens!.data, visible!.data]).toEqual([
    [0, 8191],
    [false, true],
  ]);
});
