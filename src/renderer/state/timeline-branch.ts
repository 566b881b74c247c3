/** Branching at t: the coarse tokens stay, the model writes the finer ones anew, and children stand beside their parent. */
import type { JobRequest, KeptTokens } from '../../shared/api.js';
import type { Frame, GenerationSettings } from '../../shared/document.js';
import { StudioError } from '../../shared/errors.js';
import type { GeneratedImage } from '../../shared/events.js';
import { composer } from './composer.svelte.js';
import { documentState } from './document.svelte.js';
import { frameName, newFrame, putAll } from './frames.js';
import { generation, type PendingImages } from './generation.svelte.js';
import { boundsOf, displaySize, placeFrames, type Point } from './geometry.js';
import { jobs } from './jobs.svelte.js';
import { studio } from './studio.svelte.js';
import { timeline } from './timeline.svelte.js';
import { view } from './view.svelte.js';

type BranchRequest = Extract<JobRequest, { kind: 'generate' }>;

export interface BranchChoice {
  /** Tokens from this index on, the coarse ones, are kept. */
  keepFrom: number;
  /** Finer ones that are kept too. */
  locked: ReadonlySet<number>;
  /** May be empty: then nothing but the kept tokens guides the others. */
  prompt: string;
  seed: number;
  variations: number;
}

/** A code where it stays, null where it is rewritten; index 0 = finest. */
export function keptTokens(codes: readonly number[], keepFrom: number, locked: ReadonlySet<number>): KeptTokens {
  return codes.map((code, index) => (index >= keepFrom || locked.has(index) ? code : null));
}

/** What a branch of this frame is prompted with at first: its own prompt, or what the model said it shows. */
export function branchPrompt(frame: Frame): string {
  return frame.origin.kind === 'generated' ? frame.origin.prompt : (frame.description ?? '');
}

/** The request for tokens known to be `codes`. Throws `tokens-invalid` when all of them are kept. */
export function branchRequest(
  codes: readonly number[],
  { keepFrom, locked, prompt, seed, variations }: BranchChoice,
  settings: GenerationSettings,
): BranchRequest & { kept: KeptTokens } {
  const kept = keptTokens(codes, keepFrom, locked);
  if (!kept.includes(null)) {
    throw new StudioError(
      'tokens-invalid',
      'Every token is kept, so there is nothing to rewrite.',
      'Move t towards noise, or unlock some tokens.',
    );
  }
  return { kind: 'generate', prompt: prompt.trim(), seed, variations, settings, kept };
}

export function branchedFrame(
  parent: Pick<Frame, 'id' | 'name'>,
  { prompt, settings, kept }: ReturnType<typeof branchRequest>,
  pack: string,
  image: GeneratedImage,
  place: Point,
): Frame {
  const keptIndices = kept.flatMap((code, index) => (code === null ? [] : [index]));
  return newFrame({
    name: prompt === '' ? parent.name : prompt,
    place,
    image,
    origin: {
      kind: 'generated',
      prompt,
      seed: image.seed,
      settings,
      pack,
      branch: { parentId: parent.id, kept: keptIndices },
    },
    tokens: { pack, codes: image.codes, certainty: image.certainty },
  });
}

/** Resolves when the children are on the board; rejects with what the job or the commit failed with. */
export async function branchFromHere(choice: BranchChoice): Promise<void> {
  documentState.assertWritable();
  const { source, codes } = timeline;
  const parent = source === null ? null : documentState.frame(source.frameId);
  if (parent === null || codes === null) return;
  const request = branchRequest(codes, choice, composer.settingsFor(studio.pack));
  const documentId = documentState.document.id;
  const { width, height } = source!.manifest.image;
  const size = displaySize(width, height);
  const taken = [...documentState.frames, ...generation.pending.flatMap(({ places }) => places)];
  const places = placeFrames(taken, size, choice.variations, parent).map((place) => ({ ...place, ...size }));
  const job = await jobs.submit(request);
  const pending: PendingImages = { job, title: frameName(request.prompt || parent.name), places };
  generation.pending = [...generation.pending, pending];
  const bounds = boundsOf([parent, ...places]);
  if (bounds !== null) view.reveal(bounds);
  try {
    const result = await job.finished;
    if (result.kind !== 'generate' || documentState.document.id !== documentId) return;
    const frames = result.images.map((image, index) =>
      branchedFrame(parent, request, result.pack, image, places[index] ?? places.at(-1)!),
    );
    await documentState.commit(`Branch “${parent.name}” at t ${timeline.t.toFixed(2)}`, putAll(frames));
  } finally {
    generation.pending = generation.pending.filter((one) => one !== pending);
    jobs.forget(job);
  }
}
