/** `compare-packs`: two packs side by side on one sheet, the same prompt, pictures, seed and steps for both. */
import type { Command } from 'commander';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import { packEntropyChart } from '../../../shared/charts/pack-comparison-chart.js';
import {
  packComparisonStrides,
  tokenKind,
  unlikeness,
  type PackComparisonNews,
} from '../../../shared/packs/pack-comparison.js';
import { encodePng } from '../../storage/images/images.js';
import { comparePack } from '../../jobs/pack-comparison/comparison-parts.js';
import { reportEvent, type CommandContext, type Act } from '../context.js';
import { withEngine } from '../engine.js';
import { readImageFile, writeOutputFile } from '../files.js';
import { stepsOption, withEngineOptions, type EngineOptions, seedOption } from '../options.js';
import { findPack } from '../packs.js';
import { paste } from '../../../shared/pictures/cut-out.js';
import { blankImage, contactSheet, type Cell } from '../sheet/canvas.js';
import { faintInk } from '../sheet/colours.js';
import { plotChart } from '../sheet/plot.js';
import { drawText, lineHeight, wrapText } from '../sheet/text.js';

interface CompareOptions extends Omit<EngineOptions, 'pack'> {
  prompt: string;
  image?: string;
  to?: string;
  seed: number;
  steps?: number;
  out: string;
}

type NewsOf<Part extends PackComparisonNews['part']> = Exclude<
  Extract<PackComparisonNews, { part: Part }>,
  { missing: string }
>;

/** What one pack showed. */
interface Shown {
  pack: PackSummary;
  news: PackComparisonNews[];
}

export function addComparePacks(program: Command, act: Act): void {
  const command = program
    .command('compare-packs')
    .description(
      'two packs side by side: drawn from a prompt, a picture restored, the interpolation to another one, entropy',
    )
    .argument('<pack>', 'id or folder of a pack')
    .argument('<other>', 'id or folder of another one')
    .option('--prompt <text>', 'what both draw', '')
    .option('--image <a.png>', 'the picture both restore')
    .option('--to <b.png>', 'the picture both change it into, in eight strides of tokens')
    .addOption(stepsOption())
    .addOption(seedOption('seed of drawing and noise'))
    .requiredOption('--out <sheet.png>', 'where to write the sheet')
    .addHelpText(
      'after',
      '\nExample:\n  ddt-studio compare-packs study-timestep study-raster --prompt "a red circle" --image a.png --to b.png --out sheet.png',
    );
  withEngineOptions(command).action(
    act(async (context, first: string, second: string, options: CompareOptions) => {
      // Both before the first one works: a wrong name should not cost a minute.
      const packs = [await findPack(first), await findPack(second)];
      const paths = [options.image, options.to].filter((path) => path !== undefined);
      const pictures = await Promise.all(paths.map(readImageFile));
      const shown: Shown[] = [];
      for (const pack of packs) {
        shown.push(await show(context, { ...options, pack }, pictures, shown[0]?.pack));
      }
      const [one, other] = [shown[0]!, shown[1]!];
      for (const sentence of unlikeness(one.pack.manifest, other.pack.manifest)) context.output.note(sentence);
      await writeOutputFile(options.out, encodePng(sheetOf(shown, pictures, options)));
      context.output.result(options.out, { file: options.out, packs: shown.map(factsOf) });
    }),
  );
}

/** One engine after the other, so that one pack at a time is in memory. The steps not said are the first pack's. */
async function show(
  context: CommandContext,
  options: CompareOptions & EngineOptions,
  pictures: readonly RasterImage[],
  first: PackSummary | undefined,
): Promise<Shown> {
  let shown: Shown | undefined;
  await withEngine(context, options, async (engine) => {
    const steps = options.steps ?? (first ?? engine.pack).manifest.diffusion.defaultSteps;
    const news: PackComparisonNews[] = [];
    await comparePack(
      {
        pack: engine.pack,
        provider: engine.provider,
        run: async (request, onEvent) => (await engine.run(request, onEvent)).result,
      },
      { prompt: options.prompt, seed: options.seed, steps, pictures },
      (event) => {
        if (event.type === 'progress') return reportEvent(context, event);
        news.push(event.news);
        if ('missing' in event.news) {
          context.output.note(`${engine.pack.id}: ${event.news.missing}`);
          context.output.event({ type: 'missing', pack: engine.pack.id, ...event.news });
        }
      },
    );
    shown = { pack: engine.pack, news };
  });
  return shown!;
}

function sheetOf(shown: readonly Shown[], pictures: readonly RasterImage[], options: CompareOptions): RasterImage {
  const { width, height } = shown[0]!.pack.manifest.image;
  const cells = shown.flatMap((one) => rowOf(one, { width, height }));
  const sheet = contactSheet(cells, {
    columns: packComparisonStrides + 2,
    rowLabels: shown.map(({ pack }) => pack.manifest.name),
    title: [
      options.prompt === '' ? 'no prompt' : `"${options.prompt}"`,
      `seed ${options.seed}`,
      ...(pictures.length > 0 ? [`A: ${options.image ?? options.to}`] : []),
      ...(pictures.length > 1 ? [`B: ${options.to}`] : []),
    ].join(', '),
  });
  const curves = shown.flatMap(({ pack, news }, index) => {
    const entropy = find(news, 'entropy');
    const { name, tokens } = pack.manifest;
    const label = index === 1 && name === shown[0]!.pack.manifest.name ? `${name} (2)` : name;
    return entropy === undefined ? [] : [{ name: label, entropy: entropy.entropy, codebookSize: tokens.codebookSize }];
  });
  if (curves.length === 0) return sheet;
  const first = shown.map(({ news }) => find(news, 'entropy')).find((entropy) => entropy !== undefined)!;
  const of = `mean of ${first.pictures} picture${first.pictures === 1 ? '' : 's'}${first.written ? ' it wrote' : ''}`;
  const chart = plotChart(packEntropyChart(curves, of));
  const whole = blankImage(Math.max(sheet.width, chart.width), sheet.height + chart.height);
  paste(whole, sheet, 0, 0);
  paste(whole, chart, 0, sheet.height);
  return whole;
}

/** Drawn, then the interpolation from A to B, whose first picture is A restored. */
function rowOf({ pack, news }: Shown, size: { width: number; height: number }): Cell[] {
  const drawn = find(news, 'drawn');
  const restored = find(news, 'restored');
  const interpolation = news.filter(
    (one): one is NewsOf<'interpolation'> => one.part === 'interpolation' && 'image' in one,
  );
  const { count, schedule } = pack.manifest.tokens;
  // As much as fits under a picture; the result says it in full.
  const kind = schedule.kind === 'raster' ? `raster ${schedule.columns} x ${schedule.rows}` : 'timestep tokens';
  const first: Cell = { image: drawn?.image ?? absent(news, 'drawn', size), captions: ['drawn', kind] };
  const steps = Array.from({ length: packComparisonStrides + 1 }, (_, step): Cell => {
    const decibels = restored?.psnr ?? null;
    const psnr = decibels === null ? '' : `, ${decibels.toFixed(1)} dB`;
    if (step === 0) {
      const image = restored?.image ?? absent(news, 'restored', size);
      return { image, captions: [`A restored${psnr}`, `0 of ${count} from B`] };
    }
    const cell = interpolation[step];
    if (cell === undefined) {
      const image = step === 1 ? absent(news, 'interpolation', size) : blankImage(size.width, size.height);
      return { image, captions: [] };
    }
    return {
      image: cell.image,
      captions: [step === packComparisonStrides ? 'B' : '', `${cell.replaced} of ${count} from B`],
    };
  });
  return [first, ...steps];
}

/** Why there is no picture, in its place. */
function absent(
  news: readonly PackComparisonNews[],
  part: PackComparisonNews['part'],
  size: { width: number; height: number },
): RasterImage {
  const image = blankImage(size.width, size.height);
  const found = news.find((one) => one.part === part && 'missing' in one);
  const reason = found !== undefined && 'missing' in found ? found.missing : '';
  const lines = wrapText(reason, size.width - 8, Math.max(1, Math.floor(size.height / lineHeight) - 1));
  lines.forEach((line, index) => drawText(image, line, 4, 4 + index * lineHeight, faintInk));
  return image;
}

function factsOf({ pack, news }: Shown): Record<string, unknown> {
  const restored = find(news, 'restored');
  const entropy = find(news, 'entropy');
  return {
    pack: pack.id,
    tokens: tokenKind(pack.manifest),
    ...(restored === undefined ? {} : { psnr: restored.psnr }),
    ...(entropy === undefined ? {} : { entropy: entropy.entropy }),
    missing: Object.fromEntries(news.flatMap((one) => ('missing' in one ? [[one.part, one.missing]] : []))),
  };
}

function find<Part extends PackComparisonNews['part']>(
  news: readonly PackComparisonNews[],
  part: Part,
): NewsOf<Part> | undefined {
  return news.find((one): one is NewsOf<Part> => one.part === part && !('missing' in one));
}
