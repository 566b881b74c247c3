/** `analyze`: the studies of the papers as figures and tables. */
import type { Command } from 'commander';
import { join } from 'node:path';
import { attributeNames, lockInTimestep, type AttributeShares } from '../../../shared/attributes.js';
import type { TimelinePosition } from '../../../shared/events.js';
import type { RasterImage } from '../../../shared/images.js';
import { applicationPaths } from '../../application.js';
import { reportEvent, type CommandContext } from '../context.js';
import { withEngine, type EngineSession } from '../engine.js';
import { readEvaluationData } from '../evaluation/data.js';
import { readability, readableAttributes, type ReadableAttribute } from '../evaluation/judgement.js';
import { mean } from '../evaluation/measures.js';
import type { Scene } from '../evaluation/scene.js';
import { readImageFile, writeOutputFile } from '../files.js';
import { limits, whole, withEngineOptions, type EngineOptions } from '../options.js';
import type { Act } from '../program.js';
import { lineChart } from '../sheet/line-chart.js';
import { addInterpolate, addSeeds } from './analyze-sheets.js';

/** A lane counts as restored from this share on. */
const lockInShare = 0.5;

const laneColours = {
  background: '#0072b2',
  layout: '#009e73',
  colour: '#d55e00',
  shape: '#cc79a7',
  texture: '#7f6a00',
  kind: '#cc79a7',
  size: '#555555',
};

export function addAnalyze(program: Command, act: Act): void {
  const analyze = program.command('analyze').description('studies of the tokens: figures and tables');
  addAttributes(analyze, act);
  addInterpolate(analyze, act);
  addSeeds(analyze, act);
}

interface AttributesOptions extends EngineOptions {
  csv?: string;
  figure?: string;
  truth: boolean;
  scenes: number;
  points: number;
  data: string;
  seed: number;
}

interface Source {
  image: RasterImage;
  truth?: Scene;
}

/** Means over the pictures at one t; `readable` only where the truth is known: the share of pictures read right. */
export interface AttributeRow {
  t: number;
  restored: AttributeShares;
  alone: AttributeShares;
  readable?: Record<ReadableAttribute, number>;
}

function addAttributes(analyze: Command, act: Act): void {
  const command = analyze
    .command('attributes')
    .description('how much of background, layout, colour, shape and texture is there at each t (docs/attributes.md)')
    .argument('[image]', 'PNG or JPEG file; not with --truth')
    .option('--truth', 'over scenes whose truth is known: also at which t the probe reads each attribute right', false)
    .option('--scenes <n>', 'with --truth, how many', whole(1, 10_000), 200)
    .option(
      '--data <file.json>',
      'with --truth, the scenes',
      join(applicationPaths().root, 'resources', 'evaluation', 'world-v1.json'),
    )
    .option('--points <n>', 'how many values of t, evenly from 1/n to 1', whole(2, 200), 20)
    .option('--csv <curves.csv>', 'write the curves')
    .option('--figure <figure.svg>', 'draw the curves')
    .option('--seed <n>', 'seed of the noise', whole(limits.seed.minimum, limits.seed.maximum), 7)
    .addHelpText('after', '\nExample:\n  ddt-studio analyze attributes in.png --csv curves.csv --figure lanes.svg');
  withEngineOptions(command).action(
    act(async (context, path: string | undefined, options: AttributesOptions) => {
      if ((path === undefined) !== options.truth) command.error('error: name either an image or --truth');
      const sources: Source[] = options.truth ? await scenesOf(options) : [{ image: await readImageFile(path!) }];
      await withEngine(context, options, async (engine) => {
        const all: { positions: TimelinePosition[]; truth?: Scene }[] = [];
        for (const [index, source] of sources.entries()) {
          const positions = await timelineOf(engine, context, source.image, options);
          all.push({ positions, ...(source.truth && { truth: source.truth }) });
          context.output.event({ type: 'scene', done: index + 1, total: sources.length });
        }
        const rows = attributeRows(all);
        if (options.csv !== undefined) await writeOutputFile(options.csv, attributeTable(rows));
        if (options.figure !== undefined) await writeOutputFile(options.figure, attributeFigure(rows, sources.length));
        const lockIn = lockIns(rows);
        const text = Object.entries(lockIn).map(([name, t]) => `${name.padEnd(20)} ${t === null ? '-' : t.toFixed(2)}`);
        context.output.result([`t down from which a share stays above ${lockInShare}:`, ...text].join('\n'), {
          pack: engine.pack.id,
          pictures: sources.length,
          lockIn,
          rows,
        });
      });
    }),
  );
}

async function scenesOf({ data, scenes }: AttributesOptions): Promise<Source[]> {
  const read = await readEvaluationData(data);
  return read.scenes.slice(0, scenes).map((truth, index) => ({ image: read.image(index), truth }));
}

async function timelineOf(
  engine: EngineSession,
  context: CommandContext,
  image: RasterImage,
  { points, seed }: AttributesOptions,
): Promise<TimelinePosition[]> {
  const positions = Array.from({ length: points }, (_, index) => (index + 1) / points);
  const found: TimelinePosition[] = [];
  await engine.run({ kind: 'timeline', source: { image }, seed, positions }, (event) => {
    // Only what is measured is kept: hundreds of scenes with three pictures a position would fill the memory.
    if (event.type === 'position') {
      const nothing = { width: 0, height: 0, data: new Uint8Array(0) };
      found[event.position.index] = { ...event.position, noised: nothing, alone: nothing, restored: nothing };
    } else if (event.type === 'progress') reportEvent(context, event);
  });
  return found;
}

export function attributeRows(all: readonly { positions: TimelinePosition[]; truth?: Scene }[]): AttributeRow[] {
  const averaged = (shares: (AttributeShares | undefined)[]): AttributeShares =>
    Object.fromEntries(
      attributeNames.map((name) => [name, mean(shares.map((one) => one?.[name] ?? 0))]),
    ) as AttributeShares;
  return all[0]!.positions.map(({ t }, index) => {
    const row: AttributeRow = {
      t,
      restored: averaged(all.map(({ positions }) => positions[index]!.shares)),
      alone: averaged(all.map(({ positions }) => positions[index]!.sharesAlone)),
    };
    const read = all.flatMap(({ positions, truth }) => {
      const reading = positions[index]!.reading;
      return truth === undefined || reading === undefined ? [] : [readability(truth, reading)];
    });
    if (read.length === 0) return row;
    const readable = Object.fromEntries(
      readableAttributes.map((name) => [name, read.filter((one) => one[name]).length / read.length]),
    ) as Record<ReadableAttribute, number>;
    return { ...row, readable };
  });
}

export function attributeTable(rows: readonly AttributeRow[]): string {
  const readable = rows[0]!.readable === undefined ? [] : readableAttributes;
  const head = [
    't',
    ...attributeNames.map((name) => `restored_${name}`),
    ...attributeNames.map((name) => `alone_${name}`),
    ...readable.map((name) => `readable_${name}`),
  ];
  const lines = rows.map((row) =>
    [
      row.t,
      ...attributeNames.map((name) => row.restored[name]),
      ...attributeNames.map((name) => row.alone[name]),
      ...readable.map((name) => row.readable![name]),
    ]
      .map((value) => value.toFixed(4))
      .join(','),
  );
  return `${[head.join(','), ...lines].join('\n')}\n`;
}

function attributeFigure(rows: readonly AttributeRow[], pictures: number): string {
  const lines = rows[0]!.readable === undefined ? [] : readableAttributes.filter((name) => name !== 'size');
  return lineChart(
    [
      ...attributeNames.map((name) => ({
        label: `${name}, restored`,
        colour: laneColours[name],
        points: rows.map(({ t, restored }) => [t, restored[name]] as const),
      })),
      ...attributeNames.map((name) => ({
        label: `${name}, no tokens`,
        colour: laneColours[name],
        dashed: true,
        points: rows.map(({ t, alone }) => [t, alone[name]] as const),
      })),
    ].concat(
      lines.map((name) => ({
        label: `${name}, read right`,
        colour: `${laneColours[name]}88`,
        points: rows.map(({ t, readable }) => [t, readable![name]] as const),
      })),
    ),
    {
      title: `Attributes restored, mean of ${pictures} picture${pictures === 1 ? '' : 's'}`,
      xLabel: 't (0 = picture, 1 = noise)',
      yLabel: 'share',
    },
  );
}

function lockIns(rows: readonly AttributeRow[]): Record<string, number | null> {
  return Object.fromEntries(
    (['restored', 'alone'] as const).flatMap((pane) =>
      attributeNames.map((name) => [
        `${name} ${pane}`,
        lockInTimestep(
          rows.map((row) => ({ t: row.t, share: row[pane][name] })),
          lockInShare,
        ),
      ]),
    ),
  );
}
