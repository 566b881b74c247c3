/** From the composer to frames on the board, and what the model says about a frame back onto it. */
import { SvelteMap } from 'svelte/reactivity';
import type { JobRequest } from '../../../shared/jobs.js';
import type { Frame } from '../../../shared/document.js';
import { StudioError } from '../../../shared/errors.js';
import type { GeneratedImage } from '../../../shared/events.js';
import { countAlternatives, expandAlternatives } from '../../../shared/grids/prompt-alternatives.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { frameName, generatedFrame, putAll } from '../document/frames.js';
import { boundsOf, displaySize, placeFrames, type Rectangle } from '../board/geometry.js';
import { jobs, type Job } from './jobs.svelte.js';
import { masks } from '../masks/masks.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { imageSourceOf, selectedFrame } from '../board/selection.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

/** Images under way: where each variation of a job will stand. */
export interface PendingImages {
  job: Job;
  title: string;
  places: readonly Rectangle[];
}

type ImageRequest = Extract<JobRequest, { kind: 'generate' }>;

/** One prompt for each choice in braces, the same seed for all. Throws `bad-request` for more than a board can take. */
export function alternativesOf(prompt: string): string[] {
  const count = countAlternatives(prompt);
  if (count <= mostAlternatives) return expandAlternatives(prompt, mostAlternatives);
  throw new StudioError(
    'bad-request',
    `These alternatives make ${count} prompts; the most at once is ${mostAlternatives}.`,
    'Leave out some of the choices in braces.',
  );
}

/** Prompts of one run. */
const mostAlternatives = 64;

export class GenerationState {
  pending = $state.raw<readonly PendingImages[]>([]);
  /** Describe and ask jobs under way, by frame. */
  readonly reading = new SvelteMap<string, Job>();

  /** Draws the composer's prompt. Resolves when the frames are on the board or the job ended otherwise. */
  async generate(): Promise<void> {
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
    composer.rememberPrompt(prompt);
    const settings = composer.settingsFor(studio.pack);
    const { variations } = composer;
    const seed = composer.takeSeed();
    // All places at once: the jobs do not know of each other's.
    const places = this.#freePlaces(prompts.length * variations);
    const drawn = await Promise.allSettled(
      prompts.map((one, index) => {
        const request: ImageRequest = { kind: 'generate', prompt: one, seed, variations, settings };
        const own = places.slice(index * variations, (index + 1) * variations);
        return this.#draw(request, one, (pack, image, place) => generatedFrame(one, pack, image, settings, place), own);
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

  async #draw(
    request: ImageRequest,
    title: string,
    toFrame: (pack: string, image: GeneratedImage, place: Rectangle) => Frame,
    places: readonly Rectangle[],
  ): Promise<void> {
    const boardWasEmpty = documentState.frames.length === 0 && this.pending.length === 0;
    const job = await jobs.submit(request);
    const pending: PendingImages = { job, title: frameName(title), places };
    this.pending = [...this.pending, pending];
    const cameraBefore = view.camera;
    const bounds = boundsOf(places);
    if (bounds !== null && boardWasEmpty) view.fit(bounds);
    else if (bounds !== null) view.reveal(bounds);
    const cameraShown = view.camera;
    const selectedBefore = view.selection;
    const documentId = documentState.document.id;
    try {
      const result = await job.finished;
      if (result.kind !== 'generate') return;
      if (documentState.document.id !== documentId) return;
      const frames = result.images.map((image, index) => toFrame(result.pack, image, places[index] ?? places.at(-1)!));
      await documentState.commit(`Generate “${frameName(title)}”`, putAll(frames));
      // Who has chosen something else meanwhile keeps it.
      if (view.selection === selectedBefore) view.select([frames[0]!.id]);
    } catch (thrown) {
      // Nothing came of it: back to where the person was, unless they have looked elsewhere since.
      if (view.camera === cameraShown) view.camera = cameraBefore;
      throw thrown;
    } finally {
      this.pending = this.pending.filter((one) => one !== pending);
      jobs.forget(job);
    }
  }

  /** Writes the model's caption onto the frame. */
  async describe(frame: Frame): Promise<void> {
    const text = await this.#read(frame, { kind: 'describe', source: imageSourceOf(frame) });
    await this.#change(frame.id, `Describe “${frame.name}”`, (now) => ({ ...now, description: text }));
  }

  async ask(frame: Frame): Promise<void> {
    const question = composer.question.trim();
    if (question === '') {
      throw new StudioError(
        'prompt-empty',
        'There is no question yet.',
        'Ask about the image, for example “how many stars are there?”.',
      );
    }
    const region = masks.limitsQuestions ? await masks.regionOf(frame) : null;
    const answer = await this.#read(
      frame,
      region === null
        ? { kind: 'ask', source: imageSourceOf(frame), question }
        : { kind: 'ask', source: { imageId: frame.imageId }, question, region },
    );
    await this.#change(frame.id, `Ask “${frameName(question)}”`, (now) => ({
      ...now,
      answers: [...now.answers, { question, answer, ...(region === null ? {} : { region }) }],
    }));
    composer.question = '';
  }

  /** Reads an imported image into tokens of the pack in use. */
  async encode(frame: Frame): Promise<void> {
    documentState.assertWritable();
    const job = await jobs.submit({ kind: 'encode', source: { imageId: frame.imageId } });
    await this.#whileReading(frame.id, job, async () => {
      const result = await job.finished;
      if (result.kind !== 'encode') return;
      const { pack, codes } = result;
      await this.#change(frame.id, `Read tokens of “${frame.name}”`, (now) => ({ ...now, tokens: { pack, codes } }));
    });
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

  async #read(frame: Frame, request: JobRequest): Promise<string> {
    documentState.assertWritable();
    const job = await jobs.submit(request);
    return this.#whileReading(frame.id, job, async () => {
      const result = await job.finished;
      return result.kind === 'describe' || result.kind === 'ask' ? result.text : '';
    });
  }

  async #whileReading<Result>(frameId: string, job: Job, work: () => Promise<Result>): Promise<Result> {
    this.reading.set(frameId, job);
    try {
      return await work();
    } finally {
      if (this.reading.get(frameId) === job) this.reading.delete(frameId);
      jobs.forget(job);
    }
  }

  /** The frame may have moved or changed meanwhile: the change is made on what it is now. */
  async #change(frameId: string, label: string, change: (frame: Frame) => Frame): Promise<void> {
    const frame = documentState.frame(frameId);
    if (frame !== null) await documentState.commit(label, [{ type: 'put-frame', frame: change(frame) }]);
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

export const generation = new GenerationState();
