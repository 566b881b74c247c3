/**
 * The language model of a pack on servers of completions: every row is a stream of its own, at the server with the fewest of them. What a
 * server that dies has written stands; another one, or this one once more, goes on behind it.
 */
import { cancelledError, serialiseError, StudioError } from '../../../shared/errors.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import type { ServerReport } from '../../../shared/contract/servers.js';
import { generationIndices } from '../../../shared/tokens/tokens.js';
import { checkpoint } from '../cancellation.js';
import type { ImageWriting, TextsWriting, TokenServer, WrittenId, WrittenToken } from '../model/generate-tokens.js';
import { imageTokenId } from '../model/image-ids.js';
import { Random } from '../model/random.js';
import { statedCertainty } from '../model/stated-certainty.js';
import { complete, type CompletedId, type Completion } from './completions.js';
import type { ServerConnection } from './connection.js';
import { mayTryElsewhere } from './server-errors.js';
import { noteAnswer } from './server-report.js';

/** A server that has the model. */
export interface WritingPlace {
  connection: ServerConnection;
  report: ServerReport;
  /** The last one, and until when it is left alone for it. */
  failure?: unknown;
  restsUntil?: number;
}

/** How long a server that failed is left alone while another one works. */
const restMs = 2_000;

export class CompletionsWriter implements TokenServer {
  constructor(
    private readonly manifest: PackManifest,
    private readonly places: readonly WritingPlace[],
  ) {}

  async *imageTokens(writing: ImageWriting): AsyncGenerator<WrittenToken, void> {
    const { tokens, languageModel } = this.manifest;
    const { variations, kept, guidance, temperature, topK, topP, signal } = writing;
    if (guidance !== 1) throw notGuided(this.manifest.name);
    const { from, count: drafts } = writing.drafts ?? { from: 0, count: 1 };
    const order = generationIndices(tokens.generationOrder, tokens.count);
    const allowed = Array.from({ length: tokens.codebookSize }, (_, code) => imageTokenId(this.manifest, 0, code));
    const offset = languageModel!.imageTokenOffset;
    const { logprobs: told } = languageModel!.completions!;
    const codeOf = (id: number): number | null =>
      id >= offset && id < offset + tokens.codebookSize ? id - offset : null;
    const rows = Array.from({ length: variations * drafts }, (_, row) => {
      const variation = row % variations;
      const random = new Random(writing.seed + variation, 'tokens', from + Math.floor(row / variations));
      const prefix = writing.prefixes[variation % writing.prefixes.length]!;
      return { random, ids: [...prefix], stream: null as Stream | null };
    });
    try {
      for (const [step, index] of order.entries()) {
        await checkpoint(signal);
        const keptCode = kept?.[index] ?? null;
        const written = await Promise.all(
          rows.map(async (row) => {
            if (keptCode !== null) {
              await row.stream?.end();
              row.stream = null;
              row.ids.push(imageTokenId(this.manifest, index, keptCode));
              return { code: keptCode, certainty: given(keptCode) };
            }
            const run = order.slice(step).findIndex((one) => (kept?.[one] ?? null) !== null);
            row.stream ??= new Stream(
              this.places,
              languageModel!.completions!,
              {
                prompt: [...row.ids],
                most: run === -1 ? order.length - step : run,
                allowed,
                temperature,
                topK,
                topP,
                seed: seedOf(row.random),
              },
              signal,
            );
            const next = await row.stream.next();
            if (next === null) throw new Error('A stream ended before it was whole.');
            row.ids.push(next.id);
            return { code: codeOf(next.id)!, certainty: statedCertainty(next.logprobs, { told, codeOf }) };
          }),
        );
        yield {
          index,
          known: step + 1,
          codes: written.map(({ code }) => code),
          certainty: written.map(({ certainty }) => certainty),
        };
      }
    } finally {
      await Promise.all(rows.map(({ stream }) => stream?.end()));
    }
  }

  async *texts({ prefixes, textIds, signal }: TextsWriting): AsyncGenerator<(WrittenId | null)[], void> {
    const { completions, specialTokens, defaults, contextLength } = this.manifest.languageModel!;
    const { end } = specialTokens;
    const longest = Math.max(...prefixes.map(({ length }) => length));
    const most = Math.min(defaults.maxTextTokens, contextLength - longest);
    const completion = { most, allowed: [end, ...textIds], stop: end, temperature: 0, seed: 0 };
    const streams = prefixes.map(
      (prompt) => new Stream(this.places, completions!, { ...completion, prompt: [...prompt] }, signal),
    );
    const ended = prefixes.map(() => false);
    try {
      for (let written = 0; written < most && ended.includes(false); written++) {
        await checkpoint(signal);
        const next = await Promise.all(
          streams.map(async (stream, row): Promise<WrittenId | null> => {
            if (ended[row]) return null;
            const found = await stream.next();
            ended[row] = found === null || found.id === end;
            if (found === null) return { id: end, probability: 1 };
            return { id: found.id, probability: Math.exp(found.logprobs.get(found.id) ?? 0) };
          }),
        );
        yield next;
      }
    } finally {
      await Promise.all(streams.map((stream) => stream.end()));
    }
  }
}

/** How often one row may lose its server. */
const mostFailures = 3;

/** What is written behind one prompt, whichever servers write it. */
class Stream {
  #running: { place: WritingPlace; ids: AsyncGenerator<CompletedId, void> } | null = null;
  readonly #written: number[] = [];
  #failures = 0;

  constructor(
    private readonly places: readonly WritingPlace[],
    private readonly facts: { model: string; logprobs: number },
    private readonly completion: Completion,
    private readonly signal: AbortSignal,
  ) {}

  /** The next id; null: there is no more. Throws `cancelled`, and what the last server that failed threw. */
  async next(): Promise<CompletedId | null> {
    for (;;) {
      if (this.#written.length === this.completion.most) return null;
      const running = (this.#running ??= this.#begin());
      const began = performance.now();
      try {
        const { value, done } = await running.ids.next();
        if (done === true) return await this.end().then(() => null);
        this.#written.push(value.id);
        const { report } = running.place;
        report.state = 'working';
        report.problem = null;
        noteAnswer(report, 1, performance.now() - began);
        return value;
      } catch (error) {
        await this.end();
        if (this.signal.aborted) throw cancelledError();
        if (!mayTryElsewhere(error)) throw error;
        noteFailure(running.place, error);
        if (++this.#failures >= mostFailures) throw error;
      }
    }
  }

  async end(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.place.report.outstanding -= 1;
    await running.ids.return(undefined);
  }

  #begin(): { place: WritingPlace; ids: AsyncGenerator<CompletedId, void> } {
    const { prompt, most, seed } = this.completion;
    const asked = this.places.filter(({ report }) => report.state !== 'refused');
    if (asked.length === 0) throw this.places.at(-1)!.failure;
    const rested = asked.filter(({ restsUntil = 0 }) => performance.now() >= restsUntil);
    const usable = rested.length > 0 ? rested : asked;
    const place = usable.reduce((least, one) => (one.report.outstanding < least.report.outstanding ? one : least));
    place.report.outstanding += 1;
    const rest = {
      ...this.completion,
      prompt: [...prompt, ...this.#written],
      most: most - this.#written.length,
      // The chance of what was written is used up.
      seed: (seed + this.#written.length) % 2 ** 31,
    };
    return { place, ids: complete(place.connection, this.facts, rest, this.signal) };
  }
}

function noteFailure(place: WritingPlace, error: unknown): void {
  const { code, message } = serialiseError(error);
  place.report.state = code === 'server-unreachable' ? 'resting' : 'refused';
  place.report.problem = message;
  place.failure = error;
  place.restsUntil = performance.now() + restMs;
}

/** A token that was given, not written. */
function given(code: number): WrittenToken['certainty'][number] {
  return { entropy: 0, alternatives: [{ code, probability: 1 }] };
}

function seedOf(random: Random): number {
  return Math.floor(random.uniform() * 2 ** 31);
}

function notGuided(name: string): StudioError {
  return new StudioError(
    'task-unsupported',
    `The language model of ${name} runs on a server of completions, which cannot be guided by text.`,
    'Set the guidance by text to 1.',
  );
}
