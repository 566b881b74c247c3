/**
 * What was last copied as a picture: pasting that picture brings back the frames themselves, tokens and history included, in this
 * project or another one, in this window or another one.
 */
import { pixelsOf } from '../pixels.js';
import type { BoardItem } from './board-items.js';
import { documentState } from '../document/document.svelte.js';
import { browserPreference, setBrowserPreference } from '../studio/preferences.js';

export interface Copied {
  /** The project it was copied from. */
  documentId: string;
  items: readonly BoardItem[];
}

interface KeptCopy extends Copied {
  fingerprint: string;
}

/** Characters of JSON that are kept for other windows; what is larger is known only where it was copied. */
const largestKept = 1_000_000;
const key = 'copied';

export class CopiedItems {
  readonly #fingerprint: (picture: Blob) => Promise<string>;
  #last: (Copied & { fingerprint: Promise<string> }) | null = null;

  /** `fingerprint` is the same for two files with the same pixels. */
  constructor(fingerprint: (picture: Blob) => Promise<string> = pixelFingerprint) {
    this.#fingerprint = fingerprint;
  }

  remember(items: readonly BoardItem[], picture: Promise<Blob>): void {
    const copied = { documentId: documentState.document.id, items };
    const fingerprint = picture.then(this.#fingerprint);
    this.#last = { ...copied, fingerprint };
    // Who copies hears of a failure; here it only means that nothing will match.
    void fingerprint.then(
      (known) => keep({ ...copied, fingerprint: known }),
      () => undefined,
    );
  }

  /** The items whose picture this is, null for any other picture. */
  async matching(picture: Blob): Promise<Copied | null> {
    const pasted = await this.#fingerprint(picture).catch(() => null);
    if (pasted === null) return null;
    const last = this.#last;
    if (last !== null && (await last.fingerprint.catch(() => null)) === pasted) return last;
    const kept = browserPreference(key, null, isKept);
    return kept?.fingerprint === pasted ? kept : null;
  }
}

function keep(copied: KeptCopy): void {
  if (JSON.stringify(copied).length <= largestKept) setBrowserPreference(key, copied);
}

/** Items are checked like all others when they are put on a board. */
function isKept(value: unknown): value is KeptCopy {
  if (typeof value !== 'object' || value === null) return false;
  const { documentId, fingerprint, items } = value as Record<string, unknown>;
  return (
    typeof documentId === 'string' &&
    typeof fingerprint === 'string' &&
    Array.isArray(items) &&
    items.length > 0 &&
    items.every((item: unknown) => typeof item === 'object' && item !== null && 'id' in item && 'x' in item)
  );
}

/** The system's clipboard writes the file anew, so only its pixels can be recognised. */
async function pixelFingerprint(picture: Blob): Promise<string> {
  const { width, height, data } = await pixelsOf(picture);
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(data));
  return `${width}×${height} ${[...new Uint8Array(digest)].join(' ')}`;
}

export const copied = new CopiedItems();
