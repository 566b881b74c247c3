/** `grid`: pictures over two parameters on one sheet. */
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { StudioError } from '../../../shared/errors.js';
import { readAxis, type GridAxis, type GridParameter } from '../../../shared/grids/grid-axis.js';
import { originOf, planGrid, type GridCell, type GridPlan } from '../../../shared/grids/grid-plan.js';
import { legendOf } from '../../../shared/grids/grid-words.js';
import type { PictureRecord } from '../../../shared/document/image-metadata.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { formerSettingNames, settingNames, settingTable } from '../../../shared/jobs/settings.js';
import { encodePng } from '../../storage/images/images.js';
import { reportEvent, type CommandContext, type Act } from '../context.js';
import { drawCells, type DrawnCell } from '../draw-cells.js';
import { enginesFor, withEngines, type EngineSession } from '../engine.js';
import { writeOutputFile } from '../files.js';
import {
  generationSettings,
  withBestOf,
  withEngineOptions,
  withSettingOptions,
  type EngineOptions,
  type SettingOptions,
} from '../options.js';
import {
  readPictureFile,
  recordOfNew,
  withPictureOptions,
  writePicture,
  type PictureFile,
  type PictureOptions,
} from '../picture-files.js';
import { contactSheet } from '../sheet/canvas.js';

interface GridOptions extends EngineOptions, SettingOptions, PictureOptions {
  x: WrittenAxis;
  y?: WrittenAxis;
  out: string;
  pictures?: string;
  edit?: string;
  whole: boolean;
}

interface WrittenAxis {
  parameter: GridParameter;
  text: string;
}

/** The options' own names, so that `--x steps=…` means what `--steps` does. */
const parameters: Record<string, GridParameter> = {
  seed: 'seed',
  prompt: 'prompt',
  ...Object.fromEntries(settingNames.map((name) => [settingTable[name].flag, name])),
  'keep-from': 'keepFrom',
};
/** In scripts a parameter may have the name it had before. */
const readParameters: Record<string, GridParameter> = { ...formerSettingNames, ...parameters };

export function addGrid(program: Command, act: Act): void {
  const command = program
    .command('grid')
    .description('draw pictures over one or two parameters, on one sheet')
    .argument('[prompt]', 'what to draw, or with --edit what to change, unless that is along one side', '')
    .option('--edit <image>', 'edit this picture in every cell: prompts are instructions')
    .option('--whole', 'of edits, take all of each drawn picture, not only the part that the edit concerns', false)
    .requiredOption('--x <parameter=values>', 'what changes along the columns', writtenAxis)
    .option('--y <parameter=values>', 'what changes along the rows', writtenAxis)
    .requiredOption('--out <sheet.png>', 'where to write the sheet')
    .option('--pictures <folder>', 'write every picture too, as row-1-column-1.png …')
    .addHelpText(
      'after',
      `\nParameters: ${Object.keys(parameters).join(', ')}.` +
        '\nValues: 1,2,5 or 1-5 or 1..9 step 2; prompts: {one|another}, or one on each line.' +
        '\n\nExamples:\n  ddt-studio grid "a red circle" --x seed=1-4 --y steps=1,4,16 --out sheet.png' +
        '\n  ddt-studio grid "make the circle blue" --edit in.png --x seed=1-4 --y text-guidance=2,4 --out sheet.png' +
        '\n  ddt-studio grid --x "prompt=a {red|green} star" --y "keep-from=0..24 step 8" --out sheet.png',
    );
  withEngineOptions(withPictureOptions(withBestOf(withSettingOptions(command)))).action(
    act((context, prompt: string, options: GridOptions) =>
      withEngines(context, options, enginesFor(options), async (engines) => {
        const engine = engines[0]!;
        const edited = options.edit === undefined ? null : await readPictureFile(options.edit);
        const plan = planFor(prompt, options, engine, edited);
        const cells = await drawAll(context, engines, plan, edited);
        await writeOutputFile(options.out, encodePng(sheetOf(plan, cells, prompt)));
        const files = await writePictures({ pack: engine.pack.id, plan, cells, edited }, options);
        context.output.result([options.out, ...files].join('\n'), {
          pack: engine.pack.id,
          file: options.out,
          cells: plan.cells.map((cell, index) => ({
            ...cell,
            codes: cells[index]!.codes,
            ...(files.length === 0 ? {} : { file: files[index] }),
          })),
        });
      }),
    ),
  );
}

/** `seed=1-4`; the values are read when the pack is known. */
function writtenAxis(written: string): WrittenAxis {
  const [, name, text] = /^([a-z-]+)=(.*)$/s.exec(written) ?? [];
  const parameter = readParameters[name ?? ''];
  if (parameter !== undefined && text !== undefined) return { parameter, text };
  throw new InvalidArgumentError(
    `It must be a parameter and its values, such as seed=1-4; parameters are ${Object.keys(parameters).join(', ')}.`,
  );
}

/** Throws `bad-request` for values that cannot be run. */
function planFor(
  prompt: string,
  options: GridOptions,
  { pack: { manifest } }: EngineSession,
  edited: PictureFile | null,
): GridPlan {
  const parent = edited === null ? {} : { parentId: edited.record.picture.id };
  const base = {
    ...{ prompt, seed: options.seed, settings: generationSettings(options, manifest), ...parent },
    ...(options.whole ? { region: 'whole' as const } : {}),
  };
  const read = ({ parameter, text }: WrittenAxis): GridAxis => {
    const { axis, problem } = readAxis(parameter, text, manifest);
    if (axis === null) throw refused(problem);
    return axis;
  };
  const { plan, problem } = planGrid(base, read(options.x), options.y === undefined ? null : read(options.y));
  if (plan === null) throw refused(problem);
  return plan;
}

function refused(problem: string): StudioError {
  return new StudioError('bad-request', problem, 'Run it with --help to see how values are written.');
}

function drawAll(
  context: CommandContext,
  engines: readonly EngineSession[],
  plan: GridPlan,
  edited: PictureFile | null,
): Promise<DrawnCell[]> {
  return drawCells(engines, plan, {
    edited: edited?.image ?? null,
    onCell: (index, done) => context.output.event({ type: 'cell', index, done, total: plan.cells.length }),
    // Of several engines the progress would jump to and fro; cells are told as they come.
    onEvent: (event) => {
      if (engines.length === 1) reportEvent(context, event);
    },
  });
}

function sheetOf({ columns, rows }: GridPlan, cells: readonly DrawnCell[], prompt: string): RasterImage {
  return contactSheet(
    cells.map(({ image }) => ({ image, captions: [] })),
    {
      columns: columns.values.length,
      columnLabels: columns.values.map((value) => legendOf(columns.parameter, value)),
      rowLabels: rows === null ? [] : rows.values.map((value) => legendOf(rows.parameter, value)),
      title: prompt,
    },
  );
}

interface DrawnGrid {
  pack: string;
  plan: GridPlan;
  cells: readonly DrawnCell[];
  edited: PictureFile | null;
}

async function writePictures({ pack, plan, cells, edited }: DrawnGrid, options: GridOptions): Promise<string[]> {
  const { pictures } = options;
  const sources = edited === null ? [] : [edited.record];
  if (pictures === undefined) return [];
  const files: string[] = [];
  for (const [index, cell] of plan.cells.entries()) {
    const file = join(pictures, `row-${cell.row + 1}-column-${cell.column + 1}.png`);
    await writePicture(
      file,
      cells[index]!.image,
      pictureOf({ pack, keepsRest: plan.keepsRest, sources }, cell, cells[index]!),
      options,
    );
    files.push(file);
  }
  return files;
}

/** A picture of the coarse tokens alone comes from the one with all of them. */
function pictureOf(
  { pack, keepsRest, sources }: { pack: string; keepsRest: boolean; sources: readonly PictureRecord[] },
  cell: GridCell,
  { codes, plan }: DrawnCell,
): Parameters<typeof writePicture>[2] {
  const name = cell.prompt;
  const tokens = { pack, codes };
  const origin = originOf(cell, pack, { plan, keepsRest });
  if (cell.keepFrom === 0) return { name, origin, tokens, sources };
  const source = recordOfNew({ name, origin, tokens, sources });
  const { keepFrom, seed, settings } = cell;
  return {
    name,
    origin: { kind: 'decoded', parentId: source.picture.id, t: 1, keepFrom, seed, steps: settings.steps, pack },
    tokens: null,
    sources: [source],
  };
}
