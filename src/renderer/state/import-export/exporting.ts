/** Images leave the studio: as files through the browser's download, or onto the clipboard. */
import type { Frame } from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import { safeFileName } from '../../../shared/text/file-names.js';
import type { Enlargement } from '../../../shared/pictures/enlarge.js';
import { exportOptions } from './export-options.svelte.js';
import { seedOf } from '../document/frames.js';
import { readStored } from '../pixels.js';
import { saveFiles, type SavedFiles } from './saving.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

/** `a red circle-7.png`: what every file system accepts. */
export function fileNameOf(frame: Pick<Frame, 'name' | 'origin'>): string {
  const seed = seedOf(frame);
  return safeFileName(frame.name, `${seed === null ? '' : `-${seed}`}.png`, 'image');
}

/** One PNG for each frame, with its record inside unless the person wants none. */
export async function downloadImages(frames: readonly Frame[]): Promise<void> {
  const { withRecord, factor } = exportOptions;
  const saved = await saveFiles(
    frames.map((frame) => ({
      fileName: fileNameOf(frame),
      content: async () => {
        const { bytes } = await studio.api.exportImage({ frameId: frame.id, metadata: withRecord, factor });
        return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' });
      },
    })),
  );
  tellExported(saved, withRecord, factor);
}

/** Only what was really saved counts as exported. */
export function tellExported(saved: SavedFiles | null, withRecord: boolean, factor: Enlargement = 1): void {
  if (saved === null || saved.count === 0) return;
  const what = saved.count === 1 ? 'Exported' : `Exported ${saved.count.toLocaleString()} pictures`;
  const how = withRecord ? 'with prompt, seed, tokens and history inside' : 'as plain pixels';
  const size = factor === 1 ? '' : `, ${factor} times as large`;
  notices.tell(`${what}${saved.where} ${how}${size}`, 'success');
}

/** A PNG that may still be on its way: the clipboard has to be asked while the key press is fresh. */
export async function copyPicture(picture: Promise<Blob>): Promise<void> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
  } catch (cause) {
    throw new StudioError(
      'bad-request',
      'This window may not write pictures to the clipboard.',
      'Allow clipboard access for it, or export the picture as PNG.',
      { cause },
    );
  }
  notices.tell('Picture copied', 'success');
}

export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (cause) {
    throw new StudioError(
      'bad-request',
      'This window may not write to the clipboard.',
      'Allow clipboard access for it.',
      { cause },
    );
  }
  notices.tell(`${what} copied`, 'success');
}

/** Pictures that were finished when their project could not be written any more: kept as files, if the person wants them. */
export function offerElsewhere(images: readonly { imageId: string; seed: number }[], title: string): void {
  const many = images.length === 1 ? 'the picture' : `${images.length} pictures`;
  const files = images.map(({ imageId, seed }) => ({
    fileName: safeFileName(title, `-${seed}.png`, 'image'),
    content: () => readImage({ imageId, name: title }),
  }));
  notices.tell(`“${title}” is finished, but this window may only look at the project now.`, 'info', {
    label: `Save ${many} as PNG`,
    run: async () => {
      const saved = await saveFiles(files);
      if (saved !== null) tellExported(saved, false);
    },
    stays: true,
  });
}

/** The stored PNG of a frame. Throws `not-found`. */
export async function readImage(frame: Pick<Frame, 'imageId' | 'name'>): Promise<Blob> {
  return readStored(studio.api.imageUrl(frame.imageId), `The pixels of “${frame.name}”`);
}
