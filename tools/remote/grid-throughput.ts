/** How fast a grid is drawn on this machine and on 1, 2 and 4 servers, as `ddt-studio grid` draws it. */
import type { CommandContext } from '../../src/main/cli/context.js';
import { drawCells } from '../../src/main/cli/draw-cells.js';
import { enginesFor, withEngines } from '../../src/main/cli/engine.js';
import type { CommonOptions, EngineOptions } from '../../src/main/cli/options.js';
import { readAxis } from '../../src/shared/grids/grid-axis.js';
import { planGrid, type GridPlan } from '../../src/shared/grids/grid-plan.js';
import type { PackSummary } from '../../src/shared/packs/pack.js';
import { packDefaults } from '../../src/shared/jobs/presets.js';

export interface GridRun {
  where: string;
  cells: number;
  /** From the first request to the last picture; opening is not in it. */
  seconds: number;
  /** Of them, inside graphs, of this machine and of servers, of all engines together. */
  graphSeconds: number;
  picturesPerSecond: number;
  /** The largest of any channel of any picture against this machine's, 0…255. */
  difference: number;
}

/** Along the rows: as many decoder steps, the tokens written once for all of a column. */
const steps = [1, 2, 3, 4];

/** `cells`: a multiple of 4. The engines and every server have one thread each. Throws what drawing throws. */
export async function gridThroughput(
  context: CommandContext,
  { pack, ...common }: CommonOptions & { pack: string },
  servers: readonly string[],
  cells: number,
  onRun: (run: GridRun) => void,
): Promise<void> {
  const expected = await draw(context, 'this machine', { ...common, pack, threads: 1, provider: 'cpu' }, cells);
  onRun({ ...expected.run, difference: 0 });
  for (const count of [1, 2, 4]) {
    const where = count === 1 ? '1 server' : `${count} servers`;
    const remote = servers.slice(0, count);
    const { run, pixels } = await draw(context, where, { ...common, pack, threads: 1, remote }, cells);
    onRun({ ...run, difference: difference(expected.pixels, pixels) });
  }
}

async function draw(context: CommandContext, where: string, options: EngineOptions, cells: number) {
  let graphMs = 0;
  let milliseconds = 0;
  let pixels: Uint8ClampedArray[] = [];
  await withEngines(context, options, enginesFor(options), async (engines) => {
    const plan = gridOf(engines[0]!.pack.manifest, cells);
    const timed = engines.map((engine) => ({
      ...engine,
      run: (async (request, onEvent) => {
        const outcome = await engine.run(request, onEvent);
        graphMs += outcome.timing.sessionMs;
        return outcome;
      }) as typeof engine.run,
    }));
    const began = performance.now();
    const drawn = await drawCells(timed, plan, {
      edited: null,
      onCell: (_, done) => context.output.event({ type: 'cell', where, done, total: cells }),
      onEvent: () => undefined,
    });
    milliseconds = performance.now() - began;
    pixels = drawn.map(({ image }) => Uint8ClampedArray.from(image.data));
  });
  const run = {
    ...{ where, cells, seconds: milliseconds / 1000, graphSeconds: graphMs / 1000 },
    picturesPerSecond: (cells / milliseconds) * 1000,
  };
  return { run, pixels };
}

function gridOf(manifest: PackSummary['manifest'], cells: number): GridPlan {
  const columns = readAxis('seed', `1-${cells / steps.length}`, manifest);
  const rows = readAxis('steps', steps.join(), manifest);
  const base = { prompt: 'a red circle', seed: 1, settings: packDefaults(manifest) };
  const { plan, problem } = planGrid(base, columns.axis!, rows.axis);
  if (plan === null) throw new Error(problem);
  return plan;
}

/** The table of docs/remote.md. */
export function gridTable(runs: readonly GridRun[]): string {
  const [here] = runs;
  const lines = runs.map(
    ({ where, seconds, picturesPerSecond, graphSeconds, difference }) =>
      `| ${where} | ${seconds.toFixed(1)} | ${picturesPerSecond.toFixed(2)} | ${(picturesPerSecond / here!.picturesPerSecond).toFixed(2)} | ${graphSeconds.toFixed(1)} | ${difference} |`,
  );
  const head = ['where', 'seconds', 'pictures/s', 'times this machine', 'seconds in graphs', 'largest difference'];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...lines].join('\n');
}

/** The largest of any channel of any picture, 0…255. */
export function difference(expected: readonly Uint8ClampedArray[], found: readonly Uint8ClampedArray[]): number {
  return found.reduce(
    (most, picture, index) =>
      picture.reduce((so, byte, at) => Math.max(so, Math.abs(byte - expected[index]![at]!)), most),
    0,
  );
}
