/** `analyze attributes`: the lanes of one picture, or of many scenes whose truth is known. */
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { attributeNames, lockInHold, lockInShare, lockInTimestep } from '../../src/shared/attributes.js';
import { StudioError } from '../../src/shared/errors.js';
import { chartSvg } from '../../src/shared/charts/chart-svg.js';
import type { RasterImage } from '../../src/shared/images.js';
import { applicationPaths } from '../../src/main/application.js';
import { reportEvent, type CommandContext } from '../../src/main/cli/context.js';
import { withEngine, type EngineSession } from '../../src/main/cli/engine.js';
import {
  attributeRows,
  attributeTable,
  panes,
  type AttributeRow,
  type MeasuredPicture,
} from '../attributes/attribute-curves.js';
import { readAttributePairs, separation } from '../attributes/attribute-pairs.js';
import { laneChart, readabilityChart, reportText, withMeasurements } from '../attributes/attribute-report.js';
import { readEvaluationData } from '../evaluation/data.js';
import type { Scene } from '../evaluation/scene.js';
import { readImageFile, writeOutputFile } from '../../src/main/cli/files.js';
import { limits, whole, withEngineOptions, type EngineOptions } from '../../src/main/cli/options.js';
import type { Act } from '../../src/main/cli/program.js';
import { figurePath, writeFigure } from '../../src/main/cli/commands/analyze-studies.js';

interface AttributesOptions extends EngineOptions {
  csv?: string;
  figure?: string;
  document?: string;
  truth: boolean;
  captions: boolean;
  scenes: number;
  points: number;
  data: string;
  seed: number;
}

export function addAttributes(analyze: Command, act: Act): void {
  const evaluation = join(applicationPaths().root, 'resources', 'evaluation');
  const command = analyze
    .command('attributes')
    .description('how much of background, layout, colour, shape and texture is there at each t (docs/attributes.md)')
    .argument('[image]', 'PNG or JPEG file; not with --truth')
    .option('--truth', 'over scenes whose truth is known: also at which t the probe reads each attribute right', false)
    .option('--scenes <n>', 'with --truth, how many', whole(1, 10_000), 200)
    .option('--data <file.json>', 'with --truth, the scenes', join(evaluation, 'world-v2.json'))
    .option('--points <n>', 'how many values of t, evenly from 1/n to 1', whole(2, 200), 20)
    .option(
      '--captions',
      'with --truth, also what the language model says at each t (of one image it always does)',
      false,
    )
    .option('--csv <curves.csv>', 'write the curves, with what probe and language model read and how sure they are')
    .option('--figure <figure.svg>', 'draw the curves, as .svg or .png', figurePath)
    .option('--document <file.md>', 'with --truth, write the tables between its markers and the figures beside it')
    .option('--seed <n>', 'seed of the noise', whole(limits.seed.minimum, limits.seed.maximum), 7)
    .addHelpText(
      'after',
      '\nExamples:\n  ddt-studio analyze attributes in.png --csv curves.csv --figure lanes.svg\n  ddt-studio analyze attributes --truth --document docs/attributes.md',
    );
  withEngineOptions(command).action(
    act(async (context, path: string | undefined, options: AttributesOptions) => {
      if ((path === undefined) !== options.truth) command.error('error: name either an image or --truth');
      if (options.document !== undefined && !options.truth) command.error('error: --document needs --truth');
      const sources = options.truth ? await scenesOf(options) : [{ image: await readImageFile(path!) }];
      await withEngine(context, options, async (engine) => {
        const measured: MeasuredPicture[] = [];
        for (const [index, { image, truth }] of sources.entries()) {
          const positions = await positionsOf(engine, context, image, options);
          if (describes(engine, options)) await describePositions(engine, context, image, positions, options);
          measured.push({ positions, ...(truth && { truth }) });
          context.output.event({ type: 'scene', done: index + 1, total: sources.length });
        }
        const rows = attributeRows(measured);
        const only = options.truth ? undefined : measured[0];
        if (options.csv !== undefined) await writeOutputFile(options.csv, attributeTable(rows, only));
        if (options.figure !== undefined) await writeFigure(options.figure, laneChart(rows, measured.length));
        if (options.document !== undefined) {
          await writeReport(options.document, evaluation, engine.pack.id, measured, rows, options);
        }
        const lockIn = lockIns(rows);
        context.output.result(lockInText(lockIn, rows), {
          pack: engine.pack.id,
          pictures: sources.length,
          lockInRule: { reached: lockInShare, held: lockInHold },
          lockIn,
          rows,
        });
      });
    }),
  );
}

async function scenesOf({ data, scenes }: AttributesOptions): Promise<{ image: RasterImage; truth?: Scene }[]> {
  const read = await readEvaluationData(data);
  return read.scenes.slice(0, scenes).map((truth, index) => ({ image: read.image(index), truth }));
}

async function positionsOf(
  engine: EngineSession,
  context: CommandContext,
  image: RasterImage,
  { points, seed, truth }: AttributesOptions,
): Promise<MeasuredPicture['positions'][number][]> {
  const positions = Array.from({ length: points }, (_, index) => (index + 1) / points);
  const found: MeasuredPicture['positions'][number][] = [];
  await engine.run({ kind: 'timeline', source: { image }, seed, positions, readAlone: truth }, (event) => {
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

/** Of many scenes only when asked for: it takes longer than all the rest. */
function describes({ pack }: EngineSession, { truth, captions }: AttributesOptions): boolean {
  const { graphs, languageModel } = pack.manifest;
  const able = graphs.lm !== undefined && languageModel?.templates.caption !== undefined;
  if (able || !captions) return able && (captions || !truth);
  throw new StudioError(
    'task-unsupported',
    `The pack ${pack.id} cannot describe images.`,
    'Leave out --captions, or choose a pack that can.',
  );
}

/** Adds to `found` what the language model says at each of its t. */
async function describePositions(
  engine: EngineSession,
  context: CommandContext,
  image: RasterImage,
  found: MeasuredPicture['positions'][number][],
  { seed }: AttributesOptions,
): Promise<void> {
  const positions = found.map(({ t }) => t);
  await engine.run({ kind: 'captions', source: { image }, seed, positions }, (event) => {
    if (event.type === 'caption') {
      const { index, words, confidence } = event.caption;
      found[index]!.caption = { words, confidence };
    } else if (event.type === 'progress') reportEvent(context, event);
  });
}

async function writeReport(
  path: string,
  evaluation: string,
  pack: string,
  pictures: readonly MeasuredPicture[],
  rows: readonly AttributeRow[],
  { scenes, points, captions }: AttributesOptions,
): Promise<void> {
  const document = await readFile(path, 'utf8');
  const folder = join(dirname(path), 'figures');
  const readability = readabilityChart(rows, pictures.length);
  const text = reportText({
    pack,
    pictures,
    rows,
    separation: separation(await readAttributePairs(join(evaluation, 'attributes-v2.json'))),
    figures: {
      lanes: 'figures/attribute-lanes.svg',
      readability: readability === null ? null : 'figures/attribute-readability.svg',
    },
    command: `ddt-studio analyze attributes --truth --scenes ${scenes} --points ${points}${captions ? ' --captions' : ''} --document docs/attributes.md`,
  });
  // The document last: it is whole only with its figures.
  const updated = withMeasurements(document, text);
  await writeOutputFile(join(folder, 'attribute-lanes.svg'), chartSvg(laneChart(rows, pictures.length)));
  if (readability !== null) await writeOutputFile(join(folder, 'attribute-readability.svg'), chartSvg(readability));
  await writeOutputFile(path, updated);
}

/** For people: a line for each pane and attribute. */
function lockInText(lockIn: Record<string, number | null>, rows: readonly AttributeRow[]): string {
  const least = Math.min(...rows.map(({ t }) => t)).toFixed(2);
  const rule = `From which t on a lane locks in: at least ${lockInShare} there, never below ${lockInHold} down to t ${least}.`;
  const lines = Object.entries(lockIn).map(
    ([name, t]) => `${name.padEnd(20)} ${t === null ? 'does not lock in' : `from t ${t.toFixed(2)}`}`,
  );
  return [rule, ...lines].join('\n');
}

function lockIns(rows: readonly AttributeRow[]): Record<string, number | null> {
  return Object.fromEntries(
    panes.flatMap((pane) =>
      attributeNames.map((name) => [
        `${name} ${pane}`,
        lockInTimestep(rows.map((row) => ({ t: row.t, share: row[pane][name] }))),
      ]),
    ),
  );
}
