/** The board, or what is selected on it, as one picture: as it looks, in its frames' own pixels. */
import type { Annotation } from '../../../shared/document/annotations.js';
import { StudioError } from '../../../shared/errors.js';
import { imageLimits } from '../../../shared/pictures/images.js';
import { boundsOfItem, isFrame, itemsText, type BoardItem } from '../../state/board/board-items.js';
import { copied } from '../../state/board/clipboard.js';
import { documentState } from '../../state/document/document.svelte.js';
import { copyPicture, readImage } from '../../state/import-export/exporting.js';
import { saveFile } from '../../state/import-export/saving.js';
import { boundsOf, type Rectangle, type Size } from '../../state/board/geometry.js';
import { notices } from '../../state/studio/notices.svelte.js';
import { boardItems, selectedItems } from '../../state/board/selection.svelte.js';
import { boardColours } from './board-colours.js';
import { paintOverlay } from './overlay.js';
import { titleHeight } from '../tools/tool.js';

/** Around what is shown, board units. */
const margin = 32;

export function exportSelection(): Promise<void> {
  return saveItems(selectedItems(), `${documentState.document.name}, selection.png`);
}

export function exportBoard(): Promise<void> {
  return saveItems(boardItems(), `${documentState.document.name}, board.png`);
}

/** One frame in its own pixels, several things as they look; pasted here again they are frames. */
export function copySelection(): Promise<void> {
  const items = selectedItems();
  const [only] = items;
  const isOne = items.length === 1 && only !== undefined && isFrame(only);
  const picture = isOne ? readImage(only) : pictureOf(items).then(({ blob }) => blob);
  copied.remember(items, picture);
  return copyPicture(picture);
}

async function saveItems(items: readonly BoardItem[], fileName: string): Promise<void> {
  const { blob, size } = await pictureOf(items);
  const saved = await saveFile(blob, fileName);
  if (saved === null) return;
  const what = `${itemsText(items)} as one picture of ${size.width} × ${size.height} pixels`;
  notices.tell(`Exported ${what}${saved.where}`, 'success');
}

/** Pixels of the picture for one board unit: as many as the finest frame has, as far as the limits of a picture allow. */
export function pictureScale(items: readonly BoardItem[], bounds: Size): number {
  const finest = Math.max(1, ...items.filter(isFrame).map(({ pixelWidth, width }) => pixelWidth / width));
  return Math.min(
    finest,
    imageLimits.maxSide / Math.max(bounds.width, bounds.height),
    Math.sqrt(imageLimits.maxPixels / (bounds.width * bounds.height)),
  );
}

async function pictureOf(items: readonly BoardItem[]): Promise<{ blob: Blob; size: Size }> {
  const content = boundsOf(items.map(boundsOfItem));
  if (content === null) {
    throw new StudioError('bad-request', 'There is nothing to export.', 'Select something on the board first.');
  }
  const bounds: Rectangle = {
    x: content.x - margin,
    y: content.y - margin - titleHeight,
    width: content.width + 2 * margin,
    height: content.height + 2 * margin + titleHeight,
  };
  const scale = pictureScale(items, bounds);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(bounds.width * scale));
  canvas.height = Math.max(1, Math.floor(bounds.height * scale));
  const context = canvas.getContext('2d')!;
  const colours = boardColours(document.querySelector('[data-board]') ?? document.documentElement);
  context.fillStyle = colours.board;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  const frames = items.filter(isFrame);
  for (const frame of frames) {
    const bitmap = await createImageBitmap(await readImage(frame));
    // Enlarged pictures keep their pixels, as on the board at large zoom.
    context.imageSmoothingEnabled = (frame.width * scale) / frame.pixelWidth < 1;
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, frame.x - bounds.x, frame.y - bounds.y, frame.width, frame.height);
    bitmap.close();
  }
  paintOverlay(
    context,
    {
      camera: { x: -bounds.x, y: -bounds.y, zoom: 1 },
      viewport: { width: bounds.width, height: bounds.height },
      bar: null,
      frames,
      annotations: items.filter((item): item is Annotation => !isFrame(item)),
      hiddenCounts: documentState.hidden.counts,
      selection: [],
      hovered: null,
      dragged: null,
      guides: [],
      drafted: null,
      writing: null,
      marquee: null,
      choosing: false,
      heat: null,
      pending: [],
      colours,
      enlargement: 1,
    },
    (frame) => frame,
  );
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) {
    throw new StudioError(
      'bad-request',
      `A picture of ${canvas.width} × ${canvas.height} pixels is too large for this window.`,
      'Select fewer frames and export them as one PNG.',
    );
  }
  return { blob, size: { width: canvas.width, height: canvas.height } };
}
