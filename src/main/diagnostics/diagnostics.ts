/**
 * What helps somebody else to find a fault, in one zip: versions, machine, engine, packs and the logs, without pictures, prompts, names or
 * paths of the person. It is written where the person says and sent nowhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, freemem, hostname, platform, release, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { PackSummary } from '../../shared/packs/pack.js';
import type { StudioStatus } from '../../shared/contract/status.js';
import { logsDirectory } from './log.js';
import { scrubbed, type Persons } from './scrub.js';

export interface DiagnosticsSource {
  version: string;
  /** How it runs. */
  host: StudioStatus['host'] | 'command line';
  program: string;
  dataDirectory: string;
  packs: readonly PackSummary[];
  /** Null where no engine was started. */
  engine: StudioStatus['engine'] | null;
  /** What the runtime supports, where no engine was asked. */
  providers?: readonly string[];
}

export interface DiagnosticsFile {
  fileName: string;
  bytes: Uint8Array;
}

/** Logs that cannot be read are left out. */
export function makeDiagnostics(source: DiagnosticsSource, now = new Date()): DiagnosticsFile {
  const persons = { program: source.program, user: userName(), machine: hostname(), servers: serversOf(source.engine) };
  const facts = JSON.stringify(withoutPersons(factsOf(source, now), persons), null, 2);
  const files: Record<string, Uint8Array> = { 'README.txt': strToU8(explanation), 'facts.json': strToU8(facts) };
  for (const [name, text] of readLogs(source.dataDirectory)) files[`logs/${name}`] = strToU8(scrubbed(text, persons));
  return {
    fileName: `ddt-studio-diagnostics-${now.toISOString().slice(0, 10)}.zip`,
    bytes: zipSync(files),
  };
}

const explanation = `Diagnostics of DDT Studio.

facts.json  versions, machine, engine and packs
logs/       what the program noted

Pictures, prompts, names and places of files were left out; look through it before you pass it on.
`;

function factsOf({ version, host, packs, engine, providers }: DiagnosticsSource, now: Date): Record<string, unknown> {
  const { node, electron, chrome, v8 } = process.versions;
  return {
    made: now.toISOString(),
    version,
    host,
    versions: { node, electron, chrome, v8 },
    machine: {
      system: `${platform()} ${release()}`,
      architecture: arch(),
      processors: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      memory: { total: totalmem(), free: freemem() },
    },
    engine,
    ...(providers === undefined ? {} : { providers }),
    packs: packs.map(({ id, bytes, manifest }) => ({
      id,
      bytes,
      purpose: manifest.purpose ?? 'studio',
      image: manifest.image,
      tokens: manifest.tokens.count,
      graphs: Object.keys(manifest.graphs),
    })),
  };
}

function serversOf(engine: DiagnosticsSource['engine']): string[] {
  return [...(engine?.chosenServers ?? []), ...(engine?.remote?.servers ?? [])].map(({ url }) => url);
}

/** Every text in it, at any depth; keys are ours. */
function withoutPersons(value: unknown, persons: Persons): unknown {
  if (typeof value === 'string') return scrubbed(value, persons);
  if (Array.isArray(value)) return value.map((one) => withoutPersons(one, persons));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutPersons(one, persons)]));
}

function readLogs(dataDirectory: string): [name: string, text: string][] {
  const folder = logsDirectory(dataDirectory);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  } catch {
    return [];
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the system's list has no name to take out.
    return '';
  }
}
