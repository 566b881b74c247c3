/**
 * Everything the studio computes on the pixels of a file, as functions without state: they run in threads that are ended at any moment, so
 * nothing here may load a native module. What a project is to keep is written by a thread of its own (picture-writing.ts).
 */
import type { ImageMetadata, PictureRecord } from '../../shared/document/image-metadata.js';
import { StudioError } from '../../shared/errors.js';
import { imageLimits, type RasterImage, type StoredImage } from '../../shared/pictures/images.js';
import { enlarge, enlargingFilter, type Enlarged } from '../../shared/pictures/enlarge.js';
import { maskFromImage, type Mask } from '../../shared/pictures/mask.js';
import {
  asKept,
  decodeImage,
  encodePng,
  readPicture,
  type KeptPicture,
  type ReadPicture,
} from '../storage/images/images.js';
import { shrink } from '../storage/images/shrink.js';
import type { ProjectPlace } from '../storage/projects/picture-store.js';
import { readMetadata, withMetadata } from '../storage/records/png-metadata.js';
import { narrowed, type EncoderSize } from './narrowing.js';

/** Each throws what decoding throws: `image-too-large`, `image-unreadable`. */
export const pictureTasks = {
  decode: ({ bytes }: { bytes: Uint8Array }): RasterImage => decodeImage(bytes),

  /** The same, with what was not taken over as it stands. */
  look: ({ bytes }: { bytes: Uint8Array }): ReadPicture => readPicture(bytes),

  /** The picture of a mask, as the mask it shows. */
  mask: ({ bytes }: { bytes: Uint8Array }): Mask => maskFromImage(decodeImage(bytes)),

  /** The pixels and what the file says about them. */
  read: ({ bytes }: { bytes: Uint8Array }): ReadPicture & { metadata: ImageMetadata | null } => {
    const { image, notes } = readPicture(bytes);
    return { image, notes, metadata: readMetadata(bytes, image) };
  },

  /** A file made ready for a project; with `seen`, also as an encoder of that size sees it, where that is worth keeping. */
  take: ({
    bytes,
    seen,
    said = bytes,
  }: {
    bytes: Uint8Array;
    seen: EncoderSize | null;
    /** The file that `bytes` was made from, without its pixels. */
    said?: Uint8Array | undefined;
  }): { picture: KeptPicture; metadata: ImageMetadata | null; narrow: RasterImage | null; notes: string[] } => {
    const { image, notes } = readPicture(bytes);
    const narrow = seen === null ? null : narrowed(image, seen);
    const metadata = readMetadata(said, image);
    return { picture: asKept(image), metadata, narrow, notes };
  },

  /** Pixels that were computed, made ready for a project. */
  keep: ({ image }: { image: RasterImage }): { picture: KeptPicture } => ({ picture: asKept(image) }),

  /** Computed pixels as a file, with or without the record of how they came to be. */
  publish: ({ image, about }: { image: RasterImage; about: About | null }): Uint8Array => asFile(image, about),

  /** The pixels as an encoder is given them. */
  see: ({ bytes, seen }: { bytes: Uint8Array; seen: EncoderSize }): { image: RasterImage; isNarrow: boolean } => {
    const image = decodeImage(bytes);
    const narrow = narrowed(image, seen);
    return { image: narrow ?? image, isNarrow: narrow !== null };
  },

  /** PNG bytes of at most `side` pixels a side. */
  thumbnail: ({ bytes, side }: { bytes: Uint8Array; side: number }): Uint8Array =>
    encodePng(shrink(decodeImage(bytes), side)),

  /** The same PNG with the record of how it came to be. */
  describe: ({ bytes, record, program }: { bytes: Uint8Array; record: PictureRecord; program: string }): Uint8Array =>
    withMetadata(bytes, decodeImage(bytes), record, program),

  /** A larger PNG, with or without the record, which says so. Throws `image-too-large` where the studio could not read it again. */
  enlarge: ({
    bytes,
    factor,
    about,
  }: {
    bytes: Uint8Array;
    factor: Enlarged['factor'];
    about: About | null;
  }): Uint8Array => {
    const small = decodeImage(bytes);
    assertRoom(small, factor);
    return asFile(enlarge(small, factor), about, { factor, filter: enlargingFilter });
  },
};

/** What goes into a file beside its pixels. */
interface About {
  record: PictureRecord;
  program: string;
}

function asFile(image: RasterImage, about: About | null, enlarged?: Enlarged): Uint8Array {
  const png = encodePng(image);
  return about === null ? png : withMetadata(png, image, about.record, about.program, enlarged);
}

function assertRoom({ width, height }: RasterImage, factor: number): void {
  const { maxSide, maxPixels } = imageLimits;
  const [newWidth, newHeight] = [width * factor, height * factor];
  if (Math.max(newWidth, newHeight) <= maxSide && newWidth * newHeight <= maxPixels) return;
  throw new StudioError(
    'image-too-large',
    `${factor} times as large it would have ${newWidth} × ${newHeight} pixels, more than the studio can read again.`,
    'Export it in its own size, or less enlarged.',
  );
}

export type PictureTask = keyof typeof pictureTasks;
export type TaskInput<Task extends PictureTask> = Parameters<(typeof pictureTasks)[Task]>[0];
export type TaskOutput<Task extends PictureTask> = ReturnType<(typeof pictureTasks)[Task]>;
/** Those that make a picture ready for a project. */
export type KeepingTask = {
  [Task in PictureTask]: TaskOutput<Task> extends { picture: KeptPicture } ? Task : never;
}[PictureTask];
/** The project has the picture now. */
export type Stored<Output> = Omit<Output, 'picture'> & { stored: StoredImage };

/** Runs picture tasks somewhere; what they are given is theirs from then on. */
export interface PictureReader {
  /** Throws what the task throws, `image-too-large` past the budget, `cancelled` when `signal` aborts or the reader is closed. */
  run: <Task extends PictureTask>(
    task: Task,
    input: TaskInput<Task>,
    options?: { signal?: AbortSignal },
  ) => Promise<TaskOutput<Task>>;
  /** The same, and the picture that came of it put into a project. Throws what `storePicture` throws too. */
  runInto: <Task extends KeepingTask>(
    task: Task,
    input: TaskInput<Task>,
    into: ProjectPlace,
    options?: { signal?: AbortSignal },
  ) => Promise<Stored<TaskOutput<Task>>>;
  /** What is being written is written first. */
  close: () => void;
}
