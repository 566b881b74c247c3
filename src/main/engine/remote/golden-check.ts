/** A pack's golden vectors, asked of a server: the same questions as in training have to have the same answers. */
import { posix } from 'node:path';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../../../shared/json.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import type { CheckedPack } from '../pack/pack.js';
import { locate } from '../pack/pack-files.js';
import { bool, float32, int64, type GraphTensor } from '../model/graph.js';
import { sliceRows } from '../model/rows.js';
import { relativeDifference, tolerance } from '../model/providers.js';
import type { CheckedServer } from './checked-server.js';
import type { RemoteGraphName } from './graphs.js';
import { unsuitable } from './server-errors.js';

const stored = z.object({
  file: z.string().max(200),
  type: z.enum(['float32', 'int64', 'bool']),
  shape: z.array(z.int().min(0)).min(1).max(8),
});
type Stored = z.infer<typeof stored>;
/** Whatever else golden.json holds is not for servers. */
const part = z.record(z.string().max(100), stored).optional();
const form = z.object({ decoder: part, encoder: part, vae: part });
const limits = { json: 1024 * 1024, tensor: 64 * 1024 * 1024 };
/** Codes that have to be the same: a card may choose another neighbour here and there, other weights agree by chance alone. */
const mostCodes = 0.5;

interface Question {
  graph: RemoteGraphName;
  inputs: Record<string, Stored | undefined>;
  output: string;
  answer: Stored | undefined;
}

/**
 * The golden answers of every graph that the server runs and the pack has vectors of, within the tolerance of providers. Nothing to
 * compare with is no fault: the hash was checked before. Throws `server-unsuitable` for another answer, and what the server's failures
 * throw.
 */
export async function checkGolden(server: CheckedServer, pack: CheckedPack): Promise<void> {
  const { golden } = pack.manifest;
  if (golden === undefined) return;
  const listed = new Set(pack.manifest.files.map(({ path }) => path));
  const read = async (path: string, most: number): Promise<Buffer | null> => {
    const found = listed.has(path) ? await locate(pack.directory, path) : null;
    if (typeof found !== 'string' || (await stat(found)).size > most) return null;
    return readFile(found);
  };
  const tensor = async (one: Stored | undefined): Promise<GraphTensor | null> => {
    const bytes = one && (await read(posix.join(posix.dirname(golden), one.file), limits.tensor));
    return bytes ? tensorOf(one, bytes) : null;
  };
  for (const { graph, inputs, output, answer } of questionsOf(await read(golden, limits.json), pack.manifest)) {
    const model = server.graphs.get(graph);
    const expected = await tensor(answer);
    if (model === undefined || expected === null) continue;
    const feeds: Record<string, GraphTensor> = {};
    for (const [name, one] of Object.entries(inputs)) {
      const found = await tensor(one);
      if (found !== null) feeds[name] = found;
    }
    if (!model.inputs.every(({ name }) => name in feeds)) continue;
    const rows = Math.min(expected.dims[0]!, model.mostRows);
    const found = (await server.infer(graph, sliceRows(feeds, 0, rows)))[output]!;
    const fault = faultOf(found, sliceRows({ expected }, 0, rows)['expected']!);
    if (fault !== null) throw unsuitable(server.url, `answers the pack’s own question to the ${graph} graph ${fault}`);
  }
}

function questionsOf(text: Buffer | null, { diffusion }: PackManifest): Question[] {
  if (text === null) return [];
  const bounds = { characters: limits.json, depth: 16, keys: 'any' } as const;
  const parsed = form.safeParse(parseJson(text.toString('utf8'), bounds));
  if (!parsed.success) return [];
  const { decoder = {}, encoder = {}, vae = {} } = parsed.data;
  const { x, t, tokens, visible } = decoder;
  const prediction = diffusion.parameterisation;
  return [
    { graph: 'decoder', inputs: { x, t, tokens, visible }, output: prediction, answer: decoder[prediction] },
    { graph: 'encoder', inputs: { image: encoder['image'] }, output: 'tokens', answer: encoder['tokens'] },
    { graph: 'vaeEncoder', inputs: { image: vae['image'] }, output: 'latent', answer: vae['latent'] },
    { graph: 'vaeDecoder', inputs: { latent: vae['latent'] }, output: 'image', answer: vae['restored'] },
  ];
}

/** Null where the file does not hold what it is said to. */
function tensorOf({ type, shape }: Stored, bytes: Buffer): GraphTensor | null {
  const count = shape.reduce((product, side) => product * side, 1);
  if (bytes.length !== count * { float32: 4, int64: 8, bool: 1 }[type]) return null;
  const { buffer } = new Uint8Array(bytes);
  if (type === 'float32') return float32(new Float32Array(buffer), shape);
  return type === 'int64' ? int64(new BigInt64Array(buffer), shape) : bool(new Uint8Array(buffer), shape);
}

/** In words that follow the question; null: it is the same answer. */
function faultOf({ data: found }: GraphTensor, { data: expected }: GraphTensor): string | null {
  if (expected instanceof BigInt64Array && found instanceof BigInt64Array) {
    const same = found.reduce((sum, code, at) => sum + Number(code === expected[at]), 0) / expected.length;
    return same >= mostCodes ? null : `with ${((1 - same) * 100).toFixed(0)} % other codes`;
  }
  const difference = relativeDifference(found as Float32Array, expected as Float32Array);
  return difference <= tolerance ? null : `with something ${(difference * 100).toFixed(0)} % off`;
}
