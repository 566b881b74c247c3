/**
 * A strict stand-in for a server of the Open Inference Protocol: it refuses every request in which a field is missing, unknown or wrong,
 * runs the graphs it is given, and can misbehave on purpose.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Graph, Graphs, GraphTensor, TensorDescription } from '../../src/main/engine/model/graph.js';
import { modelName, packHash, packParameter } from '../../src/main/engine/remote/graphs.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';

export type Fault =
  'wrong shape' | 'wrong type' | 'nan' | 'nothing' | 'hang up' | 'busy' | 'html' | 'cut off' | 'wrong code' | 'empty';

export interface InferenceServerOptions {
  manifest: PackManifest;
  graphs: Graphs;
  token?: string;
  /** Null: it states none. */
  hash?: string | null;
  /** Absent: the binary tensor extension and the model configuration, as Triton has them. */
  extensions?: string[];
  maxBatch?: number;
  tls?: { key: string; cert: string };
  /** The status with which it says that it is not ready; absent: it is. */
  notReady?: number;
  /** It answers no request before this. */
  gate?: Promise<void>;
}

const datatypes: Record<string, string> = { float32: 'FP32', int64: 'INT64', bool: 'BOOL' };
const sizes: Record<string, number> = { FP32: 4, INT64: 8, BOOL: 1 };

export class InferenceServer {
  url = '';
  /** What it does wrong from now on. */
  fault: Fault | null = null;
  /** Rows that were run, by graph. */
  readonly rows: Record<string, number> = {};
  requests = 0;
  /** Called after each answer. */
  onAnswer = (): void => {};
  /** Every rule of the protocol that a request broke. */
  readonly broken: string[] = [];
  readonly #options: InferenceServerOptions;
  readonly #server: ReturnType<typeof createServer>;

  constructor(options: InferenceServerOptions) {
    this.#options = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => {
        this.broken.push(String(error));
        send(response, 400, { error: String(error) });
      });
    };
    this.#server = options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.url = this.#options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  get #extensions(): string[] {
    return this.#options.extensions ?? ['binary_tensor_data', 'model_configuration'];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { token, notReady } = this.#options;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return send(response, 401, { error: `not ${request.headers.authorization ?? 'anybody'}` });
    }
    if (this.fault === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello</p>');
    const path = request.url ?? '';
    if (request.method === 'GET') {
      if (path === '/v2') return send(response, 200, { name: 'stand-in', version: '1', extensions: this.#extensions });
      if (path === '/v2/health/ready') return send(response, notReady ?? 200, {});
    }
    const [, name, rest] = /^\/v2\/models\/([^/]+)(?:\/(ready|config|infer))?$/.exec(path) ?? [];
    const graph = Object.values(this.#options.graphs).find(
      (one) => modelName(this.#options.manifest, one.name) === name,
    );
    if (graph === undefined) return send(response, 404, { error: `Request for unknown model: ${name ?? path}` });
    if (request.method === 'GET' && rest !== 'infer') return this.#describe(graph, rest, response);
    if (request.method !== 'POST' || rest !== 'infer') throw new Error(`${request.method ?? ''} ${path} is no request`);
    this.requests += 1;
    await this.#options.gate;
    if (this.fault === 'nothing') return;
    if (this.fault === 'hang up') return void response.destroy();
    if (this.fault === 'empty') return void response.writeHead(200).end();
    if (this.fault === 'busy') return send(response, 503, { error: 'no room' });
    await this.#infer(graph, Buffer.concat(chunks), request, response);
  }

  #describe(graph: Graph, what: string | undefined, response: ServerResponse): void {
    const { manifest, hash = packHash(manifest), maxBatch = 4 } = this.#options;
    if (what === 'ready') return send(response, 200, {});
    if (what === 'config') {
      if (!this.#extensions.includes('model_configuration')) return send(response, 404, { error: 'not found' });
      const parameters = hash === null ? {} : { [packParameter]: { string_value: hash } };
      return send(response, 200, { name: modelName(manifest, graph.name), max_batch_size: maxBatch, parameters });
    }
    const told = ({ name, type, shape }: TensorDescription) => ({
      name,
      datatype: datatypes[type],
      shape: [...shape.map((size) => (typeof size === 'number' ? size : -1)), ...(name === 't' ? [1] : [])],
    });
    const parameters = this.#extensions.length > 0 || hash === null ? {} : { parameters: { [packParameter]: hash } };
    const described = { inputs: graph.inputs.map(told), outputs: graph.outputs.map(told) };
    send(response, 200, { name: modelName(manifest, graph.name), platform: 'stand-in', ...described, ...parameters });
  }

  async #infer(graph: Graph, body: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isBinary = this.#extensions.includes('binary_tensor_data');
    const stated = request.headers['inference-header-content-length'];
    if (isBinary !== (stated !== undefined))
      throw new Error('the header length is there and should not be, or missing');
    const length = stated === undefined ? body.length : Number(stated);
    const header = JSON.parse(body.toString('utf8', 0, length)) as Record<string, unknown>;
    onlyKeys(header, ['inputs', 'outputs']);
    const feeds: Record<string, GraphTensor> = {};
    let at = length;
    for (const input of header['inputs'] as Record<string, unknown>[]) {
      onlyKeys(input, ['name', 'shape', 'datatype', isBinary ? 'parameters' : 'data']);
      const { name, datatype } = input as { name: string; datatype: string };
      const shape = input['shape'] as number[];
      const described = graph.inputs.find((one) => one.name === name);
      if (described === undefined || datatypes[described.type] !== datatype) throw new Error(`${name} is ${datatype}`);
      const rank = described.shape.length + (name === 't' ? 1 : 0);
      if (shape.length !== rank) throw new Error(`${name} has ${shape.length} dimensions`);
      const count = shape.reduce((product, side) => product * side, 1);
      let bytes: Uint8Array;
      if (isBinary) {
        const { binary_data_size: size } = input['parameters'] as { binary_data_size: number };
        if (size !== count * sizes[datatype]!) throw new Error(`${name} has ${size} bytes`);
        bytes = new Uint8Array(body.subarray(at, at + size));
        at += size;
      } else bytes = bytesOf(datatype, input['data'] as number[]);
      feeds[name] = {
        type: described.type,
        data: dataOf(datatype, bytes),
        dims: shape.slice(0, described.shape.length),
      };
    }
    if (at !== body.length) throw new Error(`${body.length - at} bytes too many`);
    if (Object.keys(feeds).length !== graph.inputs.length) throw new Error('an input is missing');
    for (const output of header['outputs'] as Record<string, unknown>[]) {
      onlyKeys(output, isBinary ? ['name', 'parameters'] : ['name']);
      if (!graph.outputs.some(({ name }) => name === output['name'])) throw new Error('an output nobody knows');
    }
    const rows = Object.values(feeds)[0]!.dims[0]!;
    if (this.#extensions.includes('model_configuration') && rows > (this.#options.maxBatch ?? 4))
      throw new Error(`${rows} rows are too many`);
    const answer = await graph.run(feeds);
    this.rows[graph.name] = (this.rows[graph.name] ?? 0) + rows;
    this.#send(graph, answer, isBinary, response);
    this.onAnswer();
  }

  #send(graph: Graph, answer: Record<string, GraphTensor>, isBinary: boolean, response: ServerResponse): void {
    const outputs = graph.outputs.map(({ name }) => this.#spoiled(answer[name]!, name));
    const told = {
      model_name: graph.name,
      model_version: '1',
      outputs: outputs.map(({ name, datatype, dims, bytes }) => ({
        ...{ name, datatype, shape: dims },
        ...(isBinary
          ? { parameters: { binary_data_size: bytes.length } }
          : { data: Array.from(dataOf(datatype, bytes) as Float32Array, Number) }),
      })),
    };
    if (!isBinary) return send(response, 200, told);
    const header = Buffer.from(JSON.stringify(told));
    const whole = Buffer.concat([header, ...outputs.map(({ bytes }) => bytes)]);
    response.writeHead(200, { 'inference-header-content-length': String(header.length) });
    response.end(this.fault === 'cut off' ? whole.subarray(0, whole.length - 8) : whole);
  }

  #spoiled({ type, data, dims }: GraphTensor, name: string) {
    const view = data as Uint8Array;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    if (this.fault === 'nan') new Float32Array(bytes.buffer).fill(NaN, 0, 1);
    if (this.fault === 'wrong code') new BigInt64Array(bytes.buffer).fill(1_000_000n, 0, 1);
    if (this.fault === 'wrong type') return { name, datatype: 'FP16', dims, bytes: bytes.slice(0, bytes.length / 2) };
    const [first, ...others] = dims;
    const shape = this.fault === 'wrong shape' ? [first!, 1, ...others] : [...dims];
    return { name, datatype: datatypes[type]!, dims: shape, bytes };
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function onlyKeys(value: Record<string, unknown>, keys: string[]): void {
  const found = Object.keys(value).sort().join();
  if (found !== keys.toSorted().join()) throw new Error(`fields ${found} instead of ${keys.join()}`);
}

function dataOf(datatype: string, bytes: Uint8Array): Float32Array | BigInt64Array | Uint8Array {
  const buffer = bytes.slice().buffer;
  if (datatype === 'FP32') return new Float32Array(buffer);
  return datatype === 'INT64' ? new BigInt64Array(buffer) : new Uint8Array(buffer);
}

function bytesOf(datatype: string, values: (number | boolean)[]): Uint8Array {
  const numbers = values.map(Number);
  if (datatype === 'FP32') return new Uint8Array(Float32Array.from(numbers).buffer);
  return datatype === 'INT64' ? new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer) : Uint8Array.from(numbers);
}
