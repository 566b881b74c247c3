/** `remote-scale`: the table of docs/scale.md, from the simulation of many people at a few servers. */
import type { Command } from 'commander';
import type { Act } from '../../src/main/cli/context.js';
import { number, withCommonOptions, type CommonOptions } from '../../src/main/cli/options.js';
import { simulate } from '../remote/simulate.js';

interface ScaleOptions extends CommonOptions {
  rowMs: number;
  fixedMs: number;
  wireMs: number;
}

/** A picture of the shipped pack has four steps (Balanced); one picture a person and minute. A “row” is one step of one picture. */
const usual = { everyMs: 60_000, steps: 4, mostRows: 16, queueDelayMs: 2, pictures: 2000, seed: 1 } as const;

export function addRemoteScale(program: Command, act: Act): void {
  const positive = number({ smallest: 0.001, largest: 10_000 });
  const command = program
    .command('remote-scale')
    .description('simulate 1, 10 and 1,000 people at 1, 4 and 40 servers')
    .option('--row-ms <ms>', 'time of one step of one picture', positive, 80)
    .option('--fixed-ms <ms>', 'time of a batch that does not depend on its rows', positive, 2)
    .option('--wire-ms <ms>', 'to the server and back', positive, 4)
    .addHelpText('after', '\nExample:\n  npm run tools -- remote-scale --row-ms 80');
  withCommonOptions(command).action(
    act(({ output }, { rowMs, fixedMs, wireMs }: ScaleOptions) => {
      const cases = [1, 10, 1000].flatMap((users) => [1, 4, 40].map((servers) => ({ users, servers })));
      const rows = cases.map((one) => ({ ...one, ...simulate({ ...usual, ...one, rowMs, fixedMs, wireMs }) }));
      const lines = rows.map(
        ({ users, servers, medianMs, slowest95Ms, busy, rowsPerBatch, picturesPerSecond }) =>
          `| ${users} | ${servers} | ${(medianMs / 1000).toFixed(2)} | ${(slowest95Ms / 1000).toFixed(2)} | ${Math.round(busy * 100)} % | ${rowsPerBatch.toFixed(1)} | ${picturesPerSecond.toFixed(2)} |`,
      );
      const head =
        '| people | servers | median s | slowest 5 % s | busy | rows a batch | pictures/s |\n| --- | --- | --- | --- | --- | --- | --- |';
      output.result([head, ...lines].join('\n'), { rows });
      return Promise.resolve();
    }),
  );
}
