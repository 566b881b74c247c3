/** `pack-changes`: changes between two packs and compares them again and again, and prints what the processes hold. A measurement, not a test. */
import type { Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Act } from '../../src/main/cli/context.js';
import { whole } from '../../src/main/cli/options.js';
import { cancelledError } from '../../src/shared/errors.js';
import type { PackSummary } from '../../src/shared/packs/pack.js';
import { HostProcess } from '../withstand/host-process.js';
import { enter, StudioClient } from '../withstand/studio-client.js';

interface Row {
  after: string;
  /** Resident MB of the host, and of its engines together. */
  host: number;
  engines: number;
}

export function addPackChanges(program: Command, act: Act): void {
  program
    .command('pack-changes')
    .description('change between two packs, then compare them, and print the memory that is held after every few')
    .option('--times <n>', 'how often each', whole({ smallest: 2, largest: 10_000 }), 30)
    .option('--every <n>', 'a row after so many', whole({ smallest: 1, largest: 10_000 }), 5)
    .addHelpText('after', '\nExample:\n  npm run tools -- pack-changes --times 30')
    .action(
      act(async ({ output, signal }, { times, every }: { times: number; every: number }) => {
        const data = mkdtempSync(join(tmpdir(), 'ddt-pack-changes-'));
        const host = HostProcess.start(data);
        const rows: Row[] = [];
        const note = (after: string): void => {
          const { own, children } = host.memory();
          rows.push({ after, host: own, engines: children });
          output.note(`${after}: host ${own} MB, engines ${children} MB`);
        };
        try {
          const client = await StudioClient.open(await enter(await host.address()));
          const call = async (method: string, parameters: unknown): Promise<unknown> => {
            if (signal.aborted) throw cancelledError();
            const outcome = await client.call(method, parameters);
            if (outcome?.ok !== true) throw new Error(`${method}: ${outcome?.error.message ?? 'the host hung up'}`);
            return outcome.value;
          };
          await call('openProject', {});
          const packs = ((await call('listPacks', {})) as PackSummary[]).slice(0, 2);
          for (let count = 1; count <= times; count++) {
            await call('usePack', { id: packs[count % 2]!.id });
            if (count === 1 || count % every === 0) note(`${count} changes`);
          }
          for (let count = 1; count <= times; count++) {
            for (const { directory } of packs) {
              if (signal.aborted) throw cancelledError();
              const request = {
                kind: 'pack-comparison',
                directory,
                prompt: 'a red circle',
                seed: count,
                steps: 1,
                pictures: [],
              };
              const ending = await client.runJob(request);
              if (ending !== 'done') throw new Error(`The comparison ended with ${ending}.`);
            }
            if (count === 1 || count % every === 0) note(`${count} comparisons`);
          }
          client.close();
          const lines = rows.map(({ after, host: own, engines }) => `| ${after} | ${own} MB | ${engines} MB |`);
          output.result(['| after | host | engines |', '| --- | --- | --- |', ...lines].join('\n'), { rows });
        } finally {
          await host.stop();
          rmSync(data, { recursive: true, force: true, maxRetries: 3 });
        }
      }),
    );
}
