/** From the composer to frames on the board, and what the model says about a frame back onto it. */
import { SvelteMap } from 'svelte/reactivity';
import type { Frame } from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import { textLimits } from '../../../shared/limits.js';
import type { JobResult } from '../../../shared/jobs/job-results.js';
import type { QueueEntry, QueuedRequest } from '../../../shared/jobs/queue.js';
import {
  alternativesProblem,
  countAlternatives,
  expandAlternatives,
} from '../../../shared/grids/prompt-alternatives.js';
import { composer } from '../composer/composer.svelte.js';
import { plans } from '../composer/plans.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { frameName, generatedFrame, inRun, putAll, runOf } from '../document/frames.js';
import { boundsOf, displaySize, placeFrames, type Rectangle } from '../board/geometry.js';
import { jobs, type Job } from './jobs.svelte.js';
import { masks } from '../masks/masks.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { offerElsewhere } from '../import-export/exporting.js';
import { queue } from './queue.svelte.js';
import { imageSourceOf, selectedFrame } from '../board/selection.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

/** Images under way: where each variation of a job will stand. */
export interface PendingImages {
  job: Job;
  title: string;
  places: readonly Rectangle[];
}

/** One prompt for each choice in braces, the same seed for all. Throws `bad-request` for more than a board can take. */
export function alternativesOf(prompt: string): string[] {
  const problem = alternativesProblem(prompt);
  if (problem !== null) throw new StudioError('bad-request', problem, 'Write fewer choices inside each other.');
  const count = countAlternatives(prompt);
  if (count <= mostAlternatives) return expandAlternatives(prompt, mostAlternatives);
  throw new StudioError(
    'bad-request',
    `These choices make ${count} prompts; the most at once is ${mostAlternatives}.`,
    'Leave out some of the choices in braces.',
  );
}

/** Prompts of one run. */
export const mostAlternatives = 64;

export class GenerationState {
  pending = $state.raw<readonly PendingImages[]>([]);
  /** Describe and ask jobs under way, by frame. */
  readonly reading = new SvelteMap<string, Job>();

  /**
   * Draws the composer's prompt, from `plan` where the person has one. Resolves when the frames are on the board or the job ended
   * otherwise.
   */
  async generate(plan: string | null = plans.own('generate')): Promise<void> {
    const prompt = composer.prompt.trim();
    if (prompt === '') {
      throw new StudioError(
        'prompt-empty',
        'There is no prompt yet.',
        'Write what you want to see, or pick an example below the prompt.',
      );
    }
    const prompts = alternativesOf(prompt);
    documentState.assertWritable();
    composer.addToHistory(prompt);
    const settings = composer.settingsFor(studio.pack);
    const { variations } = composer;
    const seed = composer.takeSeed();
    // All places at once: the jobs do not know of each other's.
    const places = this.#freePlaces(prompts.length * variations);
    const run = runOf(places.length, prompt);
    const drawn = await Promise.allSettled(
      prompts.map((one, index) => {
        if (plan === null) plans.begin('generate', { words: one, frameId: null });
        const request: QueuedRequest = {
          ...{ kind: 'generate', prompt: one, seed, variations, settings },
          ...(plan === null ? {} : { plan: { text: plan } }),
        };
        const own = places.slice(index * variations, (index + 1) * variations);
        const purpose = { kind: 'frames' as const, title: one, places: own, ...(run === null ? {} : { run }) };
        return queue.submit(
          request,
          one === prompt || prompt.length > textLimits.text ? purpose : { ...purpose, template: prompt },
        );
      }),
    );
    const failure = drawn.find((one) => one.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  /** Shows a job that has no place on the board as under way, so that it can be cancelled; call the answer when it is over. */
  track(job: Job, title: string): () => void {
    const pending: PendingImages = { job, title: frameName(title), places: [] };
    this.pending = [...this.pending, pending];
    return () => {
      this.pending = this.pending.filter((one) => one !== pending);
      jobs.forget(job);
    };
  }

  /** Frames at their places, once the pictures are there. */
  async takeFrames(job: Job, { id, request, purpose }: QueueEntry, asked: boolean): Promise<void> {
    if (purpose.kind !== 'frames' || request.kind !== 'generate') return;
    const { title, places, template = request.prompt, run } = purpose;
    const boardWasEmpty = documentState.frames.length === 0 && this.pending.length === 0;
    const pending: PendingImages = { job, title: frameName(title), places };
    this.pending = [...this.pending, pending];
    const cameraBefore = view.camera;
    const bounds = asked ? boundsOf(places) : null;
    if (bounds !== null && boardWasEmpty) view.fit(bounds);
    else if (bounds !== null) view.revealNew(bounds, places[0]!.width);
    const cameraShown = view.camera;
    const selectedBefore = view.selection;
    const documentId = documentState.document.id;
    try {
      const result = await job.finished;
      if (result.kind !== 'generate') return;
      if (documentState.document.id !== documentId) return;
      if (documentState.readOnly !== null) {
        // Another window's pictures are that window's to keep.
        if (asked) offerElsewhere(result.images, title);
        return;
      }
      const frames = result.images.map((image, index) =>
        generatedFrame(
          { prompt: request.prompt, template },
          result.pack,
          image,
          request.settings,
          places[index] ?? places.at(-1)!,
        ),
      );
      await documentState.commit(`Generate “${frameName(title)}”`, putAll(inRun(frames, run)), [id]);
      // Who has chosen something else meanwhile keeps it.
      if (asked && view.selection === selectedBefore) view.select([frames[0]!.id]);
    } catch (thrown) {
      // Nothing came of it: back to where the person was, unless they have looked elsewhere since.
      if (asked && view.camera === cameraShown) view.camera = cameraBefore;
      throw thrown;
    } finally {
      this.pending = this.pending.filter((one) => one !== pending);
    }
  }

  /** Writes the model's caption onto the frame. */
  describe(frame: Frame): Promise<void> {
    return this.#read(frame, { kind: 'describe', source: imageSourceOf(frame) }, frame.name);
  }

  async ask(frame: Frame): Promise<void> {
    const question = composer.question.trim();
    if (question === '') {
      throw new StudioError(
        'prompt-empty',
        'There is no question yet.',
        'Ask about the picture, for example “how many stars are there?”.',
      );
    }
    const region = masks.limitsQuestions ? await masks.regionOf(frame) : null;
    const request: QueuedRequest =
      region === null
        ? { kind: 'ask', source: imageSourceOf(frame), question }
        : { kind: 'ask', source: { imageId: frame.imageId }, question, region };
    await this.#read(frame, request, question);
    composer.question = '';
  }

  /** Reads an imported image into tokens of the pack in use. */
  encode(frame: Frame): Promise<void> {
    return this.#read(frame, { kind: 'encode', source: { imageId: frame.imageId } }, frame.name);
  }

  async #read(frame: Frame, request: QueuedRequest, title: string): Promise<void> {
    documentState.assertWritable();
    await queue.submit(request, { kind: 'reading', title: frameName(title), frameId: frame.id });
  }

  /** Words or tokens onto the frame as it is by then: it may have moved or changed meanwhile. */
  async takeReading(job: Job, { id, request, purpose }: QueueEntry): Promise<void> {
    if (purpose.kind !== 'reading') return;
    const { frameId } = purpose;
    const documentId = documentState.document.id;
    this.reading.set(frameId, job);
    try {
      const result = await job.finished;
      if (documentState.document.id !== documentId || documentState.readOnly !== null) return;
      const frame = documentState.frame(frameId);
      const read = frame === null ? null : readInto(frame, request, result);
      if (read === null) return await queue.discard(id);
      await documentState.commit(read.label, [{ type: 'put-frame', frame: read.frame }], [id]);
    } finally {
      if (this.reading.get(frameId) === job) this.reading.delete(frameId);
    }
  }

  /** Cancels what the person would mean: the newest image job, else what reads the selected frame. */
  async cancelCurrent(): Promise<void> {
    const job = this.currentJob;
    if (job === null) return;
    await jobs.cancel(job);
    notices.tell('Cancelled');
  }

  get currentJob(): Job | null {
    const frame = selectedFrame();
    const reading = frame === null ? undefined : this.reading.get(frame.id);
    const drawing =
      this.pending.find(({ job }) => job.stage === 'running') ?? this.pending.find(({ job }) => job.active);
    return drawing?.job ?? reading ?? this.reading.values().next().value ?? null;
  }

  async cancelAll(): Promise<void> {
    const running = [...this.pending.map(({ job }) => job), ...this.reading.values()];
    await Promise.all(running.map((job) => jobs.cancel(job)));
  }

  /** What ends with this window's look at the project; its queue does not. */
  async cancelOwn(): Promise<void> {
    const own = this.pending.map(({ job }) => job).filter(({ queued }) => !queued);
    await Promise.all(own.map((job) => jobs.cancel(job)));
  }

  #freePlaces(count: number): Rectangle[] {
    const { width = 256, height = 256 } = studio.pack?.manifest.image ?? {};
    const size = displaySize(width, height);
    const underWay = this.pending.flatMap(({ places }) => places);
    const taken = [...documentState.frames, ...underWay];
    const chosen = underWay.at(-1) ?? documentState.frames.at(-1) ?? null;
    return placeFrames(taken, size, count, chosen).map((place) => ({ ...place, ...size }));
  }
}

/** The frame with what was read in it, null when the outcome is of another kind than was asked for. */
function readInto(frame: Frame, request: QueuedRequest, result: JobResult): { label: string; frame: Frame } | null {
  if (request.kind === 'describe' && result.kind === 'describe') {
    return { label: `Describe “${frame.name}”`, frame: { ...frame, description: result.text } };
  }
  if (request.kind === 'encode' && result.kind === 'encode') {
    const { pack, codes } = result;
    return { label: `Read tokens of “${frame.name}”`, frame: { ...frame, tokens: { pack, codes } } };
  }
  if (request.kind !== 'ask' || result.kind !== 'ask') return null;
  const { question, region } = request;
  const answer = { question, answer: result.text, ...(region === undefined ? {} : { region }) };
  return { label: `Ask “${frameName(question)}”`, frame: { ...frame, answers: [...frame.answers, answer] } };
}

export const generation = new GenerationState();
queue.take('frames', (job, entry, asked) => generation.takeFrames(job, entry, asked));
queue.take('reading', (job, entry) => generation.takeReading(job, entry));
