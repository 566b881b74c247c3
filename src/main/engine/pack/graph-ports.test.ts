import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDarPack, writeSelftokPack } from '../../../../tests/fakes/family-packs.js';
import { loadOnnxRuntime } from '../model/session.js';
import { graphPorts, portLimits, type GraphPorts } from './graph-ports.js';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'ddt-ports-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function asTheRuntimeSays(path: string): Promise<GraphPorts> {
  const { InferenceSession } = await loadOnnxRuntime();
  const session = await InferenceSession.create(path, { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 });
  const ports = (all: typeof session.inputMetadata) =>
    all.flatMap((port) => (port.isTensor ? [{ name: port.name, type: port.type, shape: port.shape }] : []));
  const found = { inputs: ports(session.inputMetadata), outputs: ports(session.outputMetadata) };
  await session.release();
  return found;
}

/** Sizes of outputs that a file leaves open the runtime may work out; what a file states it does not contradict. */
function closed(stated: GraphPorts, found: GraphPorts): GraphPorts {
  const outputs = stated.outputs.map((port, at) => {
    const worked = found.outputs[at]?.shape ?? [];
    return {
      ...port,
      shape: port.shape.map((size, axis) => (typeof size === 'string' ? (worked[axis] ?? size) : size)),
    };
  });
  return { inputs: stated.inputs, outputs };
}

const shipped = join(import.meta.dirname, '../../../../resources/packs');

test.each(readdirSync(shipped))(
  'the files of %s say what the runtime says once they are open',
  async (name) => {
    for (const file of readdirSync(join(shipped, name)).filter((one) => one.endsWith('.onnx'))) {
      const path = join(shipped, name, file);
      const found = await asTheRuntimeSays(path);
      expect({ file, ...closed(await graphPorts(path), found) }).toEqual({ file, ...found });
    }
  },
  60_000,
);

test('so do those of packs of other shapes', async () => {
  for (const directory of [writeDarPack(join(folder, 'dar')), writeSelftokPack(join(folder, 'selftok'))]) {
    for (const file of readdirSync(directory).filter((one) => one.endsWith('.onnx'))) {
      const found = await asTheRuntimeSays(join(directory, file));
      expect(closed(await graphPorts(join(directory, file)), found)).toEqual(found);
    }
  }
});

const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(value >> 7)]);
const part = (field: number, ...content: (Buffer | string)[]): Buffer => {
  const bytes = Buffer.concat(content.map((one) => Buffer.from(one as string)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes]);
};
const number = (field: number, value: number): Buffer => Buffer.from([...varint(field * 8), ...varint(value)]);
const tensorType = (...content: Buffer[]): Buffer => part(2, part(1, ...content));
const graph = (...content: Buffer[]): Buffer => part(7, ...content);

function read(bytes: Buffer) {
  const path = join(folder, 'graph.onnx');
  writeFileSync(path, bytes);
  return graphPorts(path);
}

test('weights among the inputs are none, whichever stands first; a shape may go unsaid, a size too', async () => {
  const weights = part(5, part(8, 'w'), part(9, Buffer.alloc(200_000)));
  const found = await read(
    graph(
      part(11, part(1, 'w'), tensorType(number(1, 1))),
      weights,
      part(11, part(1, 'x'), tensorType(number(1, 10), part(2, part(1, number(1, 3)), part(1), part(1, part(2, 'n'))))),
      part(12, part(1, 'y'), tensorType(number(1, 1))),
      part(12, part(1, 'many'), part(2, part(4))),
      part(12, part(1, 'scalar'), tensorType(number(1, 99), part(2))),
    ),
  );
  expect(found).toEqual({
    inputs: [{ name: 'x', type: 'float16', shape: [3, '', 'n'] }],
    outputs: [
      { name: 'y', type: 'float32', shape: [], unstated: true },
      { name: 'many', type: 'not a tensor', shape: [], unstated: true },
      { name: 'scalar', type: 'of number 99', shape: [] },
    ],
  });
});

test.each<[string, Buffer, RegExp]>([
  ['text', Buffer.from('encoder'), /is not an ONNX graph/],
  ['a length beyond its message', graph(Buffer.from([11 * 8 + 2, 50, 1])), /is not an ONNX graph/],
  ['a name without end', graph(part(11, part(1, 'x'.repeat(5000)))), /a name longer than any/],
  [
    'inputs without end',
    graph(...Array.from({ length: portLimits.count + 1 }, () => part(11))),
    /more inputs or outputs than any/,
  ],
  [
    'dimensions without end',
    graph(part(11, tensorType(part(2, ...Array.from({ length: 65 }, () => part(1)))))),
    /more dimensions than any/,
  ],
])('%s is refused', async (_name, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
});
