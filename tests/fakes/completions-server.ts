/**
 * A strict stand-in for a server of the OpenAI completions API as vLLM has it: it refuses every request in which a field is missing, unknown
 * or wrong, really runs the language model it is given, tells logprobs of the whole vocabulary, and can misbehave on purpose.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LanguageModel } from '../../src/main/engine/model/language-model.js';
import { Random } from '../../src/main/engine/model/random.js';
import { chooseToken } from '../../src/main/engine/model/token-sampling.js';

export type WritingFault =
  | 'words'
  | 'no logprobs'
  | 'not allowed'
  | 'too short'
  | 'too many'
  | 'hang up'
  | 'error event'
  | 'aborted'
  | 'not a stream'
  | 'no event'
  | 'html'
  | 'busy'
  | 'too long';

export interface CompletionsServerOptions {
  model: LanguageModel;
  /** As `/v1/models` lists it. */
  served: string;
  token?: string;
}

interface Request {
  model: string;
  prompt: number[];
  max_tokens: number;
  stream: true;
  temperature: number;
  seed: number;
  logprobs: number;
  top_k?: number;
  top_p?: number;
  allowed_token_ids: number[];
  return_tokens_as_token_ids: true;
  ignore_eos?: true;
  stop_token_ids?: [number];
}

const always = 'allowed_token_ids,logprobs,max_tokens,model,prompt,return_tokens_as_token_ids,seed,stream,temperature';

export class CompletionsServer {
  url = '';
  fault: WritingFault | null = null;
  /** Called behind each id; what it gives is waited for before the next one. */
  onId: (written: number) => Promise<void> | void = () => undefined;
  /** Ids written, and requests as they came. */
  ids = 0;
  readonly requests: Request[] = [];
  /** Every rule of the protocol that a request broke. */
  readonly broken: string[] = [];
  readonly #server;

  constructor(private readonly options: CompletionsServerOptions) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.broken.push(String(error));
        send(response, 400, { object: 'error', message: String(error), type: 'BadRequestError', code: 400 });
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { token, served } = this.options;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return send(response, 401, { error: 'Unauthorized' });
    }
    if (this.fault === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello</p>');
    if (request.method === 'GET' && request.url === '/v1/models') {
      return send(response, 200, { object: 'list', data: [{ id: served, object: 'model', owned_by: 'vllm' }] });
    }
    if (request.method !== 'POST' || request.url !== '/v1/completions') {
      return send(response, 404, { detail: 'Not Found' });
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Request;
    this.#check(body);
    this.requests.push(body);
    if (this.fault === 'busy') return send(response, 503, { error: { message: 'the queue is full', code: 503 } });
    await this.#write(body, response);
  }

  #check(body: Request): void {
    const keys = Object.keys(body).filter((key) => key !== 'top_k' && key !== 'top_p');
    const ends = keys.includes('ignore_eos') ? 'ignore_eos' : 'stop_token_ids';
    if (keys.sort().join() !== [...always.split(','), ends].sort().join()) throw new Error(`fields ${keys.join()}`);
    if (body.model !== this.options.served) throw new Error(`The model ${body.model} does not exist.`);
    const wholes = [...body.prompt, body.max_tokens, body.seed, body.logprobs, ...body.allowed_token_ids];
    if (!wholes.every((one) => Number.isInteger(one) && one >= 0)) throw new Error('ids are no whole numbers');
    if (body.prompt.length === 0 || body.max_tokens === 0) throw new Error('there is nothing to write');
    if (body.stream !== true || body.return_tokens_as_token_ids !== true) throw new Error('not as it was asked for');
    if (body.top_k !== undefined && body.top_k < 1) throw new Error('top_k has to be 1 at least');
    if (body.top_p !== undefined && !(body.top_p > 0 && body.top_p <= 1)) throw new Error('top_p is none');
  }

  async #write(body: Request, response: ServerResponse): Promise<void> {
    const { model } = this.options;
    const { fault } = this;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    if (fault === 'not a stream') return void response.end('{"choices": []}\n\n');
    if (fault === 'no event') return void response.end('data: {"choices": 7}\n\n');
    const say = (choice: object): void => {
      const told = { id: 'cmpl-1', object: 'text_completion', created: 1, model: body.model };
      response.write(`data: ${JSON.stringify({ ...told, choices: [{ index: 0, ...choice }] })}\n\n`);
    };
    const random = new Random(body.seed, 'tokens');
    const most =
      fault === 'too short' ? body.max_tokens - 1 : fault === 'too many' ? body.max_tokens + 1 : body.max_tokens;
    let state = await model.read([body.prompt]);
    let reason: string | null = null;
    for (let written = 1; written <= most && reason === null; written++) {
      const [logits] = state.logits;
      const legal = Float32Array.from(body.allowed_token_ids, (id) => logits![id]!);
      const settings = { temperature: body.temperature, topK: body.top_k ?? 0, topP: body.top_p ?? 1 };
      const place = chooseToken(legal, settings, random.uniform());
      const id = fault === 'not allowed' ? 0 : body.allowed_token_ids[place]!;
      const stops = body.stop_token_ids?.includes(id) === true;
      reason = stops ? 'stop' : written === body.max_tokens && fault !== 'too many' ? 'length' : null;
      if (fault === 'aborted' && written === 3) reason = 'abort';
      const tokens = [fault === 'words' ? ' tench' : `token_id:${id}`];
      const told = this.#likeliest(logits!, id, body.logprobs);
      const logprobs = {
        ...{ tokens, text_offset: [0], token_logprobs: [told[`token_id:${id}`]] },
        top_logprobs: fault === 'no logprobs' ? [null] : [told],
      };
      say({ text: '', logprobs, finish_reason: reason });
      this.ids += 1;
      await this.onId(written);
      // What was written is on its way first.
      if (written === 3 && fault === 'hang up') return void setTimeout(() => response.destroy(), 20);
      if (written === 3 && fault === 'error event') {
        return void response.end('data: {"error": {"message": "EngineCore died", "code": 500}}\n\n');
      }
      if (reason === null) state = await model.append(state, [id]);
    }
    if (fault === 'too long') return void response.end(`data: ${'x'.repeat(3 * 1024 * 1024)}`);
    // How many there were in all, and the end.
    response.write(': still here\n\n');
    response.end('data: [DONE]\n\n');
  }

  /** Of the whole vocabulary, before temperature and choice, the written one always among them. */
  #likeliest(logits: Float32Array, written: number, count: number): Record<string, number> {
    const peak = Math.max(...logits);
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0)) + peak;
    const ids = [...logits.keys()].sort((one, other) => logits[other]! - logits[one]!).slice(0, count);
    return Object.fromEntries([...new Set([written, ...ids])].map((id) => [`token_id:${id}`, logits[id]! - total]));
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
