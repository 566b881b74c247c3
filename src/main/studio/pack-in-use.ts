/** Which pack the studio's engine has open, on what it computes, and what windows may do about both. */
import { StudioError } from '../../shared/errors.js';
import type { StudioStatus } from '../../shared/contract/status.js';
import { listPacks } from '../engine/pack/pack.js';
import type { JobQueue } from '../jobs/job-queue.js';
import type { ChosenServers } from '../servers/chosen-servers.js';
import { certificatesOrNone } from '../servers/remote-from.js';
import type { ProjectLibrary, Settings } from '../storage/projects/library.js';
import { noPack } from '../supervisor/engine-errors.js';
import type { EngineSupervisor } from '../supervisor/engine-supervisor.js';
import type { Calls } from './calls.js';

export interface PackInUseContext {
  engine: EngineSupervisor;
  queue: JobQueue;
  library: ProjectLibrary;
  servers: ChosenServers;
  packDirectories: readonly string[];
  status: () => StudioStatus;
  announceStatus: () => void;
}

type Method = 'listPacks' | 'usePack' | 'stopOpening' | 'unloadEngine' | 'chooseDevice' | 'chooseServers';

export class PackInUse {
  /** Why no pack was opened: there is none. */
  error: StudioError | null = null;
  readonly #context: PackInUseContext;
  #reopening: Promise<void> | null = null;

  constructor(context: PackInUseContext) {
    this.#context = context;
  }

  readonly methods: Calls<unknown, Method> = {
    listPacks: () => listPacks(this.#context.packDirectories),
    usePack: async (_client, { id }) => {
      const { engine, queue, library, packDirectories, status } = this.#context;
      const pack = (await listPacks(packDirectories)).find((one) => one.id === id);
      if (pack === undefined) {
        throw new StudioError('pack-missing', `There is no pack ${id}.`, 'Choose one of the packs in the list.');
      }
      // The pack that is still being opened is no longer wanted, however long it would take.
      engine.abandonOpening();
      await queue.between(() => engine.use(pack.directory));
      this.error = null;
      library.writeSettings({ packId: id });
      return status();
    },
    stopOpening: () => {
      this.#context.engine.abandonOpening();
      return this.#context.status();
    },
    unloadEngine: async () => {
      const { engine, queue, status } = this.#context;
      await queue.between(async () => engine.unload());
      return status();
    },
    chooseDevice: (_client, { device }) => {
      const { engine, library } = this.#context;
      library.writeSettings({ device });
      engine.choose(device);
      return this.#openAgain();
    },
    chooseServers: (_client, { servers: chosen }) => {
      const { engine, servers } = this.#context;
      servers.choose(chosen);
      engine.chooseServers(servers.remote(certificatesOrNone(process.env)));
      return this.#openAgain();
    },
  };

  /** The failure is part of the status, and each job that needs the engine reports it again. */
  async openFirstSafely(): Promise<void> {
    await this.#context.queue.between(() => this.#openFirst()).catch(() => {});
  }

  /** When opening a pack failed, or there was none, what is there now may be better. Throws what opening it throws. */
  async assert(): Promise<void> {
    const { engine, queue } = this.#context;
    const { state, error } = engine.status;
    const isOpenFailure = state === 'failed' && error?.code !== 'engine-stopped';
    // Once for everybody who asks meanwhile: a hundred jobs at once do not open it a hundred times.
    if (this.error !== null || isOpenFailure) {
      await (this.#reopening ??= queue.between(() => this.#openFirst()).finally(() => (this.#reopening = null)));
    }
    if (this.error !== null) throw this.error;
  }

  /** The pack used last, otherwise the first one found. */
  async #openFirst(): Promise<void> {
    const { engine, library, packDirectories, announceStatus } = this.#context;
    const packs = await listPacks(packDirectories);
    const { packId } = library.readSettings();
    const pack = packs.find(({ id }) => id === packId) ?? packs[0];
    this.error = pack === undefined ? noPack() : null;
    announceStatus();
    if (pack !== undefined) await engine.use(pack.directory);
  }

  async #openAgain(): Promise<StudioStatus> {
    const { engine, queue, status } = this.#context;
    const directory = engine.pack?.directory;
    if (directory !== undefined) await queue.between(() => engine.use(directory));
    return status();
  }
}

/** What was chosen before. Settings are a file anyone may edit. */
export function chosenDevice({ device }: Settings): string | null {
  return typeof device === 'string' && /^[a-z]{2,12}(:\d{1,2})?$/.test(device) ? device : null;
}
