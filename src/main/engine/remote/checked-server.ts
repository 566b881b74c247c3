/** A server that was found to run this pack: asked and checked before anything is trusted to it. */
import { z } from 'zod';
import { isCancelled, StudioError } from '../../../shared/errors.js';
import { parseJson } from '../../../shared/json.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import type { GraphTensor, TensorDescription } from '../model/graph.js';
import { rowsOf } from '../model/rows.js';
import { brokenGraphRule } from '../pack/graph-contract.js';
import { connectionLimits, type ServerConnection } from './connection.js';
import { modelName, packHash, packParameter, remoteGraphsOf, usualBatch, type RemoteGraphName } from './graphs.js';
import { readAnswer, typeOfDatatype, writeRequest } from './message.js';
import { unsuitable } from './server-errors.js';

export interface CheckedServer {
  url: string;
  /** What it calls itself, `triton 2.60.0`. */
  product: string;
  graphs: ReadonlyMap<RemoteGraphName, RemoteModel>;
  /** Throws `server-unreachable`, `server-refused`, `server-unsuitable` or `cancelled`. */
  infer: (
    graph: RemoteGraphName,
    feeds: Readonly<Record<string, GraphTensor>>,
    signal?: AbortSignal,
  ) => Promise<Record<string, GraphTensor>>;
  close: () => Promise<void>;
}

export interface RemoteModel {
  inputs: TensorDescription[];
  outputs: TensorDescription[];
  /** Rows of one request. */
  mostRows: number;
}

const text = z.string().max(500);
const serverForm = z.object({ name: text, version: text, extensions: z.array(text).max(100).nullish() });
const tensorForm = z.object({ name: text, datatype: text, shape: z.array(z.int().min(-1)).max(8) });
/** Triton's configuration writes a value as `{ string_value }`, others as it is; of any other form it states none. */
const parameterForm = z
  .object({
    [packParameter]: z
      .union([text, z.object({ string_value: text })])
      .optional()
      .catch(undefined),
  })
  .nullish();
const modelForm = z.object({
  name: text,
  inputs: z.array(tensorForm).max(64),
  outputs: z.array(tensorForm).max(64),
  parameters: parameterForm,
});
const configForm = z.object({ max_batch_size: z.int().min(0).default(0), parameters: parameterForm });

export interface CheckOptions {
  askMs?: number | undefined;
  inferMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Asks whether the server is ready and runs every graph of the pack that servers run, with the pack's own hash, names, types and
 * shapes. Throws `server-unreachable`, `server-refused` or `server-unsuitable`, naming server and graph.
 */
export async function checkServer(
  connection: ServerConnection,
  manifest: PackManifest,
  options: CheckOptions = {},
): Promise<CheckedServer> {
  const server = new AskedServer(connection, options);
  const { name, version, extensions: stated } = await server.fact('v2', 'its description', serverForm);
  const extensions = stated ?? [];
  await server.ready('v2/health/ready', 'work');
  const graphs = new Map<RemoteGraphName, RemoteModel>();
  for (const graph of remoteGraphsOf(manifest)) {
    graphs.set(graph, await checkModel(server, manifest, graph, extensions.includes('model_configuration')));
  }
  const binary = extensions.some((one) => one === 'binary_tensor_data' || one === 'binary_data');
  const { inferMs = connectionLimits.inferMs } = options;
  return {
    url: connection.url,
    product: `${name} ${version}`.slice(0, 60),
    graphs,
    infer: async (graph, feeds, signal) => {
      const model = graphs.get(graph)!;
      const { body, headers } = writeRequest(asSent(feeds, model), outputNames(model), binary);
      const { body: answered, headerLength } = await connection.ask({
        path: `v2/models/${modelName(manifest, graph)}/infer`,
        doing: `the ${graph} graph`,
        body,
        headers,
        timeoutMs: inferMs,
        maxBytes: connectionLimits.answerBytes,
        signal,
      });
      return checkedAnswer(connection.url, graph, model, manifest, rowsOf(feeds), () =>
        readAnswer(answered, headerLength),
      );
    },
    close: () => connection.close(),
  };
}

class AskedServer {
  constructor(
    readonly connection: ServerConnection,
    private readonly options: CheckOptions,
  ) {}

  async fact<Value>(path: string, doing: string, form: z.ZodType<Value>): Promise<Value> {
    const { body } = await this.#ask(path, doing);
    try {
      const parsed = form.safeParse(
        parseJson(body.toString('utf8'), { characters: body.length, depth: 32, keys: 'any' }),
      );
      if (parsed.success) return parsed.data;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw unsuitable(this.connection.url, `does not speak the Open Inference Protocol (KServe v2): ${doing} is none`);
  }

  /** An answer that is a success says yes; what stands in it is not part of the protocol. */
  async ready(path: string, what: string): Promise<void> {
    try {
      await this.#ask(path, what);
    } catch (error) {
      // What has a cause is a call that failed, and what is refused wants a token; everything else is an answer, of whatever status.
      if (!(error instanceof StudioError) || error.cause !== undefined || error.code === 'server-refused') throw error;
      if (isCancelled(error)) throw error;
      throw unsuitable(this.connection.url, `is not ready for ${what}`, error.message);
    }
  }

  #ask(path: string, doing: string) {
    return this.connection.ask({
      path,
      doing,
      timeoutMs: this.options.askMs ?? connectionLimits.askMs,
      maxBytes: connectionLimits.factBytes,
      signal: this.options.signal,
    });
  }
}

async function checkModel(
  server: AskedServer,
  manifest: PackManifest,
  graph: RemoteGraphName,
  hasConfiguration: boolean,
): Promise<RemoteModel> {
  const path = `v2/models/${modelName(manifest, graph)}`;
  const { url } = server.connection;
  const described = await server.fact(path, `the ${graph} graph`, modelForm);
  await server.ready(`${path}/ready`, `the ${graph} graph`);
  const configured = hasConfiguration
    ? await server.fact(`${path}/config`, `the configuration of the ${graph} graph`, configForm)
    : null;
  const stated = parameterOf(configured?.parameters) ?? parameterOf(described.parameters);
  if (stated === null) throw unsuitable(url, `does not say from which pack its ${graph} graph is`);
  const expected = packHash(manifest);
  if (stated !== expected) {
    throw unsuitable(
      url,
      `has the ${graph} graph of another pack than ${manifest.name} ${manifest.version}`,
      `It states ${stated.slice(0, 64)}, the pack is ${expected}.`,
    );
  }
  const model: RemoteModel = {
    inputs: described.inputs.map(asDescribed),
    outputs: described.outputs.map(asDescribed),
    mostRows: configured === null || configured.max_batch_size === 0 ? usualBatch : configured.max_batch_size,
  };
  const rule = brokenGraphRule(
    { name: graph, inputs: model.inputs.map(withoutTail), outputs: model.outputs },
    manifest,
  );
  if (rule !== null) throw unsuitable(url, `has a ${graph} graph that ${rule.split('. ')[0]!}`, rule);
  return model;
}

function parameterOf(parameters: z.infer<typeof parameterForm>): string | null {
  const value = parameters?.[packParameter];
  return (typeof value === 'object' ? value.string_value : value) ?? null;
}

function asDescribed({ name, datatype, shape }: z.infer<typeof tensorForm>): TensorDescription {
  return { name, type: typeOfDatatype(datatype), shape: shape.map((size) => (size === -1 ? 'any' : size)) };
}

/** Triton knows no tensor of rows alone: the times [B] are [B, 1] on its side. */
function isTailed({ name, shape }: TensorDescription): boolean {
  return name === 't' && shape.length === 2 && shape[1] === 1;
}

function withoutTail(tensor: TensorDescription): TensorDescription {
  return isTailed(tensor) ? { ...tensor, shape: tensor.shape.slice(0, 1) } : tensor;
}

/** Only what the graph takes, in the shapes it is described with. */
function asSent(feeds: Readonly<Record<string, GraphTensor>>, { inputs }: RemoteModel): Record<string, GraphTensor> {
  return Object.fromEntries(
    inputs.map((input) => {
      const tensor = feeds[input.name]!;
      return [input.name, isTailed(input) ? { ...tensor, dims: [...tensor.dims, 1] } : tensor];
    }),
  );
}

function outputNames({ outputs }: RemoteModel): string[] {
  return outputs.map(({ name }) => name);
}

/** Throws `server-unsuitable` for anything that this graph of this pack would not answer. */
function checkedAnswer(
  url: string,
  graph: RemoteGraphName,
  model: RemoteModel,
  manifest: PackManifest,
  rows: number,
  read: () => Map<string, GraphTensor>,
): Record<string, GraphTensor> {
  const refuse = (fault: string, detail?: string): StudioError =>
    unsuitable(url, `gave an answer of the ${graph} graph that cannot be used: ${fault}`, detail);
  let found: Map<string, GraphTensor>;
  try {
    found = read();
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  // The contract leaves open how many rows there are; whoever asked does not.
  const answered = [...found].map(([name, { type, dims }]): TensorDescription => ({
    name,
    type,
    shape: [dims[0] === rows ? 'rows' : -1, ...dims.slice(1)],
  }));
  const inputs = model.inputs.map(withoutTail);
  const rule = brokenGraphRule({ name: graph, inputs, outputs: answered }, manifest);
  if (rule !== null) throw refuse(`it ${rule.split('. ')[0]!}`, rule);
  for (const [name, { data }] of found) {
    if (data instanceof Float32Array && !data.every(Number.isFinite)) throw refuse(`${name} holds what is no number`);
    const last = BigInt(manifest.tokens.codebookSize);
    if (data instanceof BigInt64Array && !data.every((code) => code >= 0n && code < last)) {
      throw refuse(`${name} holds no codes of this pack`);
    }
  }
  return Object.fromEntries(found);
}
