/** Candidates of a change wait under their frame until a person takes or discards them. Nothing of them is in the document. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Frame, FrameOrigin } from '../../../shared/document/document.js';
import type { GeneratedImage } from '../../../shared/jobs/job-results.js';
import type { PlannedOrigin, QueueEntry, QueuedRequest } from '../../../shared/jobs/queue.js';
import { documentState } from '../document/document.svelte.js';
import { frameName, newFrame, putAll } from '../document/frames.js';
import { generation } from './generation.svelte.js';
import { boundsOf, displaySize, placeChildren, type Rectangle } from '../board/geometry.js';
import type { Job } from './jobs.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { queue } from './queue.svelte.js';
import { view } from '../board/view.svelte.js';
import { stripRoom } from './strip-room.js';

export interface Candidate {
  id: string;
  /** The entry of the queue it lies in until it is taken or discarded. */
  jobId: string;
  /** The instruction, or what else was asked for. */
  title: string;
  pack: string;
  image: GeneratedImage;
  origin: FrameOrigin;
}

type ChangeRequest = Extract<QueuedRequest, { kind: 'generate' | 'edit' }>;

/** A job whose pictures will become candidates. */
export interface Run {
  job: Job;
  title: string;
  variations: number;
}

export class Staged {
  readonly frameId: string;
  runs = $state.raw<readonly Run[]>([]);
  candidates = $state.raw<readonly Candidate[]>([]);
  /** The candidate shown over the frame. */
  active = $state(0);
  /** Chosen to be accepted together. */
  readonly marked = new SvelteSet<string>();
  /** The frame itself is shown instead of the candidate. */
  showsOriginal = $state(false);

  constructor(frameId: string) {
    this.frameId = frameId;
  }

  get shown(): Candidate | null {
    return this.candidates[this.active] ?? null;
  }

  step(by: number): void {
    const count = this.candidates.length;
    if (count > 0) this.active = (this.active + by + count) % count;
  }

  /** Shows candidate `index`, from 0; nothing where there is none. */
  show(index: number): void {
    if (this.candidates[index] !== undefined) this.active = index;
  }

  toggleMark(candidate: Candidate | null = this.shown): void {
    if (candidate === null) return;
    if (!this.marked.delete(candidate.id)) this.marked.add(candidate.id);
  }

  /** What Enter takes: everything marked, else the one shown. */
  get chosen(): readonly Candidate[] {
    const marked = this.candidates.filter(({ id }) => this.marked.has(id));
    if (marked.length > 0) return marked;
    return this.shown === null ? [] : [this.shown];
  }
}

export class StagingState {
  readonly #byFrame = new SvelteMap<string, Staged>();

  /** Candidates nobody has taken or left. */
  get waiting(): number {
    return [...this.#byFrame.values()].reduce((sum, { candidates }) => sum + candidates.length, 0);
  }

  of(frameId: string): Staged | null {
    return this.#byFrame.get(frameId) ?? null;
  }

  /** Those whose frames are on the board, with the frames. */
  get all(): { frame: Frame; staged: Staged }[] {
    return documentState.shownFrames.flatMap((frame) => {
      const staged = this.#byFrame.get(frame.id);
      return staged === undefined ? [] : [{ frame, staged }];
    });
  }

  /** The one the keys act on: of the only selected frame, with something to choose from. */
  get current(): Staged | null {
    const [id] = view.selection;
    if (view.selection.length !== 1 || id === undefined || documentState.frame(id) === null) return null;
    const staged = this.of(id);
    return staged !== null && staged.candidates.length > 0 ? staged : null;
  }

  /** What the board shows in the place of `frame`: the candidate that lies over it, under the frame's own id, else the frame. */
  shownFor(frame: Frame | null): Frame | null {
    const { current } = this;
    if (frame === null || current === null || current.frameId !== frame.id || current.showsOriginal) return frame;
    const { image, pack } = current.shown!;
    return { ...frame, imageId: image.imageId, tokens: tokensOf(image, pack) };
  }

  /** Runs a change of `parent`; resolves when its candidates are there. Rejects with what the job failed with. */
  async run(parent: Frame, request: ChangeRequest, title: string, origin: PlannedOrigin): Promise<void> {
    await queue.submit(request, { kind: 'candidates', title, frameId: parent.id, origin });
  }

  /** Candidates under their frame, once they are there. */
  async take(job: Job, { id: jobId, request, purpose }: QueueEntry, asked: boolean): Promise<void> {
    if (purpose.kind !== 'candidates' || !('variations' in request)) return;
    const { title, frameId, origin } = purpose;
    const documentId = documentState.document.id;
    const staged = this.#byFrame.get(frameId) ?? new Staged(frameId);
    this.#byFrame.set(frameId, staged);
    const run: Run = { job, title, variations: request.variations };
    staged.runs = [...staged.runs, run];
    const end = generation.track(job, title);
    const parent = documentState.frame(frameId);
    if (asked && parent !== null) revealWithStrip(parent);
    try {
      const result = await job.finished;
      if (!('images' in result) || documentState.document.id !== documentId) return;
      if (staged.candidates.some((one) => one.jobId === jobId)) return;
      const candidates = result.images.map((image) => ({
        id: crypto.randomUUID(),
        jobId,
        title,
        pack: result.pack,
        image,
        origin: withOutcome({ ...origin, seed: image.seed, pack: result.pack }, image),
      }));
      const first = staged.candidates.length;
      staged.candidates = [...staged.candidates, ...candidates];
      staged.active = first;
    } finally {
      staged.runs = staged.runs.filter((one) => one !== run);
      end();
      this.#tidy(staged);
    }
  }

  /** Chosen candidates, or this `only` one, become children of their frame in one step; the rest is discarded. */
  async accept(staged: Staged, only: Candidate | null = null): Promise<void> {
    const parent = documentState.frame(staged.frameId);
    const chosen = only === null ? staged.chosen : [only];
    if (parent === null || chosen.length === 0) return;
    documentState.assertWritable();
    const size = childSize(parent, chosen[0]!.image);
    const taken = [...documentState.frames, ...generation.pending.flatMap(({ places }) => places)];
    const places = placeChildren(taken, size, chosen.length, parent);
    const frames = chosen.map((candidate, index) => childFrame(parent, candidate, places[index]!));
    const settles = jobsOf(staged.candidates);
    await documentState.commit(`Accept “${frameName(chosen[0]!.title)}”`, putAll(frames), settles);
    this.#drop(staged, null);
    view.select([frames[0]!.id]);
    lookAtChildren(parent, frames);
  }

  /** Removes one candidate, or all of them, for good. */
  discard(staged: Staged, candidate: Candidate | null = null): void {
    const discarded =
      candidate === null
        ? jobsOf(staged.candidates).map((jobId) => queue.discard(jobId))
        : [queue.discard(candidate.jobId, [candidate.image.seed])];
    this.#drop(staged, candidate);
    Promise.all(discarded).catch((thrown: unknown) => notices.report(thrown));
  }

  /** Taken or discarded in another window: here they are not to be had any more either. */
  forget(jobId: string): void {
    for (const staged of this.#byFrame.values()) {
      for (const candidate of staged.candidates) if (candidate.jobId === jobId) this.#drop(staged, candidate);
    }
  }

  #drop(staged: Staged, candidate: Candidate | null): void {
    const at = candidate === null ? -1 : staged.candidates.indexOf(candidate);
    staged.candidates = candidate === null ? [] : staged.candidates.filter((one) => one !== candidate);
    if (candidate === null) staged.marked.clear();
    else staged.marked.delete(candidate.id);
    if (at !== -1 && at < staged.active) staged.active--;
    staged.active = Math.max(0, Math.min(staged.active, staged.candidates.length - 1));
    staged.showsOriginal = false;
    this.#tidy(staged);
  }

  /** Another project: nothing of this one is offered there. */
  clear(): void {
    this.#byFrame.clear();
  }

  #tidy(staged: Staged): void {
    if (staged.candidates.length === 0 && staged.runs.length === 0) this.#byFrame.delete(staged.frameId);
  }
}

function jobsOf(candidates: readonly Candidate[]): string[] {
  return [...new Set(candidates.map(({ jobId }) => jobId))];
}

/** A masked change has its frame's size on the board as well. */
function childSize(parent: Frame, image: GeneratedImage): { width: number; height: number } {
  if (image.width === parent.pixelWidth && image.height === parent.pixelHeight) {
    return { width: parent.width, height: parent.height };
  }
  return displaySize(image.width, image.height);
}

export function childFrame(
  parent: Frame,
  { title, pack, image, origin }: Candidate,
  place: { x: number; y: number },
): Frame {
  const frame = newFrame({
    name: title,
    place,
    image,
    origin,
    tokens: tokensOf(image, pack),
  });
  return { ...frame, ...childSize(parent, image) };
}

/** Tokens that were read, not written, have no certainty. */
function tokensOf({ codes, certainty }: GeneratedImage, pack: string): Frame['tokens'] {
  return certainty.length === 0 ? { pack, codes } : { pack, codes, certainty };
}

/** What came of it belongs to how it was made: the plan it was drawn from, the check, and what of it was taken. */
function withOutcome(origin: FrameOrigin, { plan, check }: GeneratedImage): FrameOrigin {
  if (!('settings' in origin)) return origin;
  const outcome = { ...(plan === undefined ? {} : { plan }), ...(check === undefined ? {} : { check }) };
  if (origin.kind === 'generated' || check?.region === undefined) return { ...origin, ...outcome };
  return { ...origin, ...outcome, region: 'changed' };
}

/** Showing less than this share of the zoom someone chose would take them away from what they look at. */
const closeUp = 0.6;

function revealWithStrip(parent: Rectangle): void {
  const { zoom } = view.camera;
  const above = 20 / zoom;
  const strip = stripRoom(view.viewport);
  const beside = strip.side === 'beside';
  const shown = {
    x: parent.x,
    y: parent.y - above,
    width: parent.width + (beside ? strip.width / zoom : 0),
    height: parent.height + above + (beside ? 0 : strip.height / zoom),
  };
  view.revealUnlessClose(shown, closeUp);
}

/** Whoever was close to a part of the parent sees the same part of the first child. */
function lookAtChildren(parent: Frame, children: readonly Frame[]): void {
  const before = view.camera;
  const isClose = !view.revealUnlessClose(parent, closeUp);
  view.camera = before;
  if (!isClose) return view.reveal(boundsOf(children)!);
  const { zoom } = before;
  const [first] = children;
  view.camera = { zoom, x: before.x - (first!.x - parent.x) * zoom, y: before.y - (first!.y - parent.y) * zoom };
}

export const staging = new StagingState();
queue.take('candidates', (job, entry, asked) => staging.take(job, entry, asked));
queue.onGone((jobId) => staging.forget(jobId));
