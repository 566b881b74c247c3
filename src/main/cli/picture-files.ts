/** Pictures as a command reads and writes them: with the record of how they came to be, unless it is not wanted. */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { EarlierStep, FrameOrigin, TokenSequence } from '../../shared/document/document.js';
import { metadataLimits, type ImageMetadata, type PictureRecord } from '../../shared/document/image-metadata.js';
import { textLimits } from '../../shared/limits.js';
import { imageLimits, type RasterImage } from '../../shared/pictures/images.js';
import { applicationPaths } from '../application.js';
import { commandPictures, remarkOn } from './pictures.js';
import { fileFault, readInputFile, writeOutputFile } from './files.js';

export interface PictureOptions {
  /** Commander's name for the absence of `--no-metadata`. */
  metadata: boolean;
}

export function withPictureOptions(command: Command): Command {
  return command.option('--no-metadata', 'write only pixels, without prompt, seed, tokens and history');
}

export interface PictureFile {
  image: RasterImage;
  /** What was not taken over as it stands, one sentence each. */
  notes: string[];
  metadata: ImageMetadata | null;
  /** The picture's own record, or one that says only from which file it came. */
  record: PictureRecord;
}

/** Throws `not-found`, `image-too-large` or `image-unreadable`; what was not taken over as it stands is said. */
export async function readPictureFile(path: string): Promise<PictureFile> {
  const file = await readWholeFile(path);
  remarkOn(path, file.notes);
  return file;
}

/** The same, for whoever says it in words of its own. */
export async function readWholeFile(path: string): Promise<PictureFile> {
  return pictureFrom(path, await readInputFile(path, imageLimits.maxBytes));
}

export async function pictureFrom(path: string, bytes: Uint8Array): Promise<PictureFile> {
  try {
    const { image, notes, metadata } = await commandPictures().run('read', { bytes });
    return { image, notes, metadata, record: metadata?.record ?? { picture: plainPicture(path, null), earlier: [] } };
  } catch (thrown) {
    throw fileFault(path, thrown);
  }
}

/** A source that is known only by its file. */
export function plainPicture(path: string, tokens: Tokens | null): PictureRecord['picture'] {
  const fileName = basename(path);
  return {
    id: randomUUID(),
    name: fileName.replace(/\.[^.]+$/, ''),
    origin: { kind: 'imported', fileName: fileName.slice(-textLimits.fileName) },
    tokens,
    createdAt: new Date().toISOString(),
    description: null,
    answers: [],
  };
}

type Tokens = Pick<TokenSequence, 'pack' | 'codes'>;

interface NewPicture {
  name: string;
  origin: FrameOrigin;
  tokens: Tokens | null;
  /** What it was made of, the one it changes first. */
  sources?: readonly PictureRecord[];
}

export function recordOfNew({ name, origin, tokens, sources = [] }: NewPicture): PictureRecord {
  const steps = sources.flatMap(({ picture, earlier }): EarlierStep[] => {
    const { id, name: itsName, origin: itsOrigin, tokens: itsTokens, createdAt } = picture;
    return [{ id, name: itsName, origin: itsOrigin, tokens: itsTokens, createdAt }, ...earlier];
  });
  const earlier = [...new Map(steps.map((step) => [step.id, step])).values()].slice(0, metadataLimits.steps);
  const createdAt = new Date().toISOString();
  const picture = {
    id: randomUUID(),
    name: name.slice(0, textLimits.name),
    origin,
    tokens,
    createdAt,
    description: null,
    answers: [],
  };
  return { picture, earlier };
}

/** Throws `disk-full` or `not-found`. */
export async function writePicture(
  path: string,
  image: RasterImage,
  picture: NewPicture,
  { metadata }: PictureOptions,
): Promise<void> {
  const program = `DDT Studio ${applicationPaths().version}`;
  const about = metadata ? { record: recordOfNew(picture), program } : null;
  await writeOutputFile(path, await commandPictures().run('publish', { image, about }));
}
