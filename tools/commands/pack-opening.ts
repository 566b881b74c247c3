/**
 * `pack-opening`: opens a large pack for the first time and again, uses it, unloads it and stops an opening, and prints time and memory of
 * each. A measurement, not a test. `training/speed/random_pack.py` makes such a pack.
 */
import type { Command } from 'commander';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { applicationPaths } from '../../src/main/application.js';
import type { Act } from '../../src/main/cli/context.js';
import { generationSettings } from '../../src/main/cli/options.js';
import { findPack } from '../../src/main/cli/packs.js';
import { installPack, removePack } from '../../src/main/packs/install-pack.js';
import { nodeLauncher } from '../../src/main/supervisor/engine-process.js';
import { EngineSupervisor, type EngineStatus } from '../../src/main/supervisor/engine-supervisor.js';

interface Row {
  what: string;
  seconds: number;
  /** How often the window heard how far it is. */
  reports: number | null;
  /** Resident MB of the engine's processes, those that end included, and of the whole machine what was free. */
  engineMB: number;
  freeMB: number | null;
}

export function addPackOpening(program: Command, act: Act): void {
  program
    .command('pack-opening')
    .description('what opening a large pack, stopping that, a job and unloading take, in seconds and memory')
    .argument('<pack>', 'folder of a pack, such as training/speed/random_pack.py makes')
    .option('--install', 'install a copy of it first, and remove it at the end')
    .addHelpText('after', '\nExample:\n  npm run tools -- pack-opening /tmp/random-large')
    .action(
      act(async ({ output, signal }, name: string, { install }: { install?: boolean }) => {
        const source = await findPack(name);
        const data = mkdtempSync(join(tmpdir(), 'ddt-pack-opening-'));
        const rows: Row[] = [];
        let heard: EngineStatus['checking'][] = [];
        const supervisor = new EngineSupervisor({
          launch: nodeLauncher(applicationPaths().engineScript),
          verdictFile: join(data, 'verdicts.json'),
          providers: ['cpu'],
          threads: 2,
          restartDelaysMs: [],
          onStatus: ({ checking }) => {
            if (checking !== null && checking !== heard.at(-1)) heard.push(checking);
          },
        });
        const measured = async (what: string, work: () => Promise<unknown>): Promise<void> => {
          heard = [];
          const began = performance.now();
          await work();
          const seconds = (performance.now() - began) / 1000;
          // What a process that was ended held comes back when it is gone.
          await wait(500);
          const row = { what, seconds, reports: heard.length, engineMB: childrenMB(), freeMB: freeMB() };
          rows.push(row);
          output.note(`${what}: ${seconds.toFixed(1)} s, engine ${row.engineMB} MB`);
        };
        try {
          let directory = source;
          const packs = join(data, 'packs');
          let id = '';
          if (install === true) {
            let parts = 0;
            const installing = async (): Promise<void> => {
              const installed = await installPack({
                ...{ packs, source, signal, agree: () => undefined },
                onProgress: () => (parts += 1),
              });
              ({ directory, id } = installed);
            };
            await measured('installed from a folder: copied, every byte verified', installing);
            rows.at(-1)!.reports = parts;
          }
          await measured('every byte read, nothing done with it', () => readAll(directory));
          await measured('opening stopped after a second', async () => {
            const opening = supervisor.use(directory).catch(() => undefined);
            await wait(1000);
            supervisor.abandonOpening();
            await opening;
          });
          await measured('opened for the first time', () => supervisor.use(directory));
          const total = heard.at(-1);
          const draw = (): Promise<unknown> => {
            const { manifest } = supervisor.pack!;
            const settings = generationSettings({ seed: 1, variations: 1, steps: 1 }, manifest);
            const prompt = manifest.examples.prompts[0] ?? '';
            const request = { kind: 'generate', prompt, seed: 1, variations: 1, settings } as const;
            return supervisor.run(randomUUID(), request, { signal, onEvent: () => undefined });
          };
          if (supervisor.pack!.manifest.languageModel?.templates.textToImage !== undefined) {
            await measured('a picture of one step, which opens the language model', draw);
          }
          const unload = (): Promise<void> => Promise.resolve(supervisor.unload());
          await measured('unloaded', unload);
          await measured('opened again, its files unchanged', () => supervisor.ready());
          await measured('unloaded again', unload);
          if (install === true) await measured('removed', () => removePack(packs, id));
          const bytes = total === undefined || total === null ? '' : `, ${(total.total / 1e9).toFixed(2)} GB`;
          output.result([`${id || name}${bytes}`, '', table(rows)].join('\n'), { rows });
        } finally {
          supervisor.stop();
          rmSync(data, { recursive: true, force: true, maxRetries: 3 });
        }
      }),
    );
}

async function readAll(directory: string): Promise<void> {
  const { files } = JSON.parse(readFileSync(join(directory, 'pack.json'), 'utf8')) as { files: { path: string }[] };
  await Promise.all(
    files.map(async ({ path }) => {
      const reading = createReadStream(join(directory, path), { highWaterMark: 1024 * 1024 });
      await finished(reading.resume());
    }),
  );
}

/** Of the engines this process started. */
function childrenMB(): number {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,rss=,args='], { encoding: 'utf8' });
  const rows = stdout.split('\n').filter((line) => line.includes('engine.js'));
  const sizes = rows.map((line) => line.trim().split(/\s+/).map(Number));
  return Math.round(
    sizes.reduce((sum, [parent, kilobytes]) => (parent === process.pid ? sum + kilobytes! : sum), 0) / 1024,
  );
}

/** Null where the system does not tell. */
function freeMB(): number | null {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, seconds, reports, engineMB, freeMB: free }) =>
      `| ${what} | ${seconds.toFixed(1)} s | ${reports === 0 || reports === null ? '' : reports} | ${engineMB} MB | ${free ?? '?'} MB |`,
  );
  const head = ['| what | time | progress told | engine | free memory |', '| --- | --- | --- | --- | --- |'];
  return [...head, ...lines].join('\n');
}
