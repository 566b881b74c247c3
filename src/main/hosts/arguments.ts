/** What a person may say when the studio is started, the same for every host. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { StudioError } from '../../shared/errors.js';
import { serverAddress } from '../engine/remote/address.js';

export interface HostArguments {
  /** Absolute. */
  data?: string;
  port?: number;
  providers?: string[];
  threads?: number;
  /** Addresses of inference servers. */
  remote?: string[];
  /** Absolute paths of what is to be opened. */
  files: string[];
}

export interface ArgumentRules {
  /** The person's own folder: what is written relatively is meant from there. */
  workingDirectory: string;
  /** Switches of Chromium, which nobody here knows, come along. */
  lenient?: boolean;
}

const options = {
  data: { type: 'string' },
  port: { type: 'string' },
  provider: { type: 'string' },
  threads: { type: 'string' },
  remote: { type: 'string', multiple: true },
} as const;
const openable = /\.(?:ddt|png|jpe?g)$/i;
const providerNames: readonly string[] = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'];

/** Throws `bad-request` naming what cannot be understood. */
export function parseHostArguments(
  parameters: readonly string[],
  { workingDirectory, lenient = false }: ArgumentRules,
): HostArguments {
  const { values, positionals } = parsed(parameters, lenient);
  const result: HostArguments = {
    files: positionals.flatMap((written) => {
      const path = pathOf(written);
      return path !== null && openable.test(path) ? [resolve(workingDirectory, path)] : [];
    }),
  };
  const given = (name: keyof typeof options): string | undefined => {
    const value = values[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    throw wrongUse(`--${name} needs a value.`);
  };
  const data = given('data');
  if (data !== undefined) result.data = resolve(workingDirectory, data);
  const provider = given('provider');
  if (provider !== undefined) {
    if (!providerNames.includes(provider)) throw wrongUse(`--provider is one of ${providerNames.join(', ')}.`);
    result.providers = [provider];
  }
  const port = given('port');
  if (port !== undefined) result.port = whole('port', port, 0, 65_535);
  const threads = given('threads');
  if (threads !== undefined) result.threads = whole('threads', threads, 1, 256);
  const { remote } = values;
  if (Array.isArray(remote) && remote.length > 0) {
    result.remote = remote.map((one) => {
      if (typeof one !== 'string' || one === '') throw wrongUse('--remote needs a value.');
      return serverAddress(one);
    });
  }
  return result;
}

/** A Linux desktop may hand over the address of a file instead of its path (`%U` in a desktop entry). Null for one nothing lies at. */
function pathOf(written: string): string | null {
  if (!/^file:/i.test(written)) return written;
  try {
    return fileURLToPath(written);
  } catch {
    return null;
  }
}

function parsed(parameters: readonly string[], lenient: boolean) {
  try {
    return parseArgs({ args: [...parameters], options, strict: !lenient, allowPositionals: true });
  } catch (error) {
    throw wrongUse(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw wrongUse(`--${name} needs a whole number from ${least} to ${most}.`);
}

function wrongUse(message: string): StudioError {
  return new StudioError('bad-request', message, 'Correct it and start the studio again.');
}
