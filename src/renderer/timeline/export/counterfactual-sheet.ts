/** The counterfactual sheet as one picture for a slide: 1920 wide, both rows with their titles and counts. */
import type { StoredImage } from '../../../shared/pictures/images.js';
import { readStored } from '../../state/pixels.js';
import { studio } from '../../state/studio/studio.svelte.js';
import {
  counterfactualSteps,
  type CounterfactualCell,
  type CounterfactualState,
} from '../../state/timeline/trials/timeline-counterfactual.svelte.js';
import { timelineFileName } from './timeline-tables.js';
import { downloadCanvas, slideColours, slideFont, slideNotDrawn } from './slide.js';
import { tokenCount } from '../timeline-words.js';

const width = 1920;
const margin = 72;
const gap = 14;
const side = (width - 2 * margin - counterfactualSteps * gap) / (counterfactualSteps + 1);
const rowHeight = 44 + side + 34 + 20;
const titles = { 'coarse-first': 'Coarse tokens first', 'fine-first': 'Fine tokens first' } as const;

/** `names`: of the frame and of the one whose tokens come in. Throws `not-found` when a picture cannot be read. */
export async function saveCounterfactual(
  sheet: CounterfactualState,
  names: { frame: string; donor: string },
): Promise<void> {
  const { pair, rows } = sheet;
  if (pair === null) return;
  const pictures = await Promise.all(
    rows.map((cells) => Promise.all(cells.map((cell) => readPicture(sheet.imageOf(cell))))),
  );
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height: 190 + rows.length * rowHeight });
  const context = canvas.getContext('2d');
  if (context === null) throw slideNotDrawn();
  const [colours, font] = [slideColours(), slideFont()];
  const write = (text: string, x: number, y: number, pixels: number, colour: string, weight = 400) => {
    context.font = `${weight} ${pixels}px ${font}`;
    context.fillStyle = colour;
    context.fillText(text, x, y, width - margin - Math.min(x, width / 2));
  };
  context.fillStyle = colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  write(`From “${names.frame}” to “${names.donor}”`, margin, 92, 38, colours.text, 650);
  const { length } = pair.codes;
  write(
    `${pair.pack} · ${tokenCount(length)} · ${pair.steps} steps, seed ${pair.seed}`,
    margin,
    130,
    21,
    colours.muted,
  );
  rows.forEach((cells, row) => {
    const top = 190 + row * rowHeight;
    write(titles[cells[0]!.direction], margin, top + 18, 22, colours.text, 600);
    cells.forEach((cell, step) => {
      const left = margin + step * (side + gap);
      const bitmap = pictures[row]![step]!;
      const scale = side / Math.max(bitmap.width, bitmap.height);
      const [drawnWidth, drawnHeight] = [bitmap.width * scale, bitmap.height * scale];
      const [x, y] = [left + (side - drawnWidth) / 2, top + 36 + (side - drawnHeight) / 2];
      context.drawImage(bitmap, x, y, drawnWidth, drawnHeight);
      context.textAlign = 'center';
      write(captionOf(cell, length), left + side / 2, top + 36 + side + 24, 17, colours.muted);
      context.textAlign = 'left';
    });
  });
  for (const bitmap of pictures.flat()) bitmap.close();
  await downloadCanvas(canvas, timelineFileName(`${names.frame} to ${names.donor}`, 'sheet', 'png'));
}

function captionOf({ step, replaced }: CounterfactualCell, count: number): string {
  if (step === 0) return 'A';
  return step === counterfactualSteps ? 'B' : `${replaced} of ${count}`;
}

async function readPicture(image: StoredImage | null): Promise<ImageBitmap> {
  const address = image === null ? null : studio.api.imageUrl(image.imageId);
  return createImageBitmap(await readStored(address, 'A picture of the sheet', 'open the sheet again'));
}
