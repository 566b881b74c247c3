/**
 * A small simulation of many people at a few servers: pictures arrive at random (Poisson), each is a chain of decoder steps, a server
 * runs one batch at a time and waits a little for others to share it. Time in milliseconds. Pure: the same seed, the same outcome.
 */
import { Random } from '../../src/main/engine/model/random.js';

export interface Load {
  users: number;
  /** Between two pictures of one person, on average. */
  everyMs: number;
  /** Decoder steps of a picture, one after the other. */
  steps: number;
  servers: number;
  /** A batch of n rows takes `fixedMs + n · rowMs`. */
  fixedMs: number;
  rowMs: number;
  mostRows: number;
  /** How long the first row of a batch waits for others. */
  queueDelayMs: number;
  /** To a server and back, the bytes of a row included. */
  wireMs: number;
  pictures: number;
  seed: number;
}

export interface Outcome {
  /** From asking to the finished picture. */
  medianMs: number;
  slowest95Ms: number;
  /** Share of the time in which servers computed, 0…1. */
  busy: number;
  rowsPerBatch: number;
  picturesPerSecond: number;
}

interface Picture {
  beganMs: number;
  stepsLeft: number;
}

interface Server {
  waiting: { picture: Picture; sinceMs: number }[];
  freeAtMs: number;
  /** Rows that were sent to it and are not back. */
  outstanding: number;
}

export function simulate(load: Load): Outcome {
  const random = new Random(load.seed, 'noise');
  const servers: Server[] = Array.from({ length: load.servers }, () => ({ waiting: [], freeAtMs: 0, outstanding: 0 }));
  const events = new EventQueue();
  const took: number[] = [];
  let [batches, rows, computedMs, endMs] = [0, 0, 0, 0];

  const send = (picture: Picture, now: number): void => {
    const server = servers.reduce((least, one) => (one.outstanding < least.outstanding ? one : least));
    server.outstanding += 1;
    events.add(now + load.wireMs / 2, (at) => {
      server.waiting.push({ picture, sinceMs: at });
      start(server, at);
      events.add(at + load.queueDelayMs, (later) => start(server, later));
    });
  };
  const start = (server: Server, now: number): void => {
    const [first] = server.waiting;
    if (first === undefined || server.freeAtMs > now) return;
    const isDue = now - first.sinceMs >= load.queueDelayMs || server.waiting.length >= load.mostRows;
    if (!isDue) return;
    const batch = server.waiting.splice(0, load.mostRows);
    const lasts = load.fixedMs + batch.length * load.rowMs;
    server.freeAtMs = now + lasts;
    batches += 1;
    rows += batch.length;
    computedMs += lasts;
    events.add(now + lasts, (at) => {
      server.outstanding -= batch.length;
      for (const { picture } of batch) events.add(at + load.wireMs / 2, (back) => receive(picture, back));
      start(server, at);
    });
  };
  const receive = (picture: Picture, now: number): void => {
    picture.stepsLeft -= 1;
    if (picture.stepsLeft > 0) return send(picture, now);
    took.push(now - picture.beganMs);
    endMs = now;
  };

  let at = 0;
  for (let index = 0; index < load.pictures; index++) {
    at += (-Math.log(1 - random.uniform()) * load.everyMs) / load.users;
    events.add(at, (now) => send({ beganMs: now, stepsLeft: load.steps }, now));
  }
  events.run();
  took.sort((a, b) => a - b);
  return {
    medianMs: took[Math.floor(took.length / 2)]!,
    slowest95Ms: took[Math.floor(took.length * 0.95)]!,
    busy: computedMs / (endMs * load.servers),
    rowsPerBatch: rows / batches,
    picturesPerSecond: (took.length / endMs) * 1000,
  };
}

/** What happens when, earliest first; of the same moment in the order they were added. A binary heap. */
class EventQueue {
  readonly #heap: { at: number; order: number; act: (now: number) => void }[] = [];
  #added = 0;

  add(at: number, act: (now: number) => void): void {
    this.#heap.push({ at, order: this.#added++, act });
    let place = this.#heap.length - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(place, above)) break;
      this.#swap(place, above);
      place = above;
    }
  }

  run(): void {
    while (this.#heap.length > 0) {
      this.#swap(0, this.#heap.length - 1);
      const { at, act } = this.#heap.pop()!;
      this.#sink();
      act(at);
    }
  }

  #sink(): void {
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      let first = place;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
      if (first === place) return;
      this.#swap(place, first);
      place = first;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one]!, this.#heap[other]!];
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const kept = this.#heap[one]!;
    this.#heap[one] = this.#heap[other]!;
    this.#heap[other] = kept;
  }
}
