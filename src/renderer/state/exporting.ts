/** Images leave the studio: as files through the browser's download, or onto the clipboard. */
import type { Frame } from '../../shared/document.js';
import { StudioError } from '../../shared/errors.js';
import { seedOf } from './frames.js';
import { notices } from './notices.svelte.js';
import { studio } from './studio.svelte.js';

/** `a red circle-7.png`: what every file system accepts. */
export function fileNameOf(frame: Pick<Frame, 'name' | 'origin'>): string {
  const seed = seedOf(frame);
  const safe = frame.name
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[ .]+|[ .]+$/g, '');
  return `${safe === '' ? 'image' : safe}${seed === null ? '' : `-${seed}`}.png`;
}

export async function downloadImages(frames: readonly Frame[]): Promise<void> {
  for (const frame of frames) {
    const address = URL.createObjectURL(await readImage(frame));
    const link = document.createElement('a');
    link.href = address;
    link.download = fileNameOf(frame);
    link.click();
    // The browser reads the blob after the click returns.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}

export async function copyImage(frame: Frame): Promise<void> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': readImage(frame) })]);
  } catch (cause) {
    throw new StudioError(
      'bad-request',
      'This window may not write images to the clipboard.',
      'Allow clipboard access for it, or export the image as PNG.',
      { cause },
    );
  }
  notices.tell('Image copied', 'success');
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

async function readImage(frame: Frame): Promise<Blob> {
  const response = await fetch(studio.api.imageUrl(frame.imageId)).catch(() => null);
  if (response === null || !response.ok) {
    throw new StudioError(
      'not-found',
      `The pixels of “${frame.name}” could not be read.`,
      'Check that the studio is still running, then try again.',
    );
  }
  return response.blob();
}
