/** Pictures of the gallery leave the studio, whichever project they lie in. Failures are thrown; `attempt` shows them. */
import type { GalleryItem } from '../../../shared/gallery.js';
import { exportOptions } from '../import-export/export-options.svelte.js';
import { copyPicture, download, fileNameOf } from '../import-export/exporting.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

/** One PNG for each, with its record inside unless the person wants none; one that cannot be had is reported. */
export async function exportPictures(items: readonly GalleryItem[]): Promise<void> {
  const { withRecord } = exportOptions;
  let done = 0;
  for (const { imageId } of items) {
    try {
      const { frame } = await studio.api.galleryPicture({ imageId });
      const address = URL.createObjectURL(await pngOf(imageId, withRecord));
      download(address, fileNameOf(frame));
      // The browser reads the blob after the click returns.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      done++;
    } catch (thrown) {
      notices.report(thrown);
    }
  }
  if (done === 0) return;
  const what = done === 1 ? 'Exported' : `Exported ${done.toLocaleString()} images`;
  notices.tell(`${what} ${withRecord ? 'with prompt, seed, tokens and history inside' : 'as plain pixels'}`, 'success');
}

export function copyPictureImage({ imageId }: GalleryItem): Promise<void> {
  return copyPicture(pngOf(imageId, false));
}

async function pngOf(imageId: string, metadata: boolean): Promise<Blob> {
  const { bytes } = await studio.api.exportPicture({ imageId, metadata });
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' });
}
