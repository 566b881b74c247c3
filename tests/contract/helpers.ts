import { expect } from 'vitest';
import { encodePng } from '../../src/main/storage/images/images.js';
import type { JobRequest } from '../../src/shared/jobs/jobs.js';
import type { StudioConnection } from '../../src/shared/contract/bridge.js';
import type { Frame, GenerationSettings } from '../../src/shared/document/document.js';
import { StudioError } from '../../src/shared/errors.js';
import type { JobEvent, StudioEvent } from '../../src/shared/contract/events.js';
import type { StoredImage } from '../../src/shared/pictures/images.js';

export const settings: GenerationSettings = {
  steps: 4,
  tokenGuidance: 1,
  textGuidance: 1,
  temperature: 1,
  topK: 0,
};

export function generate(prompt: string, variations = 1): JobRequest {
  return { kind: 'generate', prompt, seed: 7, variations, settings };
}

/** The code of the StudioError that a call ends with; fails when it ends otherwise. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StudioError);
  return (error as StudioError).code;
}

/** A flat PNG of one grey. */
export function greyPng(value: number, side = 4): Uint8Array {
  const data = new Uint8Array(side * side * 4).fill(value);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return encodePng({ width: side, height: side, data });
}

export function frameOf({ imageId, width, height }: StoredImage, id = 'frame-1'): Frame {
  return {
    id,
    name: id,
    x: 0,
    y: 0,
    width,
    height,
    imageId,
    pixelWidth: width,
    pixelHeight: height,
    origin: { kind: 'imported', fileName: 'grey.png' },
    tokens: null,
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** Imports a grey image and puts it on the board as one action. */
export async function putFrame(api: StudioConnection, id = 'frame-1', value = 10): Promise<StoredImage> {
  const image = await api.importImage({ bytes: greyPng(value), fileName: 'grey.png' });
  await api.commit({
    transaction: { label: `Add ${id}`, operations: [{ type: 'put-frame', frame: frameOf(image, id) }] },
  });
  return image;
}

/** Everything a window was told, and a way to wait for more. */
export class EventLog {
  readonly all: StudioEvent[] = [];
  #waiting: (() => void)[] = [];

  constructor(api: StudioConnection) {
    api.onEvent((event) => {
      this.all.push(event);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  ofJob(jobId: string): JobEvent[] {
    return this.all.flatMap((event) => (event.channel === 'job' && event.event.jobId === jobId ? [event.event] : []));
  }

  async until<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 200);
      });
    }
  }

  ofType<Type extends JobEvent['type']>(jobId: string, type: Type): Promise<Extract<JobEvent, { type: Type }>> {
    return this.until(
      () => this.ofJob(jobId).find((event): event is Extract<JobEvent, { type: Type }> => event.type === type),
      `${type} of the job; it told ${this.ofJob(jobId).map((event) => event.type)}`,
    );
  }

  end(jobId: string): Promise<JobEvent> {
    return this.until(() => this.ofJob(jobId).find(isTerminal), 'the end of the job');
  }
}

export function isTerminal({ type }: JobEvent): boolean {
  return type === 'done' || type === 'failed' || type === 'cancelled';
}

/** Submits and waits for the end. */
export async function runJob(api: StudioConnection, log: EventLog, request: JobRequest): Promise<JobEvent> {
  const { jobId } = await api.submit({ request });
  return log.end(jobId);
}
