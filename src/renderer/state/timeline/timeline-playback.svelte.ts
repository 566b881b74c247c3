import { timeline, type TimelineState } from './timeline.svelte.js';

/** From noise to clean in this time. */
const runMs = 7000;
/** With reduced motion nothing glides: one token at a time, slowly enough to be read. */
const stepMs = 450;

/** Runs t from where it is down to 0; from 1 when it already is at 0. */
export class Playback {
  playing = $state(false);
  readonly #timeline: TimelineState;
  #frame = 0;

  constructor(state: TimelineState) {
    this.#timeline = state;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.playing || this.#timeline.source === null) return;
    if (this.#timeline.t === 0) this.#timeline.seek(1);
    this.playing = true;
    const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let last = performance.now();
    const advance = (now: number) => {
      if (!this.playing) return;
      if (!reduced) {
        this.#timeline.seek(this.#timeline.t - (now - last) / runMs);
        last = now;
      } else if (now - last >= stepMs) {
        this.#timeline.step(-1);
        last = now;
      }
      if (this.#timeline.t === 0) this.pause();
      else this.#frame = requestAnimationFrame(advance);
    };
    this.#frame = requestAnimationFrame(advance);
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.#frame);
  }
}

export const playback = new Playback(timeline);
