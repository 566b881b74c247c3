/**
 * Any image the browser can decode becomes a frame. PNG, JPEG, WebP and GIF go as they are: the main side reads them, upright and in
 * sRGB, with what they say. Other kinds and pictures beyond the limits are drawn here and go as PNG.
 */
import { StudioError } from '../../../shared/errors.js';
import { imageLimits } from '../../../shared/pictures/images.js';
import { isAnimated, pictureKind, type PictureKind } from '../../../shared/pictures/file-kind.js';
import { withoutPixels } from './without-pixels.js';
import type { ImportedImage } from '../../../shared/contract/import-export.js';
import { documentState } from '../document/document.svelte.js';
import { bringsRecipe, dropQuestion, type ImportedFile } from './drop-question.svelte.js';
import { count, importedFrame, restoredFrame } from '../document/frames.js';
import type { Point, Size } from '../board/geometry.js';
import { placeTogether } from '../board/place-pictures.js';
import { notices } from '../studio/notices.svelte.js';
import { isProjectFile, openProjectFile } from '../studio/projects.js';
import { recallRecipe } from '../composer/load-recipe.js';
import { studio } from '../studio/studio.svelte.js';

/** As many files take longer than one waits without a word. */
const many = 12;

/**
 * `at`: board point the first one is centred on; without it they go to free space. One transaction for all. Files that
 * bring a recipe are asked about first.
 */
export async function importFiles(files: readonly File[], at: Point | null): Promise<void> {
  const project = files.find(isProjectFile);
  if (project !== undefined) return openProjectFile(project);
  documentState.assertWritable();
  const stored: ImportedFile[] = [];
  // They come onto the board together, and reading many takes its time.
  if (files.length >= many) notices.tell(`Reading ${files.length} pictures …`);
  for (const file of files) {
    try {
      stored.push({ fileName: file.name, image: await importFile(file) });
    } catch (thrown) {
      notices.report(thrown);
    }
  }
  if (stored.length === 0) return;
  if (stored.some(bringsRecipe)) {
    const answer = await dropQuestion.ask(stored);
    if (answer === 'recall') return recallFirst(stored);
    if (answer === 'cancel') return;
  } else {
    for (const file of stored) reportFaults(file);
  }
  tellNotes(stored);
  await placeTogether(stored, at, {
    frameOf: ({ fileName, image }, place) => {
      const record = image.metadata?.record ?? null;
      return record === null ? importedFrame(fileName, image, place) : restoredFrame(record, image, place);
    },
    label: (frames) =>
      frames.length === 1 ? `Import “${frames[0]!.name}”` : `Import ${count(frames.length, 'picture')}`,
    run: 'Imported',
  });
}

/** What was not taken over as it stands, in one notice: the next would take its place. */
function tellNotes(files: readonly ImportedFile[]): void {
  const notes = files.flatMap(({ fileName, image }) => (image.notes ?? []).map((note) => `“${fileName}”: ${note}`));
  if (notes.length > 0) notices.tell(notes.join(' '));
}

function recallFirst(files: readonly ImportedFile[]): void {
  const recipe = files.map(({ image }) => image.metadata?.recipe).find((one) => one !== null && one !== undefined);
  if (recipe !== undefined) recallRecipe(recipe);
}

/** Where nothing is asked, what the file claimed and what became of it is still said. */
function reportFaults({ fileName, image }: ImportedFile): void {
  for (const fault of image.metadata?.faults ?? []) {
    notices.report(
      new StudioError(
        'metadata-invalid',
        `“${fileName}”: ${fault}`,
        'It was placed as a plain picture; “Read into tokens” works as with any other.',
      ),
    );
  }
}

async function importFile(file: File): Promise<ImportedImage> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (readByMain.has(pictureKind(bytes)) && bytes.length <= imageLimits.maxBytes) {
    try {
      return await studio.api.importImage({ bytes, fileName: file.name });
    } catch (thrown) {
      if (!(thrown instanceof StudioError) || thrown.code !== 'image-too-large') throw thrown;
    }
  }
  return importDrawn(file, bytes);
}

const readByMain = new Set<PictureKind>(['png', 'jpeg', 'webp', 'gif']);

/** Drawn by the browser, smaller where it must be; what the original says goes with it. */
async function importDrawn(file: File, original: Uint8Array): Promise<ImportedImage> {
  const bitmap = await decode(file);
  try {
    const size = fittingSize(bitmap);
    const blob = await drawAsPng(bitmap, size);
    const said = withoutPixels(original);
    const imported = await studio.api.importImage({
      bytes: new Uint8Array(await blob.arrayBuffer()),
      fileName: file.name,
      ...(said === null ? {} : { said }),
    });
    const notes = [...(imported.notes ?? [])];
    if (isAnimated(original)) notes.push('It is animated; its first frame was taken.');
    if (size.width !== bitmap.width) {
      const [from, to] = [bitmap, size].map(({ width, height }) => `${width} × ${height}`);
      notes.push(`It was made smaller, from ${from} to ${to} pixels: no more fit.`);
    }
    return notes.length === 0 ? imported : { ...imported, notes };
  } finally {
    bitmap.close();
  }
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    throw new StudioError(
      'image-unreadable',
      `“${file.name}” is not an image file this window can read.`,
      'Save it as PNG, JPEG or WebP and drop it again.',
      { cause },
    );
  }
}

/** The largest size of the same shape inside the limits. */
export function fittingSize(size: Size): Size {
  const scale = Math.min(
    1,
    imageLimits.maxSide / Math.max(size.width, size.height),
    Math.sqrt(imageLimits.maxPixels / (size.width * size.height)),
  );
  const side = (length: number) => Math.max(1, Math.floor(length * scale));
  return { width: side(size.width), height: side(size.height) };
}

function drawAsPng(bitmap: ImageBitmap, size: Size): Promise<Blob> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, size.width, size.height);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** What the menu pastes; Ctrl+V brings its files along and needs no leave to look. `at` as for `importFiles`. */
export async function pasteFromClipboard(at: Point | null): Promise<void> {
  documentState.assertWritable();
  const files = await clipboardPictures();
  if (files.length === 0) notices.tell('There is no picture on the clipboard');
  else await importFiles(files, at);
}

async function clipboardPictures(): Promise<File[]> {
  try {
    const items = await navigator.clipboard.read();
    const pictures = items.flatMap((item) => {
      const type = item.types.find((one) => one.startsWith('image/'));
      return type === undefined ? [] : [item.getType(type)];
    });
    return (await Promise.all(pictures)).map((blob) => new File([blob], 'Pasted picture', { type: blob.type }));
  } catch (cause) {
    throw new StudioError(
      'bad-request',
      'This window may not look at the clipboard by itself.',
      'Press Ctrl+V, or Command+V, over the board: that always works.',
      { cause },
    );
  }
}

/** Every file of a drop or a paste: what it is, its content says, and what is no image is said when it is read. */
export function filesOf(transfer: DataTransfer | null): File[] {
  return [...(transfer?.files ?? [])];
}

/** Whether a paste into a field is meant for the board: it brings files, and no text that the field could take. */
export function isForBoard(transfer: DataTransfer | null, target: EventTarget | null): boolean {
  if (filesOf(transfer).length === 0) return false;
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  return !isField || (transfer?.getData('text/plain') ?? '') === '';
}
