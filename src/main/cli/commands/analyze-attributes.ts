/** `analyze attributes`: how much of each attribute there is at each t. */
import type { Command } from 'commander';
import { lockInHold, lockInShare } from '../../../shared/tokens/attributes.js';
import { StudioError } from '../../../shared/errors.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import {
  attributeRows,
  attributeTable,
  laneChart,
  lockIns,
  type AttributeRow,
  type MeasuredPicture,
} from '../attribute-curves.js';
import { reportEvent, type Act, type CommandContext } from '../context.js';
import { withEngine, type EngineSession } from '../engine.js';
import { readImageFile, writeOutputFile } from '../files.js';
import { whole, withEngineOptions, type EngineOptions, seedOption } from '../options.js';
import { figurePath, writeFigure } from './analyze-model.js';

export interface AttributeOptions extends EngineOptions {
  csv?: string;
  figure?: string;
  points: number;
  seed: number;
}

export function addAttributes(analyze: Command, act: Act): void {
  const command = analyze
    .command('attributes')
    .description('how much of background, layout, colour, shape and texture is there at each t (docs/attributes.md)')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file');
  withAttributeOptions(command)
    .addHelpText('after', '\nExample:\n  ddt-studio analyze attributes in.png --csv curves.csv --figure lanes.svg')
    .action(
      act(async (context, path: string, options: AttributeOptions) => {
        const image = await readImageFile(path);
        await withEngine(context, options, async (engine) => {
          const measured = await measureAttributes(engine, context, image, {
            ...options,
            readAlone: false,
            describe: canDescribe(engine),
          });
          const rows = attributeRows([measured]);
          if (options.csv !== undefined) await writeOutputFile(options.csv, attributeTable(rows, measured));
          if (options.figure !== undefined) await writeFigure(options.figure, laneChart(rows, 1));
          printLanes(context, engine, 1, rows);
        });
      }),
    );
}

export function withAttributeOptions(command: Command): Command {
  return withEngineOptions(command)
    .option('--points <n>', 'how many values of t, evenly from 1/n to 1', whole({ smallest: 2, largest: 200 }), 20)
    .option('--csv <curves.csv>', 'write the curves, with what probe and language model read and how sure they are')
    .option('--figure <figure.svg>', 'draw the curves, as .svg or .png', figurePath)
    .addOption(seedOption('seed of the noise'));
}

export function canDescribe({ pack }: EngineSession): boolean {
  return pack.manifest.languageModel?.templates.caption !== undefined;
}

/**
 * `readAlone`: the probe reads the pane without tokens too. `describe`: the language model says what it sees at each t, which
 * takes longer than all the rest; throws `task-unsupported` where it cannot.
 */
export async function measureAttributes(
  engine: EngineSession,
  context: CommandContext,
  image: RasterImage,
  { points, seed, readAlone, describe }: { points: number; seed: number; readAlone: boolean; describe: boolean },
): Promise<MeasuredPicture> {
  const t = Array.from({ length: points }, (_, index) => (index + 1) / points);
  const positions = await measurePositions(engine, context, { source: { image }, seed, positions: t, readAlone });
  if (describe) await describePositions(engine, context, image, positions, seed);
  return { positions };
}

/** For people: a line for each pane and attribute. */
export function printLanes(
  { output }: CommandContext,
  engine: EngineSession,
  pictures: number,
  rows: readonly AttributeRow[],
): void {
  const lockIn = lockIns(rows);
  const least = Math.min(...rows.map(({ t }) => t)).toFixed(2);
  const rule = `From which t on a lane locks in: at least ${lockInShare} there, never below ${lockInHold} down to t ${least}.`;
  const lines = Object.entries(lockIn).map(
    ([name, t]) => `${name.padEnd(20)} ${t === null ? 'does not lock in' : `from t ${t.toFixed(2)}`}`,
  );
  output.result([rule, ...lines].join('\n'), {
    pack: engine.pack.id,
    pictures,
    lockInRule: { reached: lockInShare, held: lockInHold },
    lockIn,
    rows,
  });
}

type MeasuredPosition = MeasuredPicture['positions'][number];

async function measurePositions(
  engine: EngineSession,
  context: CommandContext,
  request: { source: { image: RasterImage }; seed: number; positions: number[]; readAlone: boolean },
): Promise<MeasuredPosition[]> {
  const found: MeasuredPosition[] = [];
  await engine.run({ kind: 'timeline', ...request }, (event) => {
    if (event.type === 'position') {
      // Only what is measured is kept: hundreds of scenes with three pictures a position would fill the memory.
      const { index, t, visibleTokens, shares, sharesAlone, reading, readingAlone } = event.position;
      found[index] = {
        t,
        visibleTokens,
        ...(shares && { shares }),
        ...(sharesAlone && { sharesAlone }),
        ...(reading && { reading }),
        ...(readingAlone && { readingAlone }),
      };
    } else if (event.type === 'progress') reportEvent(context, event);
  });
  return found;
}

/** Adds to `found` what the language model says at each of its t. */
async function describePositions(
  engine: EngineSession,
  context: CommandContext,
  image: RasterImage,
  found: MeasuredPosition[],
  seed: number,
): Promise<void> {
  if (!canDescribe(engine)) {
    throw new StudioError(
      'task-unsupported',
      `The pack ${engine.pack.id} cannot describe images.`,
      'Choose a pack that can.',
    );
  }
  const positions = found.map(({ t }) => t);
  await engine.run({ kind: 'captions', source: { image }, seed, positions }, (event) => {
    if (event.type === 'caption') {
      const { index, words, confidence } = event.caption;
      found[index]!.caption = { words, confidence };
    } else if (event.type === 'progress') reportEvent(context, event);
  });
}
