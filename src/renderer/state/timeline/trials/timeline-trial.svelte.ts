/** A trial: other tokens for the frame on the timeline, decoded at once, kept as a frame or reverted. One at a time. */
import type { DecodeRequest } from '../../../../shared/jobs.js';
import type { Frame, TokenTransplant } from '../../../../shared/document.js';
import type { SerialisedError } from '../../../../shared/errors.js';
import type { RasterImage, StoredImage } from '../../../../shared/images.js';
import { documentState } from '../../document/document.svelte.js';
import { newFrame, putAll } from '../../document/frames.js';
import { displaySize, placeFrames, type Point } from '../../board/geometry.js';
import { jobs as windowJobs } from '../../jobs/jobs.svelte.js';
import { BackgroundRun } from '../../jobs/background-run.js';
import type { JobRunner } from '../../jobs/finish-job.js';
import { view } from '../../board/view.svelte.js';

export interface Trial {
  frameId: string;
  pack: string;
  codes: readonly number[];
  /** What is tried, in a few words: a name for the picture and for the undo step. */
  label: string;
  transplant?: TokenTransplant;
  seed: number;
  steps: number;
  tokenGuidance: number;
}

export type TrialStatus =
  { kind: 'decoding' } | { kind: 'ready'; image: StoredImage } | { kind: 'failed'; error: SerialisedError };

/** A dragged slider proposes faster than anything decodes. */
const settleMs = 60;

/** The whole run from pure noise: only the tokens decide. */
export function trialRequest({ pack, codes, seed, steps, tokenGuidance }: Trial): DecodeRequest {
  return { kind: 'decode', pack, codes: [...codes], t: 1, keepFrom: 0, steps, seed, tokenGuidance };
}

export function trialFrame(parent: Frame, trial: Trial, image: StoredImage, place: Point): Frame {
  const { pack, codes, seed, steps, transplant } = trial;
  return newFrame({
    name: `${parent.name}, ${trial.label}`,
    place,
    image,
    origin: {
      kind: 'decoded',
      parentId: parent.id,
      t: 1,
      keepFrom: 0,
      seed,
      steps,
      pack,
      ...(transplant === undefined ? {} : { transplant }),
    },
    tokens: { pack, codes: [...codes] },
  });
}

/** Puts the picture beside its parent, in one undoable step; false when the parent is gone. */
export async function keepTrial(trial: Trial, image: StoredImage): Promise<boolean> {
  documentState.assertWritable();
  const parent = documentState.frame(trial.frameId);
  if (parent === null) return false;
  const [place] = placeFrames(documentState.frames, displaySize(image.width, image.height), 1, parent);
  const frame = trialFrame(parent, trial, image, place!);
  await documentState.commit(`Keep “${frame.name}”`, putAll([frame]));
  view.reveal(frame);
  return true;
}

export class TrialState {
  trial = $state.raw<Trial | null>(null);
  status = $state.raw<TrialStatus | null>(null);
  /** The newest picture of this or the last trial; null before the first one. */
  shown = $state.raw<StoredImage | RasterImage | null>(null);

  readonly #run: BackgroundRun;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(jobs: JobRunner = windowJobs) {
    this.#run = new BackgroundRun(jobs);
  }

  /** Tries these tokens instead of those tried before; the last proposal wins. */
  propose(trial: Trial): void {
    this.#stop();
    this.trial = trial;
    this.status = { kind: 'decoding' };
    this.#timer = setTimeout(() => void this.#decode(trial), settleMs);
  }

  /** Back to the frame's own tokens. */
  revert(): void {
    this.#stop();
    this.trial = null;
    this.status = null;
    this.shown = null;
  }

  /** Resolves when the picture stands beside its parent; the trial is over then. */
  async keep(): Promise<void> {
    const { trial, status } = this;
    if (trial === null || status?.kind !== 'ready') return;
    const kept = await keepTrial(trial, status.image);
    if (kept && this.trial === trial) this.revert();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#run.drop();
  }

  async #decode(trial: Trial): Promise<void> {
    const end = await this.#run.start(async (job) => {
      const result = await job(trialRequest(trial), (event) => {
        if (event.type === 'preview') this.shown = event.image;
      });
      if (result.kind !== 'decode') return;
      this.shown = result.image;
      this.status = { kind: 'ready', image: result.image };
    });
    if (end?.kind === 'stopped') this.revert();
    if (end?.kind === 'failed') this.status = end;
  }
}

export const trials = new TrialState();
