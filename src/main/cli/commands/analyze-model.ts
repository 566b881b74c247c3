/** `analyze entropy`, `analyze spectrum` and `analyze seeds`: the analyses the engine makes, as tables and figures. */
import { seedLimits, tokenLimits } from '../../../shared/limits.js';
import { InvalidArgumentError, type Command } from 'commander';
import { extname } from 'node:path';
import { chartSvg } from '../../../shared/charts/chart-svg.js';
import type { Chart } from '../../../shared/charts/chart.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import {
  decibels,
  entropyChart,
  entropyTable,
  seedsTable,
  spectrumChart,
  spectrumTable,
  type EntropyMeasure,
} from '../../../shared/charts/analysis-charts.js';
import { strideName, analysisLimits, usualStrides, type SeedPicture } from '../../../shared/tokens/analyses.js';
import type { EngineImage } from '../../engine/protocol.js';
import { encodePng } from '../../storage/images/images.js';
import { reportEvent, type Act } from '../context.js';
import { withEngine } from '../engine.js';
import { mean } from '../../../shared/mean.js';
import { readImageFile, writeOutputFile } from '../files.js';
import { stepsOption, whole, withEngineOptions, type EngineOptions, seedOption } from '../options.js';
import { contactSheet } from '../sheet/canvas.js';
import { plotChart } from '../sheet/plot.js';
import { readTokensFile, refuseForeignTokens } from '../tokens-file.js';

interface AnalysisOptions extends EngineOptions {
  csv?: string;
  figure?: string;
  seed: number;
}

export function addModelAnalyses(analyze: Command, act: Act): void {
  addEntropy(analyze, act);
  addSpectrum(analyze, act);
  addSeeds(analyze, act);
}

interface EntropyOptions extends AnalysisOptions {
  samples: number;
  prompt: string;
  strides?: number[];
  measure: EntropyMeasure;
}

function addEntropy(analyze: Command, act: Act): void {
  const command = analyze
    .command('entropy')
    .description(
      'how well the language model foresees each token, in the natural order and shuffled (docs/analyses.md)',
    )
    .argument('[sources...]', 'PNG, JPEG, WebP or GIF files, or files that encode wrote')
    .option(
      '--samples <n>',
      'read pictures too that the model writes itself',
      whole({ smallest: 1, largest: 10_000 }),
      0,
    )
    .option('--prompt <text>', 'what stands before every picture (default: no text)', '')
    .option('--strides <n...>', 'orders: 0 = natural, s = every token moved by s places (default: 0 1 2)', stride)
    .option(
      '--measure <name>',
      'what the figure shows: entropy or surprisal',
      measureName,
      'entropy' as EntropyMeasure,
    );
  withStudyOptions(command).addHelpText(
    'after',
    '\nExample:\n  ddt-studio analyze entropy *.png --csv entropy.csv --figure entropy.png',
  );
  withEngineOptions(command).action(
    act(async (context, paths: string[], options: EntropyOptions) => {
      const { samples, prompt, measure, seed } = options;
      if (paths.length + samples === 0) command.error('error: name pictures, or how many with --samples <n>');
      const strides = [...new Set(options.strides ?? usualStrides)];
      await withEngine(context, options, async (engine) => {
        const sources: EngineImage[] = [];
        for (const path of paths) sources.push(await readSource(path, engine.pack.id));
        const { result } = await engine.run(
          {
            kind: 'entropy',
            sources,
            strides,
            ...(prompt !== '' && { prompts: sources.map(() => prompt) }),
            ...(samples > 0 && { samples: { count: samples, seed, prompt } }),
          },
          (event) => reportEvent(context, event),
        );
        const { curves, pictures, codebookSize } = result;
        if (options.csv !== undefined) await writeOutputFile(options.csv, entropyTable(curves));
        if (options.figure !== undefined) {
          await writeFigure(options.figure, entropyChart(curves, { measure, pictures, codebookSize }));
        }
        const means = curves.map((curve) => ({
          stride: curve.stride,
          entropy: mean(curve.entropy),
          surprisal: mean(curve.surprisal),
        }));
        const lines = means.map(
          (one) => `${strideName(one.stride).padEnd(15)} ${one.entropy.toFixed(3)}    ${one.surprisal.toFixed(3)}`,
        );
        context.output.result(['order           entropy  surprisal, nats a token', ...lines].join('\n'), {
          pack: engine.pack.id,
          pictures,
          means,
          curves,
        });
      });
    }),
  );
}

interface SpectrumOptions extends AnalysisOptions {
  tokens?: number[];
  sheet?: string;
  steps?: number;
}

function addSpectrum(analyze: Command, act: Act): void {
  const command = analyze
    .command('spectrum')
    .description('the power spectrum of a picture decoded from ever more of its tokens (docs/analyses.md)')
    .argument('<source>', 'a PNG, JPEG, WebP or GIF file, or a file that encode wrote')
    .option('--tokens <n...>', 'how many of the coarsest tokens (default: 1, 2, 4 … all)', tokenCount)
    .option('--sheet <sheet.png>', 'write the decoded pictures')
    .addOption(stepsOption());
  withStudyOptions(command).addHelpText(
    'after',
    '\nExample:\n  ddt-studio analyze spectrum in.png --csv spectrum.csv --figure spectrum.png',
  );
  withEngineOptions(command).action(
    act(async (context, path: string, options: SpectrumOptions) => {
      await withEngine(context, options, async (engine) => {
        const source = await readSource(path, engine.pack.id);
        const images: RasterImage[] = [];
        const { result } = await engine.run(
          {
            kind: 'spectrum',
            source,
            seed: options.seed,
            steps: options.steps ?? engine.pack.manifest.diffusion.defaultSteps,
            ...(options.tokens !== undefined && { counts: options.tokens }),
          },
          (event: EngineEvent) => {
            if (event.type === 'spectrum') images.push(event.image);
            reportEvent(context, event);
          },
        );
        const { curves } = result;
        if (options.csv !== undefined) await writeOutputFile(options.csv, spectrumTable(curves));
        if (options.figure !== undefined) await writeFigure(options.figure, spectrumChart(curves));
        if (options.sheet !== undefined) {
          const cells = images.map((image, index) => {
            const { tokens } = curves[index]!;
            return { image, captions: [tokens === null ? 'the picture' : `${tokens} tokens`] };
          });
          const sheet = contactSheet(cells, { columns: Math.min(8, cells.length), title: `${path} from its tokens` });
          await writeOutputFile(options.sheet, encodePng(sheet));
        }
        const lines = curves.map(({ tokens, power }) => {
          const finest = power.slice(Math.floor(power.length / 2));
          const name = tokens === null ? 'the picture' : `${tokens} tokens`;
          return `${name.padEnd(12)} ${decibels(mean(finest)).toFixed(1)} dB in the finer half`;
        });
        context.output.result(lines.join('\n'), { pack: engine.pack.id, curves });
      });
    }),
  );
}

function addSeeds(analyze: Command, act: Act): void {
  const command = analyze
    .command('seeds')
    .description('the same tokens decoded from different noise: what the tokens do not say')
    .argument('<source>', 'a PNG, JPEG, WebP or GIF file, or a file that encode wrote')
    .requiredOption('--out <sheet.png>', 'where to write the pictures')
    .option('--csv <table.csv>', 'write the agreements')
    .option('--count <n>', 'how many seeds, from --seed on', whole({ smallest: 2, largest: analysisLimits.seeds }), 4)
    .addOption(stepsOption())
    .option(
      '--seed <n>',
      'the first seed',
      whole({ smallest: 0, largest: seedLimits.largest - analysisLimits.seeds }),
      7,
    )
    .addHelpText('after', '\nExample:\n  ddt-studio analyze seeds in.png --count 4 --out sheet.png');
  withEngineOptions(command).action(
    act(async (context, path: string, options: Omit<SpectrumOptions, 'figure'> & { out: string; count: number }) => {
      await withEngine(context, options, async (engine) => {
        const source = await readSource(path, engine.pack.id);
        const pictures: SeedPicture[] = [];
        const { seed, count, steps = engine.pack.manifest.diffusion.defaultSteps } = options;
        const { result } = await engine.run({ kind: 'seeds', source, count, seed, steps }, (event) => {
          if (event.type === 'seed-picture') pictures.push(event.picture);
          reportEvent(context, event);
        });
        const cells = pictures.map(({ seed: own, image, agreement }) => ({
          image,
          captions: [
            own === null ? 'renderer' : `seed ${own}`,
            agreement === null ? '' : `${agreement.toFixed(1)} dB to ${seed}`,
          ],
        }));
        const sheet = contactSheet(cells, {
          columns: Math.min(8, cells.length),
          title: `${path} at ${count} seeds`,
        });
        await writeOutputFile(options.out, encodePng(sheet));
        if (options.csv !== undefined) await writeOutputFile(options.csv, seedsTable(pictures));
        context.output.result(options.out, {
          pack: engine.pack.id,
          file: options.out,
          images: pictures.map((one) => ({
            seed: one.seed,
            psnr: one.agreement === null ? null : Number(one.agreement.toFixed(2)),
          })),
          agreement: result.agreement,
          meanSpread: result.meanSpread,
        });
      });
    }),
  );
}

function withStudyOptions(command: Command): Command {
  return command
    .option('--csv <table.csv>', 'write the curves')
    .option('--figure <figure.png>', 'draw the curves, as .png or .svg', figurePath)
    .addOption(seedOption('seed of what is random'));
}

/** Tokens of this pack, or a picture. Throws `tokens-invalid` for another pack's. */
async function readSource(path: string, pack: string): Promise<EngineImage> {
  if (extname(path).toLowerCase() !== '.json') return { image: await readImageFile(path) };
  const tokens = await readTokensFile(path);
  refuseForeignTokens(tokens, pack, path);
  return { codes: tokens.codes };
}

export async function writeFigure(path: string, chart: Chart): Promise<void> {
  await writeOutputFile(path, extname(path).toLowerCase() === '.svg' ? chartSvg(chart) : encodePng(plotChart(chart)));
}

export function figurePath(text: string): string {
  if (['.png', '.svg'].includes(extname(text).toLowerCase())) return text;
  throw new InvalidArgumentError('It must end in .png or .svg.');
}

function measureName(text: string): EntropyMeasure {
  if (text === 'entropy' || text === 'surprisal') return text;
  throw new InvalidArgumentError('It must be entropy or surprisal.');
}

const strideLimit = whole({ smallest: 0, largest: tokenLimits.count });
const tokenLimit = whole({ smallest: 1, largest: tokenLimits.count });

function stride(text: string, before: number[] = []): number[] {
  if (before.length === analysisLimits.strides)
    throw new InvalidArgumentError(`At most ${analysisLimits.strides} orders.`);
  return [...before, strideLimit(text)];
}

function tokenCount(text: string, before: number[] = []): number[] {
  return [...before, tokenLimit(text)];
}
