/** Which servers write for a pack whose language model is no graph of its own. */
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import type { ServerReport } from '../../../shared/contract/servers.js';
import type { TokenServer } from '../model/generate-tokens.js';
import type { ProviderAttempt } from '../protocol.js';
import type { RemoteOptions, RemoteServer } from './address.js';
import { languageModelsOf } from './completions.js';
import { CompletionsWriter, type WritingPlace } from './completions-writer.js';
import { ServerConnection } from './connection.js';
import { mayTryElsewhere, unsuitable } from './server-errors.js';
import { freshReport } from './server-report.js';

export interface Writing {
  /** Absent: a graph of the pack writes. */
  writer?: TokenServer;
  reports: () => ServerReport[];
  close: () => Promise<void>;
  /** Servers that are to run graphs; undefined: none. */
  others: RemoteOptions | undefined;
}

/**
 * Every server is asked for the language models it has. Without one that has the pack's, everything but writing works. Throws what is wrong
 * with servers that must be used and cannot be reached.
 */
export async function findWriter(
  manifest: PackManifest,
  remote: RemoteOptions | undefined,
  attempts: ProviderAttempt[],
): Promise<Writing> {
  const nobody = { reports: () => [], close: () => Promise.resolve(), others: remote };
  const completions = manifest.languageModel?.completions;
  if (completions === undefined) return nobody;
  if (remote === undefined) return { ...nobody, writer: missing(manifest, undefined) };
  const asked = await Promise.all(remote.servers.map((server) => ask(server, completions.model, remote.certificates)));
  const places = asked.flatMap(({ place }) => place ?? []);
  // What speaks of language models runs no graphs.
  const rest = asked.flatMap(({ place, server, speaks }) => (place === undefined && !speaks ? [server] : []));
  const others = rest.length === 0 ? undefined : { ...remote, servers: rest };
  if (places.length === 0) {
    const { failure } = asked.find(({ speaks }) => speaks) ?? asked[0]!;
    // One that runs graphs may have no language model, and is none the worse for it.
    const mayRunGraphs =
      rest.length > 0 && asked.some((one) => serialiseError(one.failure).code === 'server-unsuitable');
    if (!remote.orHere && !mayRunGraphs) throw failure;
    attempts.push({ provider: 'servers', ok: false, reason: serialiseError(failure).message });
    return { ...nobody, others, writer: missing(manifest, failure) };
  }
  const where = places.map(({ report }) => report.url).join(' and ');
  attempts.push({ provider: 'servers', ok: true, reason: `The language model ${completions.model} runs on ${where}.` });
  return {
    writer: new CompletionsWriter(manifest, places),
    reports: () => places.map(({ report }) => ({ ...report })),
    close: async () => void (await Promise.all(places.map(({ connection }) => connection.close()))),
    others,
  };
}

interface Asked {
  server: RemoteServer;
  /** It has the model. */
  place?: WritingPlace;
  /** It speaks of language models, whether it has this one or not. */
  speaks: boolean;
  failure?: unknown;
}

async function ask(server: RemoteServer, model: string, certificates: string | undefined): Promise<Asked> {
  let connection: ServerConnection | undefined;
  let speaks = false;
  try {
    connection = new ServerConnection(server, { certificates });
    const models = await languageModelsOf(connection);
    speaks = true;
    if (models.includes(model)) return { server, speaks, place: { connection, report: reportOf(server.url, model) } };
    throw unsuitable(server.url, `has no language model ${model}`, models.join(', '));
  } catch (failure) {
    await connection?.close();
    if (!mayTryElsewhere(failure)) throw failure;
    return { server, speaks, failure };
  }
}

/** In the place of one that cannot be had: writing says why. */
function missing({ name, languageModel }: PackManifest, failure: unknown): TokenServer {
  const { model } = languageModel!.completions!;
  const why = failure === undefined ? 'None was named.' : serialiseError(failure).message;
  const fail = (): never => {
    throw new StudioError(
      'server-unreachable',
      `The pack ${name} writes with the language model ${model} on a server, and has none. ${why}`,
      'Name a server that has it: engine chip → Servers in the window, --remote on the command line.',
    );
  };
  return { imageTokens: fail, texts: fail };
}

function reportOf(url: string, model: string): ServerReport {
  return { ...freshReport(url, `language model ${model}`.slice(0, 60)), counts: 'tokens' };
}
