/** Installing packs from a window: an offer is read first, and only what was offered and agreed to is copied. One at a time. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StudioError } from '../../shared/errors.js';
import type { StudioEvent } from '../../shared/contract/events.js';
import type {
  OfferedPack,
  PackInstallationMethods,
  PackOffer,
  PackPlace,
} from '../../shared/contract/pack-installation.js';
import { listPacks } from '../engine/pack/pack.js';
import type { Calls } from '../studio/calls.js';
import { notTooOften, OneInstallation } from '../studio/one-installation.js';
import type { WindowDesktop } from '../studio/window-desktop.js';
import { installPack, readOffer, removePack } from './install-pack.js';

interface Client {
  sendEvent: (event: StudioEvent) => void;
  desktop?: WindowDesktop | undefined;
}

export interface PackInstallationsOptions {
  /** The folder of the person's own packs. */
  packs: string;
  /** The folder of the pack in use, which cannot be removed; null without one. */
  inUse: () => string | null;
}

export class PackInstallations {
  /** The last offer of each window. */
  readonly #offers = new WeakMap<Client, { ticket: string; source: string; offer: PackOffer }>();
  readonly #options: PackInstallationsOptions;
  readonly #turn = new OneInstallation<Client>('A pack');

  constructor(options: PackInstallationsOptions) {
    this.#options = options;
  }

  readonly methods: Calls<Client, keyof PackInstallationMethods> = {
    offerPack: (client, { place }) => this.#offer(client, place),
    installPack: (client, { ticket }) => this.#install(client, ticket),
    stopInstalling: (client) => ({ stopped: this.stop(client) }),
    installedPacks: async () => (await listPacks([this.#options.packs])).map(({ id }) => id),
    removePack: async (_client, { id }) => {
      await this.#unused(id, 'remove it');
      await removePack(this.#options.packs, id);
      return {};
    },
  };

  /** A window that is gone waits for nothing any more; without one everything ends. */
  stop(client?: Client): boolean {
    return this.#turn.stop(client);
  }

  async #offer(client: Client, place: PackPlace): Promise<OfferedPack | null> {
    const source = await placeOf(client, place);
    if (source === null) return null;
    const offer = await readOffer(source);
    const ticket = randomUUID();
    this.#offers.set(client, { ticket, source, offer });
    const installed = await listPacks([this.#options.packs]);
    return { ...offer, ticket, isInstalled: installed.some(({ id }) => id === offer.id) };
  }

  async #install(client: Client, ticket: string): Promise<{ id: string }> {
    const offered = this.#offers.get(client);
    if (offered?.ticket !== ticket) {
      throw new StudioError('not-found', 'That pack is not offered any more.', 'Choose it again.');
    }
    const { source, offer } = offered;
    return this.#turn.run(client, async (signal) => {
      const { id } = await installPack({
        packs: this.#options.packs,
        source,
        replace: await this.#unused(offer.id, 'install it again'),
        agree: (now) => {
          if (!isDeepStrictEqual(now, offer)) throw changedSince(offer.id);
        },
        onProgress: notTooOften((progress) => client.sendEvent({ channel: 'pack-installation', progress })),
        signal,
      });
      this.#offers.delete(client);
      return { id };
    });
  }

  /** Whether the person has that pack. Throws `bad-request`, with what to do `then`, where it is in use: its files are read from. */
  async #unused(id: string, then: string): Promise<boolean> {
    const pack = (await listPacks([this.#options.packs])).find((one) => one.id === id);
    if (pack !== undefined && pack.directory === this.#options.inUse()) {
      throw new StudioError('bad-request', `${id} is in use.`, `Use another pack first, then ${then}.`);
    }
    return pack !== undefined;
  }
}

/** Null: the dialog was cancelled. A page that was taken over must not make the desktop program look at any place. */
async function placeOf({ desktop }: Client, place: PackPlace): Promise<string | null> {
  if (desktop === undefined) {
    if ('path' in place) return place.path;
    throw new StudioError('bad-request', 'This host cannot ask for a place.', 'Write where the pack is.');
  }
  if ('path' in place) throw new StudioError('bad-request', 'A pack is chosen in the dialog here.', 'Choose it there.');
  const title = 'Install the pack in this';
  return place.ask === 'folder' ? desktop.chooseFolder(`${title} folder`) : desktop.chooseZip(`${title} zip file`);
}

function changedSince(id: string): StudioError {
  return new StudioError(
    'bad-request',
    `${id} has changed since it was offered.`,
    'Choose it again, and read what it says now.',
  );
}
