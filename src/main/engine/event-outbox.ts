/** What a job tells on its way: a message costs the job time, so what nobody can tell apart goes together, and what nobody sees not at all. */
import type { EngineEvent } from '../../shared/contract/events.js';

/** Between two reports of progress inside one phase. */
const progressEveryMs = 50;
/** Tokens and words that follow each other within a picture of the screen are seen at once. */
const togetherMs = 16;

export class EventOutbox {
  readonly #worthSending = progressFilter();
  #waiting: EngineEvent[] = [];
  #sentAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (events: EngineEvent[]) => void) {}

  /** Pictures and whatever else is rare go at once, behind what waits. */
  add(event: EngineEvent): void {
    if (!this.#worthSending(event)) return;
    this.#waiting.push(event);
    const waits = event.type === 'token' || event.type === 'text' || event.type === 'progress';
    const left = togetherMs - (performance.now() - this.#sentAt);
    if (!waits || left <= 0) return this.flush();
    // A job that waits for a server may have nothing more to say for long.
    this.#timer ??= setTimeout(() => this.flush(), left);
  }

  /** Before the job's end is told. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#sentAt = performance.now();
    this.send(this.#waiting.splice(0));
  }
}

/** Lets through everything but progress that follows too soon; the first and the last of a phase always pass. */
function progressFilter(): (event: EngineEvent) => boolean {
  let phase: string | null = null;
  let sentAt = 0;
  return (event) => {
    if (event.type !== 'progress') return true;
    if (event.phase === phase && event.done < event.total && performance.now() - sentAt < progressEveryMs) return false;
    phase = event.phase;
    sentAt = performance.now();
    return true;
  };
}
