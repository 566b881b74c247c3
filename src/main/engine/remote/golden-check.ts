/** A pack's golden vectors, asked of a server: the same question as in training has to have the same answer. */
import { posix } from 'node:path';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../../../shared/json.js';
import type { CheckedPack } from '../pack/pack.js';
import { locate } from '../pack/pack-files.js';
import { bool, float32, floatsOf, int64 } from '../model/graph.js';
import { sliceRows } from '../model/rows.js';
import { relativeDifference, tolerance } from '../model/providers.js';
import type { CheckedServer } from './checked-server.js';
import { unsuitable } from './server-errors.js';

const stored = z.object({ file: z.string().max(200), shape: z.array(z.int().min(0)).max(8) });
const form = z.object({
  decoder: z.object({ x: stored, t: stored, tokens: stored, visible: stored }).catchall(stored),
});
const limits = { json: 1024 * 1024, tensor: 64 * 1024 * 1024 };

/**
 * The decoder's golden answer over the wire, within the tolerance of providers. Nothing to compare with is no fault: the hash was
 * checked before. Throws `server-unsuitable` for another answer, and what the server's failures throw.
 */
export async function checkGolden(server: CheckedServer, pack: CheckedPack): Promise<void> {
  const { golden, files } = pack.manifest;
  if (golden === undefined || !server.graphs.has('decoder')) return;
  const listed = new Set(files.map(({ path }) => path));
  const read = async (path: string, most: number): Promise<Buffer | null> => {
    const found = listed.has(path) ? await locate(pack.directory, path) : null;
    if (typeof found !== 'string' || (await stat(found)).size > most) return null;
    return readFile(found);
  };
  const text = await read(golden, limits.json);
  if (text === null) return;
  const parsed = form.safeParse(parseJson(text.toString('utf8'), { characters: limits.json, depth: 16, keys: 'any' }));
  const answerName = pack.manifest.diffusion.parameterisation;
  const expected = parsed.success ? parsed.data.decoder[answerName] : undefined;
  if (!parsed.success || expected === undefined) return;
  const { x, t, tokens, visible } = parsed.data.decoder;
  const bytes = await Promise.all(
    [x, t, tokens, visible, expected].map(({ file }) => read(posix.join(posix.dirname(golden), file), limits.tensor)),
  );
  if (bytes.some((one) => one === null)) return;
  const [xs, ts, codes, seen, answer] = bytes.map((one) => new Uint8Array(one!).buffer);
  const rows = Math.min(t.shape[0]!, server.graphs.get('decoder')!.mostRows);
  const feeds = {
    x: float32(new Float32Array(xs!), x.shape),
    t: float32(new Float32Array(ts!), t.shape),
    tokens: int64(new BigInt64Array(codes!), tokens.shape),
    visible: bool(new Uint8Array(seen!), visible.shape),
  };
  const found = floatsOf(await server.infer('decoder', sliceRows(feeds, 0, rows)), answerName);
  const difference = relativeDifference(found, new Float32Array(answer!).subarray(0, found.length));
  if (difference <= tolerance) return;
  throw unsuitable(
    server.url,
    `answers the pack’s own question to the decoder graph with something ${(difference * 100).toFixed(0)} % off`,
  );
}
