/** The timeline as files, from what is computed: a sheet, an animation, two tables. */
import { StudioError } from '../../../shared/errors.js';
import { GifWriter, largestPalette } from '../../../shared/pictures/gif.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { ColourCount } from '../../../shared/pictures/colour-palette.js';
import { documentState } from '../../state/document/document.svelte.js';
import { saveFile, saveFileAndTell } from '../../state/import-export/saving.js';
import { notices } from '../../state/studio/notices.svelte.js';
import type { ComputedPosition } from '../../state/timeline/timeline-pictures.js';
import { timeline } from '../../state/timeline/timeline.svelte.js';
import { curveCsv, lanesCsv, timelineFileName } from './timeline-tables.js';
import { drawFilmFrame, filmDelay, filmPositionsOf, filmSize } from './timeline-film.js';
import { readingAt } from '../tools/model-reading.svelte.js';
import { drawSheet } from './timeline-sheet.js';
import { downloadCanvas, slideColours, slideFont, slideNotDrawn } from './slide.js';

/** How far the animation is written. */
class FilmProgress {
  /** 0…1, null while none is written. */
  done = $state<number | null>(null);
}

export const filmProgress = new FilmProgress();

export function canExport(): boolean {
  return timeline.source !== null && timeline.positions.length > 0;
}

export function hasLanes(): boolean {
  return timeline.positions.some(({ shares }) => shares !== undefined);
}

export async function saveTokensCsv(): Promise<void> {
  if (timeline.source === null) return;
  const { source, codes } = timeline;
  const { schedule, count } = source.manifest.tokens;
  await saveText(curveCsv({ schedule, count, codes, certainty: source.certainty }), 'tokens');
}

export async function saveLanesCsv(): Promise<void> {
  await saveText(
    lanesCsv(timeline.positions.map((position) => ({ ...position, reading: readingAt(position) }))),
    'lanes',
  );
}

export async function saveSheet(): Promise<void> {
  const { source, positions } = timeline;
  if (source === null) return;
  const canvas = document.createElement('canvas');
  const { schedule, count } = source.manifest.tokens;
  drawSheet(canvas, { ...labels(), schedule, count, aspect: source.aspect, positions }, slideColours(), slideFont());
  await downloadCanvas(canvas, fileName('sheet', 'png'));
}

/** One at a time; the window stays usable while it is written. */
export async function saveFilm(): Promise<void> {
  if (timeline.source === null || filmProgress.done !== null) return;
  const shown = filmPositionsOf(timeline.positions);
  const stated = { ...labels(), count: timeline.count };
  const name = fileName('film', 'gif');
  const [palette, letters] = [slideColours(), slideFont()];
  const canvas = document.createElement('canvas');
  Object.assign(canvas, filmSize);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw slideNotDrawn();
  const draw = (position: ComputedPosition): RasterImage => {
    drawFilmFrame(context, position, stated, palette, letters);
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { width, height, data: new Uint8Array(data.buffer) };
  };
  // Looking for colours and writing are about as much work.
  const step = async (done: number) => {
    filmProgress.done = done / (2 * shown.length);
    await new Promise((resolve) => setTimeout(resolve));
  };
  try {
    const found = new ColourCount();
    for (let at = 0; at < shown.length; at++) {
      await step(at);
      // Noise has all colours there are, and would take them from the pictures.
      found.add(draw(at % 8 === 0 ? shown[at]! : { ...shown[at]!, noised: shown[at]!.restored }));
    }
    const writer = new GifWriter(canvas.width, canvas.height, found.palette(largestPalette));
    for (let at = 0; at < shown.length; at++) {
      await step(shown.length + at);
      writer.add(draw(shown[at]!), filmDelay(at, shown.length));
    }
    const saved = await saveFile(new Blob([writer.finish()], { type: 'image/gif' }), name);
    if (saved !== null) notices.tell(`Animation saved${saved.where}`, 'success');
  } catch (thrown) {
    // Selecting another frame may have let go of its bitmaps.
    if (thrown instanceof DOMException) throw interrupted(thrown);
    throw thrown;
  } finally {
    filmProgress.done = null;
  }
}

function labels(): { title: string; subtitle: string } {
  return {
    title: frameName(),
    subtitle: `${timeline.source!.pack} · ${timeline.count} timestep tokens · the same noise everywhere, seed ${timeline.seed}`,
  };
}

function frameName(): string {
  const { source } = timeline;
  return source === null ? '' : (documentState.frame(source.frameId)?.name ?? 'image');
}

function fileName(what: string, extension: string): string {
  return timelineFileName(frameName(), what, extension);
}

function saveText(csv: string, what: string): Promise<void> {
  return saveFileAndTell(new Blob([csv], { type: 'text/csv' }), fileName(what, 'csv'));
}

function interrupted(cause: unknown): StudioError {
  return new StudioError(
    'bad-request',
    'The animation was interrupted, because its pictures are no longer there.',
    'Select the frame again, and keep it selected until the animation is saved.',
    { cause },
  );
}
