/** A trial: other tokens for the frame on the timeline, decoded at once, kept as a frame or reverted. One at a time. */
import { assertOnBoard } from '../on-board.js';
import type { DecodeRequest } from '../../../../shared/jobs/jobs.js';
import type { Frame, TokenTransplant } from '../../../../shared/document/document.js';
import type { SerialisedError } from '../../../../shared/errors.js';
import type { RasterImage, StoredImage } from '../../../../shared/pictures/images.js';
import { documentState } from '../../document/document.svelte.js';
import { newFrame, putAll } from '../../document/frames.js';
import { displaySize, placeFrames, type Point } from '../../board/geometry.js';
import { jobs as windowJobs } from '../../jobs/jobs.svelte.js';
import { BackgroundRun, type RunJob } from '../../jobs/background-run.js';
import type { JobRunner } from '../../jobs/finish-job.js';
import { timeline } from '../timeline.svelte.js';
import { view } from '../../board/view.svelte.js';

/** Other tokens for a frame, and how they are drawn. */
export interface Drawing {
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

export interface Trial extends Drawing {
  /** The frame's own tokens: what the trial is compared with. */
  own: readonly number[];
}

export type TrialStatus =
  { kind: 'decoding' } | { kind: 'ready'; image: StoredImage } | { kind: 'failed'; error: SerialisedError };

/** A dragged slider proposes faster than anything decodes. */
const settleMs = 60;

/** The whole run from pure noise: only the tokens decide. */
export function trialRequest({ pack, codes, seed, steps, tokenGuidance }: Drawing): DecodeRequest {
  return { kind: 'decode', pack, codes: [...codes], t: 1, keepFrom: 0, steps, seed, tokenGuidance };
}

/** The same with the frame's own tokens. */
export function ownRequest(trial: Trial): DecodeRequest {
  return trialRequest({ ...trial, codes: trial.own });
}

export function trialFrame(parent: Frame, trial: Drawing, image: StoredImage, place: Point): Frame {
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
export async function keepTrial(trial: Drawing, image: StoredImage): Promise<boolean> {
  documentState.assertWritable();
  if (timeline.source !== null) assertOnBoard(timeline.source);
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
  /** The frame's own tokens drawn with the same noise, seed and steps; null until they are. */
  own = $state.raw<StoredImage | null>(null);

  readonly #run: BackgroundRun;
  /** The request `own` is the answer to. */
  #ownKey = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(jobs: JobRunner = windowJobs) {
    this.#run = new BackgroundRun(jobs);
  }

  /** Tries these tokens instead of those tried before; the last proposal wins. */
  propose(trial: Trial): void {
    this.#stop();
    this.trial = trial;
    this.#forgetOwn(JSON.stringify(ownRequest(trial)));
    this.status = { kind: 'decoding' };
    this.#timer = setTimeout(() => void this.#decode(trial), settleMs);
  }

  /** Back to the frame's own tokens. */
  revert(): void {
    this.#stop();
    this.trial = null;
    this.status = null;
    this.shown = null;
    this.#forgetOwn('');
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

  /** What was drawn for another request is not what this trial is compared with. */
  #forgetOwn(key: string): void {
    if (key === this.#ownKey) return;
    this.#ownKey = key;
    this.own = null;
  }

  /** Like is compared with like: once for all trials of one frame, after the first of them. */
  async #decodeOwn(trial: Trial, job: RunJob): Promise<void> {
    if (this.own !== null) return;
    const result = await job(ownRequest(trial));
    if (result.kind === 'decode') this.own = result.image;
  }

  async #decode(trial: Trial): Promise<void> {
    const end = await this.#run.start(async (job) => {
      const result = await job(trialRequest(trial), (event) => {
        if (event.type === 'preview') this.shown = event.image;
      });
      if (result.kind !== 'decode') return;
      this.shown = result.image;
      this.status = { kind: 'ready', image: result.image };
      await this.#decodeOwn(trial, job);
    });
    if (end?.kind === 'stopped') this.revert();
    if (end?.kind === 'failed') this.status = end;
  }
}

export const trials = new TrialState();
