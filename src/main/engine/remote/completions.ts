/**
 * A language model behind the OpenAI completions API, as vLLM has it: ids in, ids out, streamed, with the likeliest ids of every place.
 * Only documented fields are used, those beyond OpenAI's being vLLM's (https://docs.vllm.ai, “OpenAI-compatible server”).
 */
import { z } from 'zod';
import { parseJson } from '../../../shared/json.js';
import { connectionLimits, type ServerConnection } from './connection.js';
import { brokenOff, unsuitable } from './server-errors.js';

/** What is to be written behind `prompt`. */
export interface Completion {
  prompt: readonly number[];
  /** How many ids at most; without `stop` so many exactly. */
  most: number;
  /** The only ids that may be chosen. */
  allowed: readonly number[];
  /** An id that ends it. */
  stop?: number;
  temperature: number;
  topK?: number | undefined;
  topP?: number | undefined;
  seed: number;
}

/** One more id, and the natural logarithm of the probability of the likeliest ones there, the written one among them. */
export interface CompletedId {
  id: number;
  logprobs: ReadonlyMap<number, number>;
}

const modelsForm = z.object({ data: z.array(z.object({ id: z.string().max(500) })).max(10_000) });
const chunkForm = z.object({
  choices: z
    .array(
      z.object({
        logprobs: z
          .object({
            tokens: z.array(z.string().max(100)).max(100_000),
            top_logprobs: z.array(z.record(z.string().max(100), z.number()).nullable()).max(100_000),
          })
          .nullish(),
        finish_reason: z
          .string()
          .regex(/^[\w -]{1,40}$/)
          .nullish(),
      }),
    )
    .max(1),
});

/** Of one event of a stream, and of all ids in one answer. */
const mostEventCharacters = 1024 * 1024;
const bytesPerId = 32 * 1024;

/** The names of the models it has. Throws `server-unsuitable` for a server of another kind, and what asking a server throws. */
export async function languageModelsOf(connection: ServerConnection): Promise<string[]> {
  const { body } = await connection.ask({
    path: 'v1/models',
    doing: 'its language models',
    timeoutMs: connectionLimits.askMs,
    maxBytes: connectionLimits.factBytes,
  });
  const listed = parsed(modelsForm, body.toString('utf8'));
  if (listed === null) throw unsuitable(connection.url, 'does not speak the OpenAI completions API');
  return listed.data.map(({ id }) => id);
}

/** Ids as they are written. Ended early, it hangs up. Throws what asking a server throws; what came before stands. */
export async function* complete(
  connection: ServerConnection,
  { model, logprobs }: { model: string; logprobs: number },
  completion: Completion,
  signal: AbortSignal,
): AsyncGenerator<CompletedId, void> {
  const { url } = connection;
  const doing = `the language model ${model}`;
  const allowed = new Set(completion.allowed);
  let written = 0;
  let hasEnded = false;
  for await (const event of events(
    url,
    doing,
    connection.stream(questionOf(doing, model, logprobs, completion, signal)),
  )) {
    if (event === '[DONE]') break;
    const chunk = parsed(chunkForm, event);
    // A failure in mid-stream comes as an event, behind a status that said all was well.
    if (chunk === null) {
      const said = connection.said(event);
      if (said === '') throw unsuitable(url, `gave an answer of ${doing} that cannot be used: an event of it is none`);
      throw brokenOff(url, doing, `it says “${said}”`);
    }
    for (const { logprobs: told, finish_reason: reason } of chunk.choices) {
      for (const [at, token] of (told?.tokens ?? []).entries()) {
        const id = idOf(token);
        if (id === null) {
          throw unsuitable(url, `answers words for ${doing} where ids were asked for`, token.slice(0, 50));
        }
        // Whether the id that ends a text is told is up to the server.
        if (id === completion.stop) hasEnded = true;
        if (!allowed.has(id)) throw unsuitable(url, `wrote id ${id} by ${doing}, which may not stand there`);
        if (++written > completion.most) throw unsuitable(url, `wrote more by ${doing} than was asked for`);
        const likeliest = likeliestOf(told!.top_logprobs[at]);
        if (!likeliest.has(id))
          throw unsuitable(url, `does not say how sure ${doing} was`, 'It has to allow logprobs.');
        yield { id, logprobs: likeliest };
      }
      if (reason === 'stop') hasEnded = true;
      else if (reason !== null && reason !== undefined && reason !== 'length') {
        throw brokenOff(url, doing, `it ended with “${reason}”`);
      }
    }
  }
  const isWhole = completion.stop === undefined ? written === completion.most : hasEnded || written === completion.most;
  if (!isWhole) throw brokenOff(url, doing, `it ended after ${written} of ${completion.most} ids`);
}

function questionOf(doing: string, model: string, logprobs: number, completion: Completion, signal: AbortSignal) {
  const { prompt, most, allowed, stop, temperature, topK = 0, topP = 1, seed } = completion;
  const body = {
    model,
    prompt,
    max_tokens: most,
    stream: true,
    temperature,
    seed,
    logprobs,
    ...(topK > 0 ? { top_k: topK } : {}),
    ...(topP < 1 ? { top_p: topP } : {}),
    allowed_token_ids: allowed,
    return_tokens_as_token_ids: true,
    ...(stop === undefined ? { ignore_eos: true } : { stop_token_ids: [stop] }),
  };
  return {
    path: 'v1/completions',
    doing,
    body: Buffer.from(JSON.stringify(body)),
    headers: { 'content-type': 'application/json' },
    timeoutMs: connectionLimits.inferMs,
    maxBytes: most * bytesPerId,
    signal,
  };
}

/** Data of server-sent events. Throws `server-unsuitable` for what are none. */
async function* events(url: string, doing: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('data:')) yield line.slice('data:'.length).trim();
      // A comment keeps the line open; other fields of events say nothing here.
      else if (line !== '' && !/^(?::|event:|id:|retry:)/.test(line)) throw notStreamed(url, doing);
    }
    if (rest.length > mostEventCharacters) throw notStreamed(url, doing);
  }
  if (rest.trim() !== '') throw notStreamed(url, doing);
}

const notStreamed = (url: string, doing: string) => unsuitable(url, `does not stream what ${doing} writes`);

function parsed<Value>(form: z.ZodType<Value>, text: string): Value | null {
  try {
    const bounds = { characters: connectionLimits.factBytes, depth: 16, keys: 'any' } as const;
    return form.safeParse(parseJson(text, bounds)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** `token_id:17`, as vLLM writes an id where it is not to be shown as text. */
function idOf(token: string): number | null {
  const digits = /^token_id:(\d{1,9})$/.exec(token)?.[1];
  return digits === undefined ? null : Number(digits);
}

function likeliestOf(told: Record<string, number> | null | undefined): Map<number, number> {
  const found = new Map<number, number>();
  for (const [token, logprob] of Object.entries(told ?? {})) {
    const id = idOf(token);
    if (id !== null) found.set(id, Math.min(0, logprob));
  }
  return found;
}
