/** `remote-proof`: a pack on real Triton processes: same pixels, how fast, a kill in the middle, a slow server, another pack. */
import type { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serialiseError } from '../../src/shared/errors.js';
import type { Act } from '../../src/main/cli/context.js';
import { whole, withCommonOptions, type CommonOptions } from '../../src/main/cli/options.js';
import { findPack } from '../../src/main/cli/packs.js';
import { Engine } from '../../src/main/engine/engine.js';
import type { RemoteOptions } from '../../src/main/engine/remote/address.js';
import { exportTriton } from '../../src/main/servers/triton-export.js';
import { startTriton, tritonFault, withPythonBackend, type RealServer } from '../remote/real-servers.js';

interface ProofOptions extends CommonOptions {
  python: string;
  modules: string[];
  pack: string;
  other: string;
  cells: number;
  steps: number;
}

export function addRemoteProof(program: Command, act: Act): void {
  const command = program
    .command('remote-proof')
    .description('run a pack on 1, 2 and 4 real Triton processes of one thread, against this machine in the same run')
    .requiredOption('--python <site-packages>', 'where nvidia-pytriton is installed')
    .option('--modules <folders...>', 'where numpy and onnxruntime are, if not there', [])
    .option('--pack <id>', 'the pack', 'scenes-128')
    .option('--other <id>', 'another pack, which has to be refused', 'study-timestep')
    .option('--cells <n>', 'pictures, 16 at a time', whole({ smallest: 1, largest: 1024 }), 64)
    .option('--steps <n>', 'steps of each', whole({ smallest: 1, largest: 64 }), 2)
    .addHelpText('after', '\nExample:\n  npm run tools -- remote-proof --python venv/lib/python3.11/site-packages');
  withCommonOptions(command).action(
    act(async ({ output }, options: ProofOptions) => {
      const fault = tritonFault(options.python);
      if (fault !== null) return output.result(`Skipped: ${fault}`, { skipped: fault });
      const folder = await mkdtemp(join(tmpdir(), 'ddt-proof-'));
      const servers: RealServer[] = [];
      const facts: Record<string, unknown> = {};
      const note = (name: string, value: unknown): void => {
        facts[name] = value;
        output.note(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
      };
      try {
        const packDirectory = await findPack(options.pack);
        const repository = join(folder, 'models');
        await exportTriton(packDirectory, repository, { instances: 1, queueDelay: 2000, replace: false });
        await withPythonBackend(repository);
        const where = {
          sitePackages: resolve(options.python),
          modules: options.modules.map((one) => resolve(one)),
          folder,
        };
        for (let count = 0; count < 4; count++) servers.push(await startTriton(repository, where));
        const use = (count: number): RemoteOptions => ({
          servers: servers.slice(0, count).map(({ url }) => ({ url })),
          orHere: false,
        });

        const here = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1 });
        const local = await drawn(here, options);
        await here.dispose();
        note('this machine, one thread', speed(local));
        for (const count of [1, 2, 4]) {
          const engine = await Engine.open({ packDirectory, threads: 1, remote: use(count) });
          const far = await drawn(engine, options);
          note(`${count} processes`, { ...speed(far), difference: difference(local.pixels, far.pixels) });
          if (count === 1) note('who', engine.ready.attempts.at(-1)!.reason);
          await engine.dispose();
        }

        const engine = await Engine.open({ packDirectory, threads: 1, remote: use(3) });
        const during = drawn(engine, options);
        setTimeout(() => servers[0]!.kill(), local.milliseconds / 10);
        setTimeout(() => servers[1]!.pause(), local.milliseconds / 5);
        setTimeout(() => servers[1]!.resume(), local.milliseconds / 2);
        const survived = await during;
        const states = engine.remoteWork!.servers.map(({ state, rows }) => `${state}, ${rows} rows`);
        note('one of three killed, one stopped for a while', {
          ...{ pictures: survived.pixels.length, difference: difference(local.pixels, survived.pixels), states },
        });
        await engine.dispose();

        const otherDirectory = await findPack(options.other);
        // One that is still alive.
        const alive: RemoteOptions = { servers: [{ url: servers[3]!.url }], orHere: false };
        const refused = await Engine.open({ packDirectory: otherDirectory, threads: 1, remote: alive }).then(
          () => 'It was taken, which is wrong.',
          (error: unknown) => serialiseError(error).message,
        );
        note('another pack', refused);
        output.result('', facts);
      } finally {
        for (const server of servers) server.kill();
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );
}

interface Drawn {
  pixels: Uint8ClampedArray[];
  milliseconds: number;
  /** Inside graphs, of this machine and of servers. */
  graphMs: number;
}

async function drawn(engine: Engine, { cells, steps }: ProofOptions): Promise<Drawn> {
  const pixels: Uint8ClampedArray[] = [];
  const began = performance.now();
  let graphMs = 0;
  for (let done = 0; done < cells; done += 16) {
    const settings = { steps, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };
    const variations = Math.min(16, cells - done);
    const job = engine.run(
      { kind: 'generate', prompt: 'a red circle', seed: done + 1, variations, settings },
      new AbortController().signal,
    );
    let next = await job.next();
    while (next.done !== true) next = await job.next();
    const { result, timing } = next.value;
    if (result.kind !== 'generate') throw new Error(result.kind);
    graphMs += timing.sessionMs;
    pixels.push(...result.images.map(({ image }) => Uint8ClampedArray.from(image.data)));
  }
  return { pixels, milliseconds: performance.now() - began, graphMs };
}

function speed({ pixels, milliseconds, graphMs }: Drawn): Record<string, number> {
  return {
    pictures: pixels.length,
    seconds: Number((milliseconds / 1000).toFixed(1)),
    graphSeconds: Number((graphMs / 1000).toFixed(1)),
    picturesPerSecond: Number(((pixels.length / milliseconds) * 1000).toFixed(2)),
  };
}

/** The largest of any channel of any picture, 0…255. */
function difference(expected: readonly Uint8ClampedArray[], found: readonly Uint8ClampedArray[]): number {
  return found.reduce(
    (most, picture, index) =>
      picture.reduce((so, byte, at) => Math.max(so, Math.abs(byte - expected[index]![at]!)), most),
    0,
  );
}
