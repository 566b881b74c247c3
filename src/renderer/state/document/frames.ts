/** Frames as data: how results and imports become frames, and how frames are moved and copied. Pure but for ids and dates. */
import type {
  DocumentOperation,
  Frame,
  FrameOrigin,
  FrameRun,
  GenerationSettings,
  TokenBranch,
  TokenSequence,
} from '../../../shared/document/document.js';
import { cutText } from '../../../shared/text/cut-text.js';
import type { GeneratedImage } from '../../../shared/jobs/job-results.js';
import type { AdoptedPicture } from '../../../shared/contract/gallery.js';
import type { PictureRecord } from '../../../shared/document/image-metadata.js';
import type { StoredImage } from '../../../shared/pictures/images.js';
import { displaySize, type Point } from '../board/geometry.js';

const longestName = 60;

/** One line, cut at a word. */
export function frameName(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= longestName) return line;
  const cut = cutText(line, longestName);
  return `${cut.slice(0, Math.max(longestName / 2, cut.lastIndexOf(' ')))}…`;
}

interface NewFrame {
  name: string;
  place: Point;
  image: StoredImage;
  origin: FrameOrigin;
  tokens: TokenSequence | null;
}

export function newFrame({ name, place, image, origin, tokens }: NewFrame): Frame {
  return {
    id: crypto.randomUUID(),
    name: frameName(name),
    ...place,
    ...displaySize(image.width, image.height),
    imageId: image.imageId,
    pixelWidth: image.width,
    pixelHeight: image.height,
    origin,
    tokens,
    description: null,
    answers: [],
    createdAt: new Date().toISOString(),
  };
}

/** `template`: what was written, the prompt being one of the choices in it. */
export function generatedFrame(
  { prompt, template }: { prompt: string; template: string },
  pack: string,
  image: GeneratedImage,
  settings: GenerationSettings,
  place: Point,
): Frame {
  return newFrame({
    name: prompt,
    place,
    image,
    origin: {
      kind: 'generated',
      prompt,
      ...(template === prompt ? {} : { template }),
      seed: image.seed,
      settings,
      pack,
      ...(image.plan === undefined ? {} : { plan: image.plan }),
    },
    tokens: { pack, codes: image.codes, certainty: image.certainty },
  });
}

export function importedFrame(fileName: string, image: StoredImage, place: Point): Frame {
  const name = fileName.replace(/\.[^.]+$/, '');
  return newFrame({
    name: name === '' ? 'Picture' : name,
    place,
    image,
    origin: { kind: 'imported', fileName },
    tokens: null,
  });
}

/**
 * A frame copied in another project, for this one: as it stands on its board now, or, when it left that, as it was copied, of
 * whose masks nothing is known any more. Its place and size are those of the copy.
 */
export function adoptedFrame(copied: Frame, { image, frame }: AdoptedPicture): Frame {
  const { x, y, width, height } = copied;
  const adopted = { ...(frame.id === copied.id ? frame : withoutMasks(copied)), x, y, width, height };
  const earlier = frame.earlier ?? copied.earlier;
  return { ...adopted, imageId: image.imageId, ...(earlier === undefined ? {} : { earlier }) };
}

function withoutMasks(frame: Frame): Frame {
  const bare = { ...frame, origin: { ...frame.origin } };
  delete bare.mask;
  if ('mask' in bare.origin) delete bare.origin.mask;
  return bare;
}

/** A picture whose own file told where it comes from: with its words, tokens and history, nothing read anew. */
export function restoredFrame({ picture, earlier }: PictureRecord, image: StoredImage, place: Point): Frame {
  const { name, origin, tokens, description, answers } = picture;
  const frame = newFrame({ name, place, image, origin, tokens });
  return { ...frame, description, answers, ...(earlier.length === 0 ? {} : { earlier }) };
}

/** The run of so many frames that come onto the board together; null for one alone. */
export function runOf(frames: number, name: string): FrameRun | null {
  return frames < 2 ? null : { id: crypto.randomUUID(), name: frameName(name) };
}

export function inRun(frames: readonly Frame[], run: FrameRun | null | undefined): Frame[] {
  return frames.map((frame) => (run === null || run === undefined ? frame : { ...frame, run }));
}

export function putAll(frames: readonly Frame[]): DocumentOperation[] {
  return frames.map((frame) => ({ type: 'put-frame', frame }));
}

/** A frame whose parents are others: those that `ids` names are replaced, the rest stays. */
export function withParents(frame: Frame, ids: ReadonlyMap<string, string>): Frame {
  const { origin } = frame;
  const renamed = (id: string): string => ids.get(id) ?? id;
  switch (origin.kind) {
    case 'imported':
      return frame;
    case 'generated':
      return origin.branch === undefined
        ? frame
        : { ...frame, origin: { ...origin, branch: branchFrom(origin.branch) } };
    case 'edited': {
      const branch = origin.branch === undefined ? {} : { branch: branchFrom(origin.branch) };
      return { ...frame, origin: { ...origin, ...branch, parentId: renamed(origin.parentId) } };
    }
    case 'decoded': {
      const { transplant } = origin;
      const donor =
        transplant === undefined ? {} : { transplant: { ...transplant, donorId: renamed(transplant.donorId) } };
      return { ...frame, origin: { ...origin, ...donor, parentId: renamed(origin.parentId) } };
    }
  }

  function branchFrom(branch: TokenBranch): TokenBranch {
    return { ...branch, parentId: renamed(branch.parentId) };
  }
}

/** The frames it was made of, the one it changes first; some of them may be gone. */
export function parentsOf({ origin }: Pick<Frame, 'origin'>): string[] {
  switch (origin.kind) {
    case 'imported':
      return [];
    case 'generated':
      return origin.branch === undefined ? [] : [origin.branch.parentId];
    case 'edited':
      return [origin.parentId];
    case 'decoded':
      return origin.transplant === undefined ? [origin.parentId] : [origin.parentId, origin.transplant.donorId];
  }
}

export function promptOf(frame: Frame): string | null {
  if (frame.origin.kind === 'generated') return frame.origin.prompt;
  if (frame.origin.kind === 'edited') return frame.origin.instruction;
  return null;
}

export function seedOf(frame: Pick<Frame, 'origin'>): number | null {
  return frame.origin.kind === 'imported' ? null : frame.origin.seed;
}

export function count(frames: number, what = 'frame'): string {
  return `${frames} ${what}${frames === 1 ? '' : 's'}`;
}
