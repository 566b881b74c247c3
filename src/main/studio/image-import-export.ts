/** Pictures as files: a frame leaves with its record, and a file that brings one is believed as far as it can be checked. */
import type { Frame, FrameMask } from '../../shared/document/document.js';
import type { AdoptedPicture } from '../../shared/contract/gallery.js';
import { recordOf, type ImageMetadata, type PictureRecord } from '../../shared/document/image-metadata.js';
import type { RasterImage } from '../../shared/pictures/images.js';
import type { ExportedFile, ImportedImage } from '../../shared/contract/import-export.js';
import type { PackSummary } from '../../shared/packs/pack.js';
import { StudioError } from '../../shared/errors.js';
import type { EncoderSize } from '../pictures/narrowing.js';
import type { PictureReader } from '../pictures/picture-tasks.js';
import type { Gallery } from '../storage/gallery/gallery.js';
import type { ProjectFile } from '../storage/projects/project-file.js';

/** `program`: name and version, as they are written into files. */
export interface ExportContext {
  pictures: PictureReader;
  program: string;
}

/** Throws `not-found` for a frame that left the board, or whose pixels are gone. */
export async function exportPicture(
  project: ProjectFile,
  { frameId, ...file }: { frameId: string } & ExportedFile,
  context: ExportContext,
): Promise<Uint8Array> {
  const frame = project.document.frames.find(({ id }) => id === frameId);
  const png = frame === undefined ? null : project.readImage(frame.imageId);
  const record = recordOf(project.document, frameId);
  if (png === null || record === null) {
    throw new StudioError(
      'not-found',
      'That frame is no longer on the board.',
      'Undo its deletion, then export it again.',
    );
  }
  return exported(png, record, file, context);
}

/** The same of a picture of the gallery. Throws `not-found` when its pixels are gone. */
export async function exportGalleryPicture(
  gallery: Gallery,
  { imageId, ...file }: { imageId: string } & ExportedFile,
  context: ExportContext,
): Promise<Uint8Array> {
  const png = gallery.readImage(imageId);
  if (!file.metadata) return exported(png, null, file, context);
  const { frame, beside } = gallery.lineage(imageId);
  return exported(png, recordOf({ frames: [...beside, frame] }, frame.id), file, context);
}

/** `bytes` is the stored PNG; a plain export of the same size is that, byte for byte. */
async function exported(
  bytes: Uint8Array,
  record: PictureRecord | null,
  { metadata, factor = 1 }: ExportedFile,
  { pictures, program }: ExportContext,
): Promise<Uint8Array> {
  const about = metadata && record !== null ? { record, program } : null;
  if (factor !== 1) return pictures.run('enlarge', { bytes, factor, about });
  return about === null ? bytes : pictures.run('describe', { bytes, ...about });
}

/**
 * Copies a picture of the gallery into a project: its pixels, the masks it needs, and what led to it as far as the project
 * does not have that itself. `project` is asked for again once pictures were decoded, since its window may have left it.
 * Throws `not-found` when its pixels are gone, and what storing throws.
 */
export async function adoptPicture(
  gallery: Gallery,
  project: () => ProjectFile,
  { imageId, frameId }: { imageId: string; frameId?: string | undefined },
  pictures: PictureReader,
): Promise<AdoptedPicture> {
  project();
  const { frame, beside, readImage } = gallery.lineage(imageId, frameId);
  const store = async (bytes: Uint8Array) => {
    const { stored } = await pictures.runInto('take', { bytes, seen: null }, project().placeForPictures());
    // Its window may have left the project meanwhile, which then tidies up what nothing in it needs.
    project();
    return stored;
  };
  const image = await store(gallery.readImage(imageId));
  const broughtMask = async ({ mask }: { mask?: FrameMask }): Promise<{ mask?: FrameMask }> => {
    const bytes = mask === undefined ? null : readImage(mask.imageId);
    if (mask === undefined || bytes === null) return {};
    return { mask: { ...mask, imageId: (await store(bytes)).imageId } };
  };
  const { origin } = frame;
  const adopted: Frame = {
    ...withoutMask(frame),
    ...(await broughtMask(frame)),
    origin: 'mask' in origin ? { ...withoutMask(origin), ...(await broughtMask(origin)) } : origin,
  };
  delete adopted.earlier;
  const present = new Set(project().document.frames.map(({ id }) => id));
  const record = recordOf({ frames: [...beside, frame] }, frame.id);
  const earlier = (record?.earlier ?? []).filter(({ id }) => !present.has(id));
  return { image, frame: earlier.length === 0 ? adopted : { ...adopted, earlier } };
}

function withoutMask<Masked extends { mask?: FrameMask }>(masked: Masked): Masked {
  const bare = { ...masked };
  delete bare.mask;
  return bare;
}

/** A file on its way into a project; `seen`: the size in which the pack's encoder will look at it. */
interface ImportContext {
  project: () => ProjectFile;
  pictures: PictureReader;
  seen: EncoderSize | null;
  onNarrowed: (imageId: string, narrow: RasterImage) => void;
}

/**
 * Stores the pixels; nothing is encoded into tokens, and what the file says is not checked against any pack yet. Throws what
 * decoding and storing throw. `said`: what the file says, where `bytes` is a picture made of it.
 */
export async function importPicture(
  { bytes, said }: { bytes: Uint8Array; said?: Uint8Array | undefined },
  { project, pictures, seen, onNarrowed }: ImportContext,
): Promise<ImportedImage> {
  const { stored, metadata, narrow, notes } = await pictures.runInto(
    'take',
    { bytes, seen, ...(said === undefined ? {} : { said }) },
    project().placeForPictures(),
  );
  project();
  if (narrow !== null) onNarrowed(stored.imageId, narrow);
  return { ...stored, ...(metadata === null ? {} : { metadata }), ...(notes.length === 0 ? {} : { notes }) };
}

/**
 * Tokens are taken over only when their pack is here and they fit its codebook and length. Tokens that do not fit their
 * pack make the whole record a lie; tokens of a pack that is not here merely cannot be checked.
 */
export function checkedAgainstPacks(metadata: ImageMetadata, packs: readonly PackSummary[]): ImageMetadata {
  const { record } = metadata;
  if (record === null) return metadata;
  const misfit = [record.picture, ...record.earlier].map(({ tokens }) => misfitOf(tokens, packs)).find(isText);
  if (misfit !== undefined) {
    const fault = `Its tokens cannot be those of this picture: ${misfit}. It comes in as a plain picture.`;
    return { ...metadata, record: null, faults: [...metadata.faults, fault] };
  }
  const { tokens } = record.picture;
  const isKnown = (pack: string): boolean => packs.some(({ id }) => id === pack);
  if (tokens === null || isKnown(tokens.pack)) return metadata;
  const fault = `Its tokens belong to the pack ${tokens.pack}, which is not installed, so they were left out.`;
  const picture = { ...record.picture, tokens: null };
  return { ...metadata, record: { ...record, picture }, faults: [...metadata.faults, fault] };
}

/** Null when they fit, or when their pack is not known. */
function misfitOf(tokens: { pack: string; codes: number[] } | null, packs: readonly PackSummary[]): string | null {
  const pack = packs.find(({ id }) => id === tokens?.pack);
  if (tokens === null || pack === undefined) return null;
  const { count, codebookSize } = pack.manifest.tokens;
  if (tokens.codes.length !== count) return `${pack.id} uses ${count}, the file has ${tokens.codes.length}`;
  const outside = tokens.codes.find((code) => code >= codebookSize);
  return outside === undefined ? null : `code ${outside} lies outside the ${codebookSize} codes of ${pack.id}`;
}

function isText(value: string | null): value is string {
  return value !== null;
}
