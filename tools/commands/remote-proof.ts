/** `remote-proof`: a pack on processes of a real server: same pixels, how fast, a kill in the middle, a slow server, another pack. */
import { Option, type Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serialiseError, StudioError } from '../../src/shared/errors.js';
import type { Act } from '../../src/main/cli/context.js';
import { whole, withCommonOptions, type CommonOptions } from '../../src/main/cli/options.js';
import { findPack } from '../../src/main/cli/packs.js';
import { Engine } from '../../src/main/engine/engine.js';
import type { RemoteOptions } from '../../src/main/engine/remote/address.js';
import { exportTriton } from '../../src/main/servers/triton-export.js';
import { difference, gridTable, gridThroughput, type GridRun } from '../remote/grid-throughput.js';
import { mlserver } from '../remote/mlserver.js';
import type { RealServer, ServerKind } from '../remote/real-servers.js';
import { triton } from '../remote/triton.js';

const kinds: Record<string, ServerKind> = { triton, mlserver };

interface ProofOptions extends CommonOptions {
  server: string;
  python: string;
  modules: string[];
  pack: string;
  other: string;
  cells: number;
}

export function addRemoteProof(program: Command, act: Act): void {
  const command = program
    .command('remote-proof')
    .description(
      'run a pack on 1, 2 and 4 processes of a real server, of one thread each, against this machine in the same run',
    )
    .addOption(new Option('--server <kind>', 'which server').choices(Object.keys(kinds)).default('triton'))
    .requiredOption('--python <site-packages>', 'where nvidia-pytriton or mlserver is installed')
    .option('--modules <folders...>', 'where numpy and onnxruntime are, if not there', [])
    .option('--pack <id>', 'the pack', 'scenes-128')
    .option('--other <id>', 'another pack, which has to be refused', 'study-timestep')
    .option('--cells <n>', 'cells of the grid, a multiple of 4', whole({ smallest: 4, largest: 1024 }), 64)
    .addHelpText('after', '\nExample:\n  npm run tools -- remote-proof --python venv/lib/python3.11/site-packages');
  withCommonOptions(command).action(
    act(async (context, options: ProofOptions) => {
      const { output } = context;
      if (options.cells % 4 !== 0) throw new StudioError('bad-request', 'The cells are no multiple of 4.', 'Say 64.');
      const kind = kinds[options.server]!;
      const fault = kind.fault(options.python);
      if (fault !== null) return output.result(`Skipped: ${fault}`, { skipped: fault });
      const folder = await mkdtemp(join(tmpdir(), 'ddt-proof-'));
      const servers: RealServer[] = [];
      try {
        const packDirectory = await findPack(options.pack);
        const repository = join(folder, 'models');
        const choices = { instances: 1, queueDelay: 2000, replace: false };
        const { hash } = await exportTriton(packDirectory, repository, choices);
        await kind.prepare(repository, hash);
        const place = {
          sitePackages: resolve(options.python),
          modules: options.modules.map((one) => resolve(one)),
          folder,
        };
        for (let count = 0; count < 4; count++) servers.push(await kind.start(repository, place));

        const who = await openedOn(packDirectory, servers.slice(0, 1));
        output.note(who);
        const runs: GridRun[] = [];
        const urls = servers.map(({ url }) => url);
        await gridThroughput(context, options, urls, options.cells, (run) => {
          runs.push(run);
          output.note(`${run.where}: ${run.seconds.toFixed(1)} s, largest difference ${run.difference}`);
        });
        const survival = await survives(packDirectory, servers);
        output.note(`one of three killed, one stopped for a while: ${JSON.stringify(survival)}`);
        // One that is still alive.
        const refused = await openedOn(await findPack(options.other), servers.slice(3)).then(
          () => 'It was taken, which is wrong.',
          (error: unknown) => serialiseError(error).message,
        );
        output.note(`another pack: ${refused}`);
        output.result(gridTable(runs), { who, runs, survival, refused });
      } finally {
        for (const server of servers) server.kill();
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );
}

function on(servers: readonly RealServer[]): RemoteOptions {
  return { servers: servers.map(({ url }) => ({ url })), orHere: false };
}

/** Opens the pack with its graphs there, golden vectors included, and closes it again. Returns who runs what. Throws what opening throws. */
async function openedOn(packDirectory: string, servers: readonly RealServer[]): Promise<string> {
  const engine = await Engine.open({ packDirectory, threads: 1, remote: on(servers) });
  const { reason } = engine.ready.attempts.at(-1)!;
  await engine.dispose();
  return reason;
}

interface Survival {
  pictures: number;
  difference: number;
  /** Of each server. */
  states: string[];
}

const pauseMs = 1000;

/** Sixteen pictures by three servers, of which the first dies and the second stops for a second once they have answered, against this machine's. */
async function survives(packDirectory: string, servers: readonly RealServer[]): Promise<Survival> {
  const here = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1 });
  const expected = await drawn(here);
  await here.dispose();
  const engine = await Engine.open({ packDirectory, threads: 1, remote: on(servers.slice(0, 3)) });
  const [dying, stopping] = servers;
  const waiting = new Map<number, () => void>([
    [0, () => dying!.kill()],
    [
      1,
      () => {
        stopping!.pause();
        setTimeout(() => stopping!.resume(), pauseMs);
      },
    ],
  ]);
  const watch = setInterval(() => {
    for (const [index, strike] of waiting) {
      if (engine.remoteWork!.servers[index]!.rows === 0) continue;
      waiting.delete(index);
      strike();
    }
  }, 2);
  try {
    const pixels = await drawn(engine);
    const states = engine.remoteWork!.servers.map(({ state, rows }) => `${state}, ${rows} rows`);
    return { pictures: pixels.length, difference: difference(expected, pixels), states };
  } finally {
    clearInterval(watch);
    await engine.dispose();
  }
}

async function drawn(engine: Engine): Promise<Uint8ClampedArray[]> {
  const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };
  const job = engine.run(
    { kind: 'generate', prompt: 'a red circle', seed: 1, variations: 16, settings },
    new AbortController().signal,
  );
  let next = await job.next();
  while (next.done !== true) next = await job.next();
  const { result } = next.value;
  if (result.kind !== 'generate') throw new Error(result.kind);
  return result.images.map(({ image }) => Uint8ClampedArray.from(image.data));
}
