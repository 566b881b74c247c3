/**
 * A pack as a model repository of NVIDIA's Triton: a folder for each graph that servers run, with `config.pbtxt` and version `1`.
 * https://github.com/triton-inference-server/server/blob/main/docs/user_guide/model_configuration.md
 */
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { StudioError } from '../../shared/errors.js';
import type { PackManifest } from '../../shared/packs/pack.js';
import type { TensorDescription } from '../engine/model/graph.js';
import { loadOnnxRuntime, openGraph } from '../engine/model/session.js';
import { SessionClock } from '../engine/model/graph.js';
import { externalDataOf } from '../engine/pack/external-data.js';
import { loadPack, packId, type CheckedPack } from '../engine/pack/pack.js';
import {
  modelName,
  packHash,
  packParameter,
  remoteGraphsOf,
  usualBatch,
  type RemoteGraphName,
} from '../engine/remote/graphs.js';
import { writingError } from '../storage/database/storage-errors.js';

export interface TritonChoices {
  /** Copies of each graph that run side by side, 1…64. */
  instances: number;
  /** How long a request may wait for others to share a batch with, microseconds. */
  queueDelay: number;
  /** Models of the same names are replaced. */
  replace: boolean;
}

export interface TritonRepository {
  pack: string;
  hash: string;
  directory: string;
  models: string[];
}

/**
 * Each model is written beside its goal and renamed, so that a server that watches the folder never sees half of one. Throws what
 * loading the pack throws, `bad-request` when a model is there already, `disk-full` and `place-unwritable`.
 */
export async function exportTriton(
  packDirectory: string,
  directory: string,
  choices: TritonChoices,
): Promise<TritonRepository> {
  const pack = await loadPack(packDirectory);
  const { manifest } = pack;
  const root = resolve(directory);
  const graphs = remoteGraphsOf(manifest);
  const models = graphs.map((graph) => modelName(manifest, graph));
  const present = new Set(await readdir(root).catch((): string[] => []));
  const taken = models.find((model) => present.has(model));
  if (taken !== undefined && !choices.replace) {
    throw new StudioError(
      'bad-request',
      `${join(directory, taken)} is there already; nothing was written.`,
      'Name another folder, or run the command again with --replace.',
    );
  }
  const runtime = await loadOnnxRuntime();
  for (const graph of graphs) {
    // Opened once, so that types and shapes come from the graph itself.
    const opened = await openGraph(runtime, pack, graph, { provider: 'cpu', threads: 1, clock: new SessionClock() });
    const config = tritonConfig(manifest, graph, opened, choices);
    await opened.dispose();
    await writeModel(pack, graph, root, config);
  }
  return { pack: packId(manifest), hash: packHash(manifest), directory: root, models };
}

async function writeModel(pack: CheckedPack, graph: RemoteGraphName, root: string, config: string): Promise<void> {
  const goal = join(root, modelName(pack.manifest, graph));
  const unfinished = join(root, `.${modelName(pack.manifest, graph)}.new`);
  try {
    await rm(unfinished, { recursive: true, force: true });
    const version = join(unfinished, '1');
    await mkdir(version, { recursive: true });
    const path = pack.graphPath(graph)!;
    await copyFile(path, join(version, 'model.onnx'));
    // The graph names them relative to itself, so they keep their places.
    for (const name of await externalDataOf(path)) {
      const outside = join(version, ...name.split(posix.sep));
      await mkdir(dirname(outside), { recursive: true });
      await copyFile(join(dirname(path), name), outside);
    }
    await writeFile(join(unfinished, 'config.pbtxt'), config);
    await rm(goal, { recursive: true, force: true });
    await rename(unfinished, goal);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw writingError(goal, error, 'the model repository was not finished');
  }
}

/** The text of `config.pbtxt`. */
export function tritonConfig(
  manifest: PackManifest,
  graph: RemoteGraphName,
  { inputs, outputs }: { inputs: readonly TensorDescription[]; outputs: readonly TensorDescription[] },
  { instances, queueDelay }: Pick<TritonChoices, 'instances' | 'queueDelay'>,
): string {
  const most = manifest.limits?.rows ?? usualBatch;
  const tensors = (kind: string, all: readonly TensorDescription[]): string =>
    `${kind} [\n${all.map((tensor) => `  {\n${tensorLines(tensor)}\n  }`).join(',\n')}\n]`;
  return `${[
    `# ${packId(manifest)}, written by “ddt-studio packs export --triton”.`,
    `name: ${quoted(modelName(manifest, graph))}`,
    'backend: "onnxruntime"',
    `max_batch_size: ${most}`,
    tensors('input', inputs),
    tensors('output', outputs),
    `dynamic_batching { max_queue_delay_microseconds: ${queueDelay} }`,
    `instance_group [ { count: ${instances} kind: KIND_AUTO } ]`,
    `parameters { key: ${quoted(packParameter)} value { string_value: ${quoted(packHash(manifest))} } }`,
  ].join('\n')}\n`;
}

const dataTypes: Record<string, string> = { float32: 'TYPE_FP32', int64: 'TYPE_INT64', bool: 'TYPE_BOOL' };

/** Triton counts the rows itself; a tensor of rows alone has to be called [1] and given back its shape. */
function tensorLines({ name, type, shape }: TensorDescription): string {
  const sides = shape.slice(1).map((size) => (typeof size === 'number' ? size : -1));
  const lines = [`    name: ${quoted(name)}`, `    data_type: ${dataTypes[type]!}`];
  if (sides.length > 0) lines.push(`    dims: [ ${sides.join(', ')} ]`);
  else lines.push('    dims: [ 1 ]', '    reshape { shape: [ ] }');
  return lines.join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
