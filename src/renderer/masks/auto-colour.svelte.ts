/** Which mask colour stands out from which picture; looked up once per picture. */
import { SvelteMap } from 'svelte/reactivity';
import { contrastingColour } from '../state/masks/mask-colours.js';
import type { MaskColour } from '../state/masks/masks.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';

type Named = Exclude<MaskColour, 'auto'>;

const side = 64;

class AutoColours {
  readonly #found = new SvelteMap<string, Named>();
  readonly #asked = new Set<string>();

  get(imageId: string): Named | undefined {
    return this.#found.get(imageId);
  }

  /** Looks at the picture in the background; one that cannot be read keeps the standing colour. */
  find(imageId: string): void {
    if (this.#asked.has(imageId)) return;
    this.#asked.add(imageId);
    const picture = new Image();
    picture.src = studio.api.imageUrl(imageId);
    void picture
      .decode()
      .then(() => {
        const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })!;
        context.drawImage(picture, 0, 0, side, side);
        this.#found.set(imageId, contrastingColour(context.getImageData(0, 0, side, side).data));
      })
      .catch(() => this.#asked.delete(imageId));
  }
}

export const autoColours = new AutoColours();
