/** What this window last copied as a picture: pasting that picture here brings back the frames themselves, tokens and history included. */
import type { BoardItem } from './board-items.js';
import { documentState } from './document.svelte.js';

interface Copied {
  documentId: string;
  items: readonly BoardItem[];
  fingerprint: Promise<string>;
}

export class CopiedItems {
  readonly #fingerprint: (picture: Blob) => Promise<string>;
  #last: Copied | null = null;

  /** `fingerprint` is the same for two files with the same pixels. */
  constructor(fingerprint: (picture: Blob) => Promise<string> = pixelFingerprint) {
    this.#fingerprint = fingerprint;
  }

  remember(items: readonly BoardItem[], picture: Promise<Blob>): void {
    const fingerprint = picture.then(this.#fingerprint);
    // Who copies hears of a failure; here it only means that nothing will match.
    fingerprint.catch(() => undefined);
    this.#last = { documentId: documentState.document.id, items, fingerprint };
  }

  /** The items whose picture this is, null for any other picture and in another project. */
  async matching(picture: Blob): Promise<readonly BoardItem[] | null> {
    const last = this.#last;
    if (last === null || last.documentId !== documentState.document.id) return null;
    const [copied, pasted] = await Promise.allSettled([last.fingerprint, this.#fingerprint(picture)]);
    if (copied.status === 'rejected' || pasted.status === 'rejected') return null;
    return copied.value === pasted.value ? last.items : null;
  }
}

/** The system's clipboard writes the file anew, so only its pixels can be recognised. */
async function pixelFingerprint(picture: Blob): Promise<string> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    const digest = await crypto.subtle.digest('SHA-256', context.getImageData(0, 0, width, height).data);
    return `${width}×${height} ${[...new Uint8Array(digest)].join(' ')}`;
  } finally {
    bitmap.close();
  }
}

export const copied = new CopiedItems();
