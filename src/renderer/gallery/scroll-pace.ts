/** How fast a grid is scrolled. Pure but for what it remembers of the steps before. */

/** Pixels in a millisecond: faster than anyone can look at pictures. */
const tooFast = 6;
/** Share of what is in sight that goes at a step, where steps take long. */
const tooFar = 1 / 3;
/** Fast steps in a row that make a fling: a single one is a jump, and its goal is looked at. */
const toFling = 2;
/** Slow steps in a row that end it. */
const toSettle = 3;

export class Pace {
  #top = 0;
  #time = -Infinity;
  /** Steps in a row that speak against what is assumed at present. */
  #against = 0;
  #flung = false;

  /** Whether the grid flies past, now that it has come to `top` at `time` (ms), with `viewport` pixels of it in sight. */
  step(top: number, time: number, viewport: number): boolean {
    const distance = Math.abs(top - this.#top);
    const isFast = distance / Math.max(1, time - this.#time) > tooFast || distance > viewport * tooFar;
    this.#top = top;
    this.#time = time;
    this.#against = isFast === this.#flung ? 0 : this.#against + 1;
    if (this.#against >= (this.#flung ? toSettle : toFling)) {
      this.#flung = isFast;
      this.#against = 0;
    }
    return this.#flung;
  }

  /** It has come to rest. */
  rest(): void {
    this.#flung = false;
    this.#against = 0;
  }
}
