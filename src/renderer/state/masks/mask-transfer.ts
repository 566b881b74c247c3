/** Masks leave the studio and come in as PNG files of the frame's size. */
import type { Frame } from '../../../shared/document/document.js';
import { fileNameOf } from '../import-export/exporting.js';
import { saveFileAndTell } from '../import-export/saving.js';
import { decodeMask, encodeMask } from './mask-files.js';
import { masks } from './masks.svelte.js';

export async function importMask(frame: Frame, file: File): Promise<void> {
  await masks.replace(frame, await decodeMask(file, file.name));
}

/** As edits use it: grown and feathered, white is covered. */
export async function exportMask(frame: Frame): Promise<void> {
  const mask = await masks.effectiveOf(frame);
  if (mask === null) return;
  const bytes = await encodeMask(mask);
  const file = new Blob([bytes.slice()], { type: 'image/png' });
  await saveFileAndTell(file, fileNameOf(frame).replace(/\.png$/, '-mask.png'));
}
