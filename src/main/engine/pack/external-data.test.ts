import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { externalDataOf } from './external-data.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'ddt-external-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A length-delimited field of protobuf. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}

const entry = (key: string, value: string): Buffer => field(13, Buffer.concat([field(1, key), field(2, value)]));
/** An initializer, its data elsewhere. */
const tensor = (...entries: Buffer[]): Buffer => Buffer.concat([field(8, 'weights'), ...entries]);
const model = (graph: Buffer): Buffer => field(7, graph);

function namesIn(bytes: Buffer): Promise<string[]> {
  const path = join(folder, 'graph.onnx');
  writeFileSync(path, bytes);
  return externalDataOf(path);
}

test('initializers, attributes, graphs inside nodes, sparse tensors and functions are looked into', async () => {
  const located = (name: string): Buffer => tensor(entry('location', name), entry('offset', '0'));
  const attribute = (content: Buffer): Buffer => field(1, field(5, content));
  const graph = Buffer.concat([
    field(5, located('a')),
    field(15, field(1, located('b'))),
    attribute(field(5, located('c'))),
    attribute(field(6, attribute(field(6, field(5, located('d')))))),
  ]);
  const inFunction = field(25, field(7, field(5, field(10, located('e')))));
  expect(await namesIn(Buffer.concat([model(graph), inFunction]))).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('the value may stand before its key, and other entries name nothing', async () => {
  const backwards = field(13, Buffer.concat([field(2, '../../etc/passwd'), field(1, 'location')]));
  expect(await namesIn(model(field(5, tensor(entry('checksum', 'x'), backwards))))).toEqual(['../../etc/passwd']);
});

test('large tensors are passed over', async () => {
  const inside = tensor(field(9, Buffer.alloc(300_000, 0x6a)));
  expect(await namesIn(model(Buffer.concat([field(5, inside), field(5, tensor(entry('location', 'z')))])))).toEqual([
    'z',
  ]);
});

test.each<[string, Buffer, RegExp]>([
  ['text', Buffer.from('encoder'), /is not an ONNX graph/],
  ['a length beyond the file', Buffer.from([0x3a, 0xff, 0x7f]), /is not an ONNX graph/],
  ['a length of eleven bytes', Buffer.from([0x3a, ...Array<number>(10).fill(0xff), 1]), /is not an ONNX graph/],
  ['a file in another form of the runtime', Buffer.from('\0\0\0\0ORTM'), /is not an ONNX graph/],
  ['graphs nested without end', nested(200), /nested or split further/],
  ['a name without end', model(field(5, tensor(entry('location', 'x'.repeat(5000))))), /a name longer than any/],
])('%s is refused', async (_name, bytes, message) => {
  await expect(namesIn(bytes)).rejects.toThrow(message);
});

function nested(levels: number): Buffer {
  let graph: Buffer = Buffer.alloc(0);
  for (let level = 0; level < levels; level++) graph = field(1, field(5, field(6, graph)));
  return model(graph);
}

const packs = join(import.meta.dirname, '../../../../resources/packs');

test.each(readdirSync(packs))('the graphs of the shipped pack %s keep everything inside', async (name) => {
  for (const file of readdirSync(join(packs, name)).filter((one) => one.endsWith('.onnx'))) {
    expect(await externalDataOf(join(packs, name, file))).toEqual([]);
  }
});
