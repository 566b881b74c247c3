/** `withstand`: does everything crafted to a running localhost host while a second window keeps calling. A measurement, not a test. */
import type { Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import type { Act } from '../../src/main/cli/context.js';
import { whole } from '../../src/main/cli/options.js';
import { cancelledError } from '../../src/shared/errors.js';
import { quantile } from '../evaluation/measures.js';
import type { Case } from '../withstand/case.js';
import { allCases } from '../withstand/cases.js';
import { HostProcess } from '../withstand/host-process.js';
import { enter } from '../withstand/studio-client.js';
import type { Answer } from '../withstand/watcher.js';

/** Milliseconds that no answer may take longer than. */
const target = 250;
/** Until threads without work have ended, and what they held with them. */
const settleMs = 8000;
const pack = join(import.meta.dirname, '..', '..', 'resources', 'packs', 'study-timestep');

interface Row {
  name: string;
  outcome: string;
  seconds: number;
  /** Of the second window, milliseconds. */
  slowest: number;
  median: number;
  /** The most that the host's thread computed while one answer was waited for, milliseconds; null where the system does not say. */
  computed: number | null;
  /** MB of the host at most, and when it was over. */
  peak: number;
  after: number;
}

export function addWithstand(program: Command, act: Act): void {
  program
    .command('withstand')
    .description(
      'do everything crafted to a running host while a second window keeps calling; prints its slowest answers',
    )
    .option('--only <texts>', 'only cases whose name has one of these in it, with | between them', '')
    .option('--except <texts>', 'no cases whose name has one of these in it, with | between them')
    .option(
      '--times <n>',
      'all of it as often, to the same host: what it holds after each time tells growth from what stays',
      whole({ smallest: 1, largest: 100 }),
      1,
    )
    .action(
      act(async ({ output, signal }, { only, except, times }: { only: string; except?: string; times: number }) => {
        const work = mkdtempSync(join(tmpdir(), 'ddt-withstand-'));
        const data = join(work, 'data');
        const host = HostProcess.start(data);
        let watcher: Worker | undefined;
        try {
          const entrance = await enter(await host.address());
          watcher = new Worker(new URL('./withstand/watcher.js', import.meta.url), {
            workerData: { entrance, pid: host.child.pid },
          });
          await once(watcher, 'message');
          const cases = allCases({ data, work, pack }).filter(
            ({ name }) => hasOneOf(name, only) && (except === undefined || !hasOneOf(name, except)),
          );
          const before = host.memory();
          const rows: Row[] = [];
          // Neither Ctrl+C nor a host that is gone may leave this waiting for an answer.
          const broken = Promise.race([
            once(watcher, 'exit').then(() => Promise.reject(new Error('The second window ended.'))),
            once(signal, 'abort').then(() => Promise.reject(cancelledError())),
          ]);
          broken.catch(() => {});
          /** After each time, when threads without work have ended. */
          const held: ReturnType<HostProcess['memory']>[] = [];
          for (let round = 0; round < times; round++) {
            for (const one of [quiet, ...cases]) {
              const row = await Promise.race([measured(one, { host, watcher, entrance }), broken]);
              rows.push(row);
              output.note(lineOf(row));
            }
            await pause(settleMs);
            held.push(host.memory());
          }
          const of = (who: 'own' | 'children'): string => held.map((after) => `${after[who]} MB`).join(', then ');
          const text = [
            ...tableOf(rows),
            '',
            `The host held ${before.own} MB before and ${of('own')} after; its engine ${before.children} MB and ${of('children')}.`,
          ].join('\n');
          output.result(text, { rows, before, held, after: held.at(-1) });
        } finally {
          await watcher?.terminate();
          await host.stop();
          rmSync(work, { recursive: true, force: true, maxRetries: 3 });
        }
      }),
    );
}

function hasOneOf(name: string, texts: string): boolean {
  return texts.split('|').some((text) => name.includes(text));
}

/** What the second window hears when nobody does anything. */
const quiet: Case = {
  name: 'nothing',
  run: async () => {
    await pause(5000);
    return '';
  },
};

interface Scene {
  host: HostProcess;
  watcher: Worker;
  entrance: Parameters<Case['run']>[0];
}

async function measured(one: Case, { host, watcher, entrance }: Scene): Promise<Row> {
  one.prepare?.();
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, host.memory().own)), 200).unref();
  watcher.postMessage('start');
  // A beginning without anything, so that every case has answers before and after it.
  await pause(200);
  const start = performance.now();
  const outcome = await one.run(entrance).catch((error: unknown) => `failed: ${String(error)}`);
  const seconds = (performance.now() - start) / 1000;
  await pause(500);
  watcher.postMessage('stop');
  const [answers] = (await once(watcher, 'message')) as [Answer[]];
  const times = answers.map(({ milliseconds }) => milliseconds);
  const computed = answers.flatMap((answer) => (answer.computed === null ? [] : [answer.computed]));
  clearInterval(sampling);
  const { own } = host.memory();
  return {
    ...{ name: one.name, outcome, seconds, peak: Math.max(peak, own), after: own },
    ...{ slowest: Math.max(...times), median: quantile(times, 0.5) },
    computed: computed.length === 0 ? null : Math.max(...computed),
  };
}

function tableOf(rows: readonly Row[]): string[] {
  return [
    '| what is sent | answer | it took | slowest other answer | median | most computing | host at most | after |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(lineOf),
  ];
}

function lineOf({ name, outcome, seconds, slowest, median, computed, peak, after }: Row): string {
  const mark = slowest > target ? ' **!**' : '';
  const most = computed === null ? '' : `${computed.toFixed(0)} ms`;
  return `| ${name} | ${outcome} | ${seconds.toFixed(1)} s | ${slowest.toFixed(0)} ms${mark} | ${median.toFixed(1)} ms | ${most} | ${peak} MB | ${after} MB |`;
}
