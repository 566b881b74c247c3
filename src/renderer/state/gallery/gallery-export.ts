/** Pictures of the gallery leave the studio, whichever project they lie in. Failures are thrown; `attempt` shows them. */
import type { GalleryItem } from '../../../shared/contract/gallery.js';
import type { ExportedFile } from '../../../shared/contract/import-export.js';
import { exportOptions } from '../import-export/export-options.svelte.js';
import { copyPicture, fileNameOf, tellExported } from '../import-export/exporting.js';
import { plainFileName, saveFiles } from '../import-export/saving.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

/** One PNG for each, with its record inside unless the person wants none; one that cannot be had is reported. */
export async function exportPictures(items: readonly GalleryItem[]): Promise<void> {
  const { withRecord, factor } = exportOptions;
  const found = await named(items);
  if (found.length === 0) return;
  const saved = await saveFiles(
    found.map(({ imageId, fileName }) => ({
      fileName,
      content: () => pngOf(imageId, { metadata: withRecord, factor }),
    })),
  );
  tellExported(saved, withRecord, factor);
}

/** Names come from the frames; a picture whose frame is gone is reported before anyone is asked where to save. */
async function named(items: readonly GalleryItem[]): Promise<{ imageId: string; fileName: string }[]> {
  const found: { imageId: string; fileName: string }[] = [];
  for (const { imageId } of items) {
    try {
      found.push({ imageId, fileName: fileNameOf((await studio.api.galleryPicture({ imageId })).frame) });
    } catch (thrown) {
      notices.report(thrown);
    }
  }
  return found;
}

/** As a file, under the pointer, while the button is down; only in the desktop program. */
export async function dragPictureOut(imageId: string): Promise<void> {
  const { frame } = await studio.api.galleryPicture({ imageId });
  const { withRecord, factor } = exportOptions;
  await studio.api.dragOut({ imageId, fileName: plainFileName(fileNameOf(frame)), metadata: withRecord, factor });
}

export function copyPictureImage({ imageId }: GalleryItem): Promise<void> {
  return copyPicture(pngOf(imageId, { metadata: false }));
}

async function pngOf(imageId: string, file: ExportedFile): Promise<Blob> {
  const { bytes } = await studio.api.exportPicture({ imageId, ...file });
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' });
}
