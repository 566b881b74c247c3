/** `remote-scale`: the table of docs/scale.md, from the simulation of many people at a few servers. */
import type { Command } from 'commander';
import type { Act } from '../../src/main/cli/context.js';
import { number, whole, withCommonOptions, type CommonOptions } from '../../src/main/cli/options.js';
import { simulate } from '../remote/simulate.js';

interface ScaleOptions extends CommonOptions {
  requests: number;
  rowMs: number;
  fixedMs: number;
  wireMs: number;
  queueDelayMs: number;
}

/**
 * A picture of the shipped pack (Balanced) is two requests, one step of the decoder and the latent's way to pixels; one picture a person
 * and minute. A “row” is one request of one picture.
 */
const usual = { everyMs: 60_000, mostRows: 16, pictures: 2000, seed: 1 } as const;

export function addRemoteScale(program: Command, act: Act): void {
  const positive = number({ smallest: 0.001, largest: 10_000 });
  const command = program
    .command('remote-scale')
    .description('simulate 1, 10 and 1,000 people at 1, 4 and 40 servers')
    .option('--requests <n>', 'of one picture, one after the other', whole({ smallest: 1, largest: 1000 }), 2)
    .option('--row-ms <ms>', 'time of one request of one picture', positive, 13.5)
    .option('--fixed-ms <ms>', 'time of a batch that does not depend on its rows', positive, 2)
    .option('--wire-ms <ms>', 'to the server and back', positive, 4)
    .option(
      '--queue-delay-ms <ms>',
      'how long the first row of a batch waits for others',
      number({ smallest: 0, largest: 10_000 }),
      0,
    )
    .addHelpText('after', '\nExample:\n  npm run tools -- remote-scale --row-ms 2 --fixed-ms 20');
  withCommonOptions(command).action(
    act(({ output }, { requests: steps, rowMs, fixedMs, wireMs, queueDelayMs }: ScaleOptions) => {
      const cases = [1, 10, 1000].flatMap((users) => [1, 4, 40].map((servers) => ({ users, servers })));
      const rows = cases.map((one) => ({
        ...one,
        ...simulate({ ...usual, ...one, steps, rowMs, fixedMs, wireMs, queueDelayMs }),
      }));
      const lines = rows.map(
        ({ users, servers, medianMs, slowest95Ms, busy, rowsPerBatch, picturesPerSecond }) =>
          `| ${users} | ${servers} | ${medianMs.toFixed(0)} | ${slowest95Ms.toFixed(0)} | ${Math.round(busy * 100)} % | ${rowsPerBatch.toFixed(1)} | ${picturesPerSecond.toFixed(2)} |`,
      );
      const head =
        '| people | servers | median ms | slowest 5 % ms | busy | rows a batch | pictures/s |\n| --- | --- | --- | --- | --- | --- | --- |';
      output.result([head, ...lines].join('\n'), { rows });
      return Promise.resolve();
    }),
  );
}
