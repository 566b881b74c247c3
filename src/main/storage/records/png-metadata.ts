/** What files say about their pictures: the studio's own record and, beside it, the text other programs write and read. */
import type { FrameOrigin } from '../../../shared/document/document.js';
import {
  wordsOf,
  type ImageMetadata,
  type ImageRecipe,
  type PictureRecord,
} from '../../../shared/document/image-metadata.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { Enlarged } from '../../../shared/pictures/enlarge.js';
import { readFileTexts } from '../images/file-texts.js';
import { withPngTexts, type NewPngText } from '../images/png-chunks.js';
import { readForeign } from './foreign-records.js';
import { ownKeyword, pixelsOf, readOwn, writeOwn, type OwnMetadata } from './own-record.js';
import { formatParameters } from './parameters-text.js';

/** The same pixels, byte for byte, with the record of `image`, which must be what `png` holds. */
export function withMetadata(
  png: Uint8Array,
  image: RasterImage,
  record: PictureRecord,
  program: string,
  enlarged?: Enlarged,
): Uint8Array {
  const size = enlarged === undefined ? {} : { enlarged };
  const texts: NewPngText[] = [
    { keyword: ownKeyword, text: writeOwn({ ...record, ...size, program, pixels: pixelsOf(image) }), utf8: true },
  ];
  const parameters = formatParameters(record, image);
  if (parameters !== null) texts.unshift({ keyword: 'parameters', text: parameters });
  return withPngTexts(png, texts);
}

/**
 * What a PNG, JPEG or WebP file says about `image`, which was decoded from it; null when it says nothing that is known. Never
 * throws: a record that cannot be read or describes other pixels becomes a fault, and so does a prompt that is not certain.
 */
export function readMetadata(bytes: Uint8Array, image: RasterImage): ImageMetadata | null {
  const texts = readFileTexts(bytes);
  const own = texts.named.find(({ keyword }) => keyword === ownKeyword);
  const foreign = readForeign(texts);
  const faults = [...(foreign?.faults ?? []), ...texts.faults];
  if (own === undefined) {
    if (foreign === null && faults.length === 0) return null;
    return { source: foreign?.source ?? 'unknown', record: null, recipe: foreign?.recipe ?? null, faults };
  }
  let said: OwnMetadata;
  try {
    said = readOwn(own.text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fault = `Its DDT Studio record cannot be read: ${reason}.`;
    return { source: 'ddt-studio', record: null, recipe: foreign?.recipe ?? null, faults: [fault] };
  }
  const recipe = recipeOf(said);
  if (said.pixels !== pixelsOf(image)) {
    const fault = 'Its pixels were changed after it was saved, so its tokens and its history no longer describe it.';
    return { source: 'ddt-studio', record: null, recipe, faults: [fault] };
  }
  const { picture, earlier } = said;
  return {
    source: 'ddt-studio',
    record: { picture, earlier },
    recipe,
    faults: said.enlarged === undefined ? [] : [sizeNote(said.enlarged)],
  };
}

/** Its tokens are still its own: they are what the smaller picture was drawn from. */
function sizeNote({ factor, filter }: NonNullable<OwnMetadata['enlarged']>): string {
  return `It is ${factor} times as large as it was drawn (filter ${filter}); its tokens describe the smaller picture.`;
}

function templateOf(origin: FrameOrigin): [string, string][] {
  return origin.kind === 'generated' && origin.template !== undefined ? [['Template', origin.template]] : [];
}

/** Of the picture itself; of a decoded one, whose words are its ancestors', the first prompt. */
function recipeOf(record: PictureRecord): ImageRecipe | null {
  const { origin } = record.picture;
  switch (origin.kind) {
    case 'generated':
    case 'edited': {
      const { seed, settings, pack, plan } = origin;
      const task = origin.kind === 'generated' ? 'generate' : 'edit';
      const text = origin.kind === 'generated' ? origin.prompt : origin.instruction;
      if (text === '') return null;
      const keepsRest = origin.kind === 'edited' && origin.region === 'changed';
      return {
        ...{ task, text, seed, settings, model: pack, facts: templateOf(origin) },
        ...(plan === undefined ? {} : { plan }),
        ...(keepsRest ? { keepsRest } : {}),
      };
    }
    case 'decoded': {
      const { prompt } = wordsOf(record);
      if (prompt === null) return null;
      return { task: 'generate', text: prompt, seed: origin.seed, settings: null, model: origin.pack, facts: [] };
    }
    case 'imported':
      return null;
  }
}
