/** `bench`: how fast and how large, each figure beside its target. A benchmark, not a test: a missed target is printed, not an error. */
import { Option, type Command } from 'commander';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchBoard } from '../bench/bench-board.js';
import { benchBuildUp } from '../bench/bench-build-up.js';
import { benchEngine } from '../bench/bench-engine.js';
import { benchGallery } from '../bench/bench-gallery.js';
import { benchImport } from '../bench/bench-import.js';
import { benchRuntimes, type RuntimesReport } from '../bench/runtimes/bench-runtimes.js';
import { ratioTable } from '../bench/runtimes/ratio-table.js';
import { formatTable, meetsTarget, type Measurement } from '../bench/measurement.js';
import { benchScrubbing } from '../bench/bench-scrubbing.js';
import { writeOutputFile } from '../../src/main/cli/files.js';
import { whole, withEngineOptions, type EngineOptions } from '../../src/main/cli/options.js';
import type { Act } from '../../src/main/cli/context.js';

interface BenchOptions extends EngineOptions {
  runs: number;
  out?: string;
  window: boolean;
  only?: Part | 'runtimes';
  python?: string;
  original?: string;
  tokens: number;
}

/** What is measured, in order. */
const parts = ['engine', 'build-up', 'scrubbing', 'board', 'gallery', 'import'] as const;
type Part = (typeof parts)[number];

export function addBench(program: Command, act: Act): void {
  const command = program
    .command('bench')
    .description('measure the engine, the timeline, the board, the gallery and imports, each figure beside its target')
    .option('--runs <n>', 'runs behind each median, after one warm-up', whole({ smallest: 1, largest: 1000 }), 10)
    .option('--out <bench.json>', 'also write the figures here (always: .bench/bench-<date>.json)')
    .option('--no-window', 'leave out what is measured in a browser')
    .addOption(new Option('--only <part>', 'measure only this').choices([...parts, 'runtimes']))
    .option(
      '--python <command>',
      'measure the same graphs in onnxruntime and PyTorch too, by this Python (training/speed/requirements.txt), and print ratios',
    )
    .option(
      '--original <arguments>',
      'what the pack was made from, for PyTorch: the converter and its arguments as they were given, "dar --checkout D-AR …"',
    )
    .option(
      '--tokens <n>',
      'tokens that a language model writes for those ratios',
      whole({ smallest: 1, largest: 4096 }),
      64,
    )
    .addHelpText(
      'after',
      '\nExample:\n  npm run bench -- --threads 2 --out bench.json\n  npm run bench -- --pack scenes-128 --only runtimes --python venv/bin/python',
    );
  withEngineOptions(command).action(
    act(async (context, options: BenchOptions) => {
      const engineOptions = { ...options, threads: options.threads ?? 2 };
      const measurements: Measurement[] = [];
      const measures: Record<Part, () => Promise<readonly Measurement[]>> = {
        engine: () => benchEngine(context, engineOptions, options.runs),
        'build-up': () => benchBuildUp(context, engineOptions),
        scrubbing: async () => [await benchScrubbing(context, engineOptions)],
        board: async () => [await benchBoard(context)],
        gallery: () => benchGallery(context),
        import: async () => [await benchImport(context)],
      };
      for (const part of parts) {
        const isMeant = options.only === undefined ? options.window || part === 'engine' : options.only === part;
        if (isMeant) measurements.push(...(await measures[part]()));
      }
      const runtimes =
        options.only === 'runtimes' || (options.only === undefined && options.python !== undefined)
          ? await benchRuntimes(context, {
              ...engineOptions,
              python: options.python ?? 'python3',
              original: options.original?.split(/\s+/).filter((word) => word !== '') ?? [],
            })
          : null;
      const date = new Date().toISOString();
      const report = {
        date,
        machine: {
          cores: availableParallelism(),
          processor: cpus()[0]?.model ?? 'unknown',
          memoryMB: Math.round(totalmem() / 1e6),
          system: `${platform()} ${release()}`,
          node: process.version,
        },
        threads: engineOptions.threads,
        runs: options.runs,
        measurements: measurements.map((one) => ({ ...one, met: meetsTarget(one) })),
        ...(runtimes && { runtimes }),
      };
      const text = `${JSON.stringify(report, null, 2)}\n`;
      const file = join('.bench', `bench-${date.replaceAll(':', '-').slice(0, 19)}.json`);
      for (const path of [file, options.out].filter((one) => one !== undefined)) await writeOutputFile(path, text);
      const tables = [
        ...(measurements.length === 0 ? [] : [formatTable(measurements)]),
        ...(runtimes === null ? [] : [ratioTable(runtimes.figures), versionWords(runtimes)]),
      ];
      context.output.result(`${tables.join('\n\n')}\n${report.threads} threads; written to ${file}`, {
        file,
        ...report,
      });
    }),
  );
}

function versionWords({ pack, versions }: RuntimesReport): string {
  return `${pack}; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`;
}
