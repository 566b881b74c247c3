/** ONNX sessions: opened on one provider, checked against the contract, timed. The only file that touches onnxruntime. */
import type * as Onnx from 'onnxruntime-node';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { StudioError } from '../../../shared/errors.js';
import type { GraphName } from '../../../shared/packs/pack.js';
import { brokenGraphRule } from '../pack/graph-contract.js';
import { executionProvider } from './devices.js';
import type { Graph, Graphs, GraphTensor, SessionClock, TensorDescription } from './graph.js';
import { packError, type CheckedPack } from '../pack/pack.js';
import { damaged } from '../pack/pack-files.js';
import type { ProviderFacts } from './providers.js';
import { isOutOfMemory, tooLargeToOpen } from './row-limit.js';
import { bundledModule, nativeFolder } from './runtime-module.js';

export type OnnxRuntime = typeof Onnx;

/** Loaded on first use: 140 ms and a native library that the command line's pack commands do without. */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  const module = addedRuntime();
  if (module !== null) {
    try {
      return createRequire(import.meta.url)(module) as OnnxRuntime;
    } catch (error) {
      console.warn('The runtime that was added cannot be loaded; the studio’s own is used:', error);
      delete process.env['DDT_STUDIO_RUNTIME'];
    }
  }
  const loaded = (await import('onnxruntime-node')) as OnnxRuntime & { default?: OnnxRuntime };
  return loaded.default ?? loaded;
}

/** A copy of onnxruntime-node with more providers, named by whoever started this process; null where there is none. */
function addedRuntime(): string | null {
  return process.env['DDT_STUDIO_RUNTIME'] ?? null;
}

/** What can be known about providers without trying them. */
export async function providerFacts(runtime: OnnxRuntime): Promise<Omit<ProviderFacts, 'requested'>> {
  const backends = runtime.listSupportedBackends();
  const present = await readdir(nativeFolder(addedRuntime() ?? bundledModule())).catch((): string[] => []);
  const added = backends.filter(({ name }) => present.includes(`libonnxruntime_providers_${name}.so`));
  return {
    backends,
    added: added.map(({ name }) => name),
    graphicsDevice: await hasGraphicsDevice(),
    platform: process.platform,
  };
}

/** Linux shows graphics devices as files; elsewhere the runtime itself answers quickly. */
async function hasGraphicsDevice(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const [devices, renderers] = await Promise.all([
    readdir('/dev').catch((): string[] => []),
    readdir('/dev/dri').catch((): string[] => []),
  ]);
  return (
    devices.some((name) => name === 'nvidia0' || name === 'dxg') || renderers.some((name) => name.startsWith('renderD'))
  );
}

export interface SessionSettings {
  /** `cuda`, or `cuda:1` for the second device. */
  provider: string;
  threads: number;
  clock: SessionClock;
}

/**
 * Opens one graph. Throws `pack-damaged` when the file is no graph, breaks the contract or is not what was checked, `memory-full`, and what the runtime throws when
 * the provider cannot be had.
 */
export async function openGraph(
  runtime: OnnxRuntime,
  pack: CheckedPack,
  name: GraphName,
  settings: SessionSettings,
): Promise<Graph> {
  const path = pack.graphPath(name)!;
  await pack.assertUnchanged(name);
  const session = await createSession(runtime, path, settings).catch((error: unknown) => {
    if (settings.provider !== 'cpu') throw error;
    if (isOutOfMemory(error)) throw tooLargeToOpen(name, error);
    // Any other graph opens on the CPU unless its bytes are wrong.
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw packError(pack.directory, damaged(basename(path), `is not a graph this studio can open (${reason})`));
  });
  const graph = new OnnxGraph(runtime, name, session, settings.clock);
  const broken = brokenGraphRule(graph, pack.manifest);
  if (broken === null) return graph;
  await graph.dispose();
  throw packError(pack.directory, damaged(basename(path), broken));
}

export async function disposeAll(graphs: Graphs): Promise<void> {
  for (const graph of Object.values(graphs)) await graph.dispose();
}

function createSession(runtime: OnnxRuntime, path: string, settings: SessionSettings): Promise<Onnx.InferenceSession> {
  return runtime.InferenceSession.create(path, {
    executionProviders: [executionProvider(settings.provider)],
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Threads that spin while they wait slow everything down as soon as another program wants a core: measured with two
    // busy neighbours, one evaluation of the decoder takes 41 ms waiting quietly and 78 ms spinning.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    // Failures reach us as exceptions; the runtime's own lines on stderr would only repeat them.
    logSeverityLevel: 4,
  });
}

class OnnxGraph implements Graph {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];

  constructor(
    private readonly runtime: OnnxRuntime,
    readonly name: GraphName,
    private readonly session: Onnx.InferenceSession,
    private readonly clock: SessionClock,
  ) {
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
  }

  async run(feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>> {
    const { Tensor } = this.runtime;
    const tensors: Record<string, Onnx.Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) {
      tensors[name] =
        tensor instanceof Tensor
          ? tensor
          : new Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims);
    }
    const started = performance.now();
    try {
      return (await this.session.run(tensors)) as Record<string, GraphTensor>;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StudioError(
        'engine-failed',
        `The model’s ${this.name} graph failed while running.`,
        'Try again with fewer variations; if it fails again, choose the CPU or another pack.',
        { detail: reason, cause: error },
      );
    } finally {
      this.clock.milliseconds += performance.now() - started;
    }
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

function describe(metadata: Onnx.InferenceSession.ValueMetadata): TensorDescription {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: metadata.shape }
    : { name: metadata.name, type: 'not a tensor', shape: [] };
}
