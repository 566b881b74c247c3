/** The sheet as a picture for a slide: title, legends along the top and the left, every cell at its own pixels or more. */
import { fitText, wrapLines } from '../../shared/text/fit-text.js';
import { settingNames, settingTable } from '../../shared/jobs/settings.js';
import { legendOf, parameterName } from '../../shared/grids/grid-words.js';
import { fileNameOf } from '../state/import-export/exporting.js';
import type { GridCellState, GridRun } from '../state/grids/grid-run.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { downloadCanvas, slideColours, slideFont, slideNotDrawn } from '../timeline/export/slide.js';
import { sheetLayout } from './sheet-layout.js';

/** Throws `internal` when the browser cannot draw it. */
export async function saveSheet({ plan, base }: GridRun, cells: readonly GridCellState[]): Promise<void> {
  const images = await Promise.all(
    cells.map((cell) => (cell.kind === 'done' ? loaded(studio.api.imageUrl(cell.image.imageId)) : null)),
  );
  const first = images.find((image) => image !== null);
  if (first === undefined) throw slideNotDrawn();
  const [colours, font] = [slideColours(), slideFont()];
  const layout = sheetLayout(plan, { width: first!.naturalWidth, height: first!.naturalHeight });
  const canvas = document.createElement('canvas');
  Object.assign(canvas, layout.size);
  const context = canvas.getContext('2d');
  if (context === null) throw slideNotDrawn();
  const widthOf = (text: string) => context.measureText(text).width;
  context.fillStyle = colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);

  context.fillStyle = colours.text;
  context.font = `650 28px ${font}`;
  const title = fitText(titleOf({ plan, base }), layout.size.width - 2 * layout.margin, widthOf);
  context.fillText(title, layout.margin, layout.margin + 28);
  context.fillStyle = colours.muted;
  context.font = `400 17px ${font}`;
  context.fillText(detailOf({ plan, base }), layout.margin, layout.margin + 58, layout.size.width - 2 * layout.margin);

  context.fillStyle = colours.text;
  context.font = `500 17px ${font}`;
  context.textAlign = 'center';
  plan.columns.values.forEach((value, column) => {
    const { x } = layout.cell(0, column);
    const lines = wrapLines(legendOf(plan.columns.parameter, value), layout.cellSize.width, widthOf, layout.headLines);
    lines.forEach((line, index) => {
      const up = (lines.length - 1 - index) * layout.lineHeight;
      context.fillText(line, x + layout.cellSize.width / 2, layout.cell(0, 0).y - 12 - up);
    });
  });
  context.textAlign = 'right';
  plan.rows?.values.forEach((value, row) => {
    const { x, y } = layout.cell(row, 0);
    const lines = wrapLines(legendOf(plan.rows!.parameter, value), layout.rowLegend - layout.gap, widthOf, 6);
    const top = y + layout.cellSize.height / 2 - (lines.length / 2) * layout.lineHeight;
    lines.forEach((line, index) => context.fillText(line, x - layout.gap, top + (index + 0.75) * layout.lineHeight));
  });

  context.imageSmoothingEnabled = false;
  images.forEach((image, index) => {
    const { row, column } = plan.cells[index]!;
    const { x, y } = layout.cell(row, column);
    if (image !== null) context.drawImage(image, x, y, layout.cellSize.width, layout.cellSize.height);
    else {
      context.strokeStyle = colours.line;
      context.strokeRect(x + 0.5, y + 0.5, layout.cellSize.width - 1, layout.cellSize.height - 1);
    }
  });
  await downloadCanvas(canvas, fileNameOf({ name: `grid ${base.prompt}`, origin: { kind: 'imported', fileName: '' } }));
}

/** What all cells share. */
export function titleOf({ plan, base }: Pick<GridRun, 'plan' | 'base'>): string {
  if (!isVaried(plan, 'prompt')) return base.prompt;
  const names = [plan.rows, plan.columns].flatMap((axis) =>
    axis === null ? [] : [parameterName(axis.parameter, base.parentId !== undefined)],
  );
  return names.join(' × ');
}

export function detailOf({ plan, base }: Pick<GridRun, 'plan' | 'base'>): string {
  const { seed, settings } = base;
  const facts = settingNames.flatMap((name): [string, string][] => {
    const value = settings[name];
    return value === undefined ? [] : [[name, settingTable[name].phrase(value)]];
  });
  const all = [['seed', `seed ${seed}`] as const, ...facts];
  return all.flatMap(([name, text]) => (isVaried(plan, name) ? [] : [text])).join(' · ');
}

function isVaried({ columns, rows }: GridRun['plan'], parameter: string): boolean {
  return columns.parameter === parameter || rows?.parameter === parameter;
}

async function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
