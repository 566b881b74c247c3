/** What an image file tells about the picture in it: written by this studio, or by other programs that draw from words. */
import type {
  Answer,
  EarlierStep,
  FrameOrigin,
  GenerationSettings,
  StudioDocument,
  TokenSequence,
} from './document.js';

/** The picture as its own file describes it. */
export interface RecordedPicture extends EarlierStep {
  description: string | null;
  answers: Answer[];
}

/** The picture and everything that led to it, nearest first. */
export interface PictureRecord {
  picture: RecordedPicture;
  earlier: EarlierStep[];
}

export type MetadataSource =
  | 'ddt-studio'
  | 'automatic1111'
  | 'comfyui'
  | 'invokeai'
  | 'swarmui'
  | 'fooocus'
  | 'novelai'
  | 'drawthings'
  | 'easydiffusion'
  | 'unknown';

/** What can be put back into the composer. */
export interface ImageRecipe {
  task: 'generate' | 'edit';
  text: string;
  /** 0…2⁵³-1024; null when there is none, or none that can be used here (then `faults` says so). */
  seed: number | null;
  /** Only those of this studio: another program's steps and guidance mean something else. */
  settings: GenerationSettings | null;
  model: string | null;
  /** The description it was drawn from; absent where there was none. */
  plan?: string;
  /** An edit changed only what it concerned. */
  keepsRest?: true;
  /** Name and value of what else the file says, for reading only. */
  facts: [name: string, value: string][];
}

export interface ImageMetadata {
  source: MetadataSource;
  /** Null for other programs' files, and where what the file says cannot be trusted. */
  record: PictureRecord | null;
  recipe: ImageRecipe | null;
  /** What was left out and why, one sentence each. */
  faults: string[];
}

export const metadataLimits = { steps: 256 } as const;

type Described = EarlierStep & Partial<Pick<RecordedPicture, 'description' | 'answers'>> & { earlier?: EarlierStep[] };

/**
 * The record of one frame of a document. Ancestors that were deleted from the board end their branch, unless a frame
 * still remembers them from the file it came in.
 */
export function recordOf(document: Pick<StudioDocument, 'frames'>, frameId: string): PictureRecord | null {
  const known = new Map<string, Described>(document.frames.map((frame) => [frame.id, frame]));
  const start = known.get(frameId);
  if (start === undefined) return null;
  const earlier: EarlierStep[] = [];
  const seen = new Set([frameId]);
  const waiting: Described[] = [start];
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    for (const past of step.earlier ?? []) if (!known.has(past.id)) known.set(past.id, past);
    for (const id of sourcesOf(step.origin)) {
      const parent = known.get(id);
      if (parent === undefined || seen.has(id) || earlier.length === metadataLimits.steps) continue;
      seen.add(id);
      earlier.push(stepOf(parent));
      waiting.push(parent);
    }
  }
  return {
    picture: { ...stepOf(start), description: start.description ?? null, answers: start.answers ?? [] },
    earlier,
  };
}

/** Ids of the pictures it was made of, the one it changes first. */
export function sourcesOf(origin: FrameOrigin): string[] {
  const ids: string[] = [];
  if ('parentId' in origin) ids.push(origin.parentId);
  if ('branch' in origin && origin.branch !== undefined) ids.push(origin.branch.parentId);
  if ('transplant' in origin && origin.transplant !== undefined) ids.push(origin.transplant.donorId);
  return [...new Set(ids)];
}

/** The words a picture was drawn from, its ancestors' included: the first prompt, then each instruction. */
export function wordsOf({ picture, earlier }: PictureRecord): { prompt: string | null; instructions: string[] } {
  const byId = new Map(earlier.map((step) => [step.id, step]));
  const instructions: string[] = [];
  const seen = new Set<string>();
  for (let step: EarlierStep | undefined = picture; step !== undefined && !seen.has(step.id);) {
    seen.add(step.id);
    const { origin }: EarlierStep = step;
    if (origin.kind === 'generated' && origin.prompt !== '') return { prompt: origin.prompt, instructions };
    if (origin.kind === 'edited') instructions.unshift(origin.instruction);
    step = byId.get(sourcesOf(origin)[0] ?? '');
  }
  return { prompt: null, instructions };
}

function stepOf({ id, name, origin, tokens, createdAt }: Described): EarlierStep {
  return { id, name, origin, tokens: tokens === null ? null : withoutCertainty(tokens), createdAt };
}

/** Certainty is several times the size of the codes and can be measured again. */
function withoutCertainty({
  pack,
  codes,
}: Pick<TokenSequence, 'pack' | 'codes'>): Pick<TokenSequence, 'pack' | 'codes'> {
  return { pack, codes };
}
