/**
 * The same graphs with the same inputs and threads in the studio's engine, in onnxruntime under Python, and what they were made from in
 * PyTorch, eager and compiled. Runtimes take turns, run by run, so that whatever else the machine does meets all of them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cancelledError, StudioError } from '../../../src/shared/errors.js';
import { SessionClock, type Graph, type GraphTensor } from '../../../src/main/engine/model/graph.js';
import { LanguageModel } from '../../../src/main/engine/model/language-model.js';
import { loadOnnxRuntime, openGraph, type OnnxRuntime } from '../../../src/main/engine/model/session.js';
import { TextTokenizer } from '../../../src/main/engine/model/text-tokenizer.js';
import { loadPack, readTokenizer, type CheckedPack } from '../../../src/main/engine/pack/pack.js';
import type { CommandContext } from '../../../src/main/cli/context.js';
import { findPack } from '../../../src/main/cli/packs.js';
import { casesOf, storeCase, type Case, type StoredTensor } from './cases.js';
import { PythonSide, type StoredCase } from './python-side.js';
import { ours, type RuntimeFigure } from './ratio-table.js';

export interface RuntimesOptions {
  pack?: string;
  threads: number;
  runs: number;
  /** The Python that runs training/speed. */
  python: string;
  /** Arguments of the converter that made the pack, its name first; none for a pack that was trained here. */
  original: readonly string[];
  /** Tokens that the language model writes, at most. */
  tokens: number;
}

export interface RuntimesReport {
  pack: string;
  versions: Record<string, string>;
  figures: RuntimeFigure[];
}

/** Threads of a runtime that has just run may still spin for the next piece of work, on the cores the next one needs. */
const restMs = 250;

const root = join(import.meta.dirname, '..', '..');

/** Throws what opening the pack throws, `engine-failed` where Python cannot be had, and `cancelled`. */
export async function benchRuntimes(context: CommandContext, options: RuntimesOptions): Promise<RuntimesReport> {
  const pack = await loadPack(await findPack(options.pack));
  const runtime = await loadOnnxRuntime();
  const tokenizer = pack.manifest.languageModel === undefined ? null : new TextTokenizer(await readTokenizer(pack));
  const folder = mkdtempSync(join(tmpdir(), 'ddt-runtimes-'));
  const python = new PythonSide(options.python, root, context.signal);
  try {
    const { once, writing, versions, missing } = await python.open(pack.directory, options.threads, options.original);
    const figures: RuntimeFigure[] = [];
    for (const one of casesOf(pack.manifest, tokenizer, options.tokens)) {
      const bench = new CaseBench(context, one, pack, options.runs);
      const graph = await openGraph(runtime, pack, one.graph, {
        provider: 'cpu',
        threads: options.threads,
        clock: new SessionClock(),
      });
      try {
        figures.push(...(await bench.measure(graph, python, folder, one.writes === undefined ? once : writing)));
      } finally {
        await graph.dispose();
      }
      for (const [name, reason] of Object.entries(missing)) figures.push(bench.without(name, reason));
    }
    return { pack: pack.summary.id, versions: { ...versions, ...ownVersions(runtime) }, figures };
  } finally {
    await python.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownVersions(runtime: OnnxRuntime): Record<string, string> {
  return { node: process.version, 'onnxruntime-node': runtime.env.versions.node ?? 'unknown' };
}

class CaseBench {
  private readonly steps: number;

  constructor(
    private readonly context: CommandContext,
    private readonly one: Case,
    private readonly pack: CheckedPack,
    private readonly runs: number,
  ) {
    this.steps = 1 + (one.writes?.following[0]!.length ?? 0);
  }

  without(runtime: string, reason: string): RuntimeFigure {
    return { case: this.one.name, runtime, runs: [], apart: null, steps: this.steps, reason };
  }

  /** A warm-up of each, whose answers are compared, then `runs` rounds in which each runs once. */
  async measure(
    graph: Graph,
    python: PythonSide,
    folder: string,
    runtimes: readonly string[],
  ): Promise<RuntimeFigure[]> {
    const { name, graph: kind, inputs } = this.one;
    const stored: StoredCase = { name, graph: kind, inputs, tensors: storeCase(this.one, folder) };
    const answer = (await this.#ownRun(graph)).answer;
    const figures = new Map<string, RuntimeFigure & { runs: number[] }>();
    const begin = (runtime: string, apart: RuntimeFigure['apart']): void =>
      void figures.set(runtime, { case: name, runtime, runs: [], apart, steps: this.steps });
    begin(ours, null);
    const failures: RuntimeFigure[] = [];
    for (const runtime of runtimes) {
      this.context.output.note(`${name}: ${runtime} gets ready`);
      try {
        const first = await python.run(runtime, stored);
        begin(runtime, difference(answer, readStored(first.answer!)));
      } catch (error) {
        if (!(error instanceof StudioError) || this.context.signal.aborted) throw error;
        failures.push(this.without(runtime, error.message));
      }
    }
    for (let round = 1; round <= this.runs; round++) {
      this.context.output.note(`${name}: round ${round} of ${this.runs}`);
      for (const [runtime, figure] of figures) {
        if (this.context.signal.aborted) throw cancelledError();
        await pause(restMs);
        const { ms } = runtime === ours ? await this.#ownRun(graph) : await python.run(runtime, stored);
        figure.runs.push(ms);
      }
    }
    return [...figures.values(), ...failures];
  }

  async #ownRun(graph: Graph): Promise<{ ms: number; answer: GraphTensor }> {
    const { writes, feeds } = this.one;
    const started = performance.now();
    if (writes === undefined) {
      const outputs = await graph.run(feeds);
      return { ms: performance.now() - started, answer: Object.values(outputs)[0]! };
    }
    const { languageModel, tokens } = this.pack.manifest;
    const model = new LanguageModel(graph, languageModel!);
    let state = await model.read(writes.prefixes);
    for (let step = 0; step + 1 < this.steps; step++)
      state = await model.append(
        state,
        writes.following.map((row) => row[step]!),
      );
    const ms = performance.now() - started;
    const from = languageModel!.imageTokenOffset;
    const logits = state.logits.flatMap((row) => [...row.subarray(from, from + tokens.codebookSize)]);
    return {
      ms,
      answer: { type: 'float32', data: Float32Array.from(logits), dims: [state.logits.length, tokens.codebookSize] },
    };
  }
}

function readStored({ file, type, shape }: StoredTensor): GraphTensor {
  const bytes = readFileSync(file);
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return { type, data: type === 'int64' ? new BigInt64Array(whole) : new Float32Array(whole), dims: shape };
}

/** Throws where the answers are not of one kind and length: then it was not the same work. */
export function difference(own: GraphTensor, other: GraphTensor): NonNullable<RuntimeFigure['apart']> {
  if (own.type !== other.type || own.data.length !== other.data.length)
    throw new StudioError(
      'engine-failed',
      `It answers with ${other.data.length} ${other.type}, not ${own.data.length} ${own.type}.`,
      'Name what the pack was made from.',
    );
  if (own.data instanceof BigInt64Array && other.data instanceof BigInt64Array) {
    const codes = other.data;
    return { largest: own.data.filter((code, at) => code !== codes[at]).length, scale: own.data.length, counted: true };
  }
  const [values, found] = [own.data as Float32Array, other.data as Float32Array];
  let [largest, scale] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    const apart = Math.abs(values[at]! - found[at]!);
    largest = Number.isNaN(apart) ? Infinity : Math.max(largest, apart);
    scale = Math.max(scale, Math.abs(values[at]!));
  }
  return { largest, scale, counted: false };
}
