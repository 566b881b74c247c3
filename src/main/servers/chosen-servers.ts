/**
 * The inference servers a person chose in the window, with their tokens, in one file of the data directory that only its owner may read.
 * Where the system keeps secrets, tokens are sealed by it first.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../shared/errors.js';
import { parseJson, settingsBounds } from '../../shared/json.js';
import type { ServerChoice } from '../../shared/contract/servers.js';
import { serverAddress, serverLimits, type RemoteOptions, type RemoteServer } from '../engine/remote/address.js';
import { writingError } from '../storage/database/storage-errors.js';
import { isToken } from './remote-from.js';

/** The system's keychain. */
export interface SecretSeal {
  isAvailable: () => boolean;
  /** Throws when the keychain refuses. */
  seal: (secret: string) => Uint8Array;
  unseal: (sealed: Uint8Array) => string;
}

const fileName = 'servers.json';
const text = z.string().max(serverLimits.token * 4);
const form = z.object({
  servers: z
    .array(z.object({ url: z.string().max(serverLimits.address), sealed: text.optional(), token: text.optional() }))
    .max(serverLimits.servers),
});
type StoredServer = z.infer<typeof form>['servers'][number];

export class ChosenServers {
  readonly #path: string;
  readonly #seal: SecretSeal | null;
  /** Tokens of servers named when the program was started: for as long as it runs, and never written. */
  readonly #namedAtStart: Map<string, string>;
  #servers: StoredServer[];

  /** Never throws: a file that cannot be read chooses no servers. */
  constructor(dataDirectory: string, seal: SecretSeal | null, namedAtStart: readonly RemoteServer[] = []) {
    this.#path = join(dataDirectory, fileName);
    this.#seal = seal;
    this.#namedAtStart = new Map(
      namedAtStart.flatMap(({ url, token }) => (token === undefined ? [] : [[url, token] as const])),
    );
    this.#servers = read(this.#path);
  }

  /** For the engine, which works here where none of them can be used; null: none are chosen. */
  remote(certificates: string | undefined): RemoteOptions | null {
    if (this.#servers.length === 0) return null;
    const servers = this.#servers.map((server): RemoteServer => {
      const token = this.#tokenOf(server);
      return token === null ? { url: server.url } : { url: server.url, token };
    });
    return { servers, orHere: true, ...(certificates === undefined ? {} : { certificates }) };
  }

  /**
   * All of them anew; a server without a word about its token keeps it. Throws `bad-request` for an address or a token that cannot be
   * one, `disk-full` or `place-unwritable`; nothing is then different.
   */
  choose(choices: readonly ServerChoice[]): void {
    const next = new Map<string, StoredServer>();
    for (const { url: written, token } of choices) {
      const url = serverAddress(written);
      const before = this.#servers.find((one) => one.url === url);
      next.set(url, token === undefined ? (before ?? { url }) : token === null ? { url } : this.#withToken(url, token));
    }
    const servers = [...next.values()];
    const unfinished = `${this.#path}.new`;
    try {
      // What an ended program left would keep its own rights.
      rmSync(unfinished, { force: true });
      writeFileSync(unfinished, JSON.stringify({ servers }, null, 1), { mode: 0o600, flush: true });
      renameSync(unfinished, this.#path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw writingError(this.#path, error, 'the servers were not saved');
    }
    this.#servers = servers;
    // What was said now holds, also that there is none.
    for (const { url, token } of choices) if (token !== undefined) this.#namedAtStart.delete(serverAddress(url));
  }

  #withToken(url: string, token: string): StoredServer {
    if (!isToken(token)) {
      throw new StudioError(
        'bad-request',
        'That is no token: it has to be one line of visible characters.',
        'Copy it again.',
      );
    }
    if (this.#seal?.isAvailable() !== true) return { url, token };
    return { url, sealed: Buffer.from(this.#seal.seal(token)).toString('base64') };
  }

  /** Null without one, and where the keychain does not give it back: the server then says that it wants one. */
  #tokenOf({ url, sealed, token }: StoredServer): string | null {
    if (sealed === undefined || this.#seal === null) return token ?? this.#namedAtStart.get(url) ?? null;
    try {
      return this.#seal.unseal(Buffer.from(sealed, 'base64'));
    } catch {
      return null;
    }
  }
}

function read(path: string): StoredServer[] {
  try {
    const parsed = form.safeParse(parseJson(readFileSync(path, 'utf8'), settingsBounds));
    return parsed.success ? parsed.data.servers.filter(({ url }) => serverAddress(url) === url) : [];
  } catch {
    return [];
  }
}
