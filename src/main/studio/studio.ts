/** The main side of the contract: every window connects here, whatever carries its messages. */
import { join } from 'node:path';
import type { CallOutcome, StudioMethod, StudioMethods } from '../../shared/contract/api.js';
import type { StudioStatus } from '../../shared/contract/status.js';
import { serialiseError } from '../../shared/errors.js';
import type { StudioEvent } from '../../shared/contract/events.js';
import type { ThumbnailSize } from '../../shared/contract/gallery.js';
import type { MenuEntry } from '../../shared/contract/menu.js';
import { ComparisonEngines } from '../jobs/pack-comparison/comparison-engines.js';
import type { Calls } from './calls.js';
import { DesktopCalls } from './desktop-calls.js';
import { Downloads, type Download } from './downloads.js';
import { listPacks } from '../engine/pack/pack.js';
import { GpuInstallations, type GpuInstallationsOptions } from '../gpu/gpu-installations.js';
import { PackInstallations } from '../packs/pack-installations.js';
import { GalleryCalls } from './gallery-calls.js';
import { workFor } from '../jobs/job-work.js';
import { JobQueue } from '../jobs/job-queue.js';
import { importExportCalls } from './import-export-calls.js';
import { chosenDevice, PackInUse } from './pack-in-use.js';
import { OpenProjects } from './open-projects.js';
import { ProjectCalls } from './project-calls.js';
import { PageFaults } from './page-faults.js';
import { packComparisonWork } from '../jobs/pack-comparison/pack-comparison-job.js';
import { ProjectQueues } from '../jobs/project-queues.js';
import { queueCalls } from './queue-calls.js';
import { StatusReport } from './status-report.js';
import { openTimelineCache, timelineCacheCalls } from './timeline-cache.js';
import { TokenCounts } from './token-counts.js';
import type { PictureReader } from '../pictures/picture-tasks.js';
import { ProjectLibrary, type ProjectCheck } from '../storage/projects/library.js';
import { verdictFileOf } from '../storage/data-directory.js';
import { PreferencesFile } from '../storage/preferences.js';
import type { ProjectOptions } from '../storage/projects/project-file.js';
import { makeDiagnostics } from '../diagnostics/diagnostics.js';
import type { Log } from '../diagnostics/log.js';
import type { EngineLauncher } from '../supervisor/engine-process.js';
import { EngineSupervisor, type SupervisorOptions } from '../supervisor/engine-supervisor.js';
import { ChosenServers, type SecretSeal } from '../servers/chosen-servers.js';
import { certificatesOrNone } from '../servers/remote-from.js';
import { parseMethod, parseParameters } from '../validation/validation.js';
import type { WindowDesktop } from './window-desktop.js';

export interface StudioOptions {
  version: string;
  /** Folder of the program itself. */
  program: string;
  host: StudioStatus['host'];
  dataDirectory: string;
  /** Folders whose folders are packs; the first pack of the first folder is the default. */
  packDirectories: readonly string[];
  launchEngine: EngineLauncher;
  /** Looks at a project file from elsewhere, where that can be ended. */
  checkProject: ProjectCheck;
  /** Closed with the studio. */
  pictures: PictureReader;
  /** Where tokens of servers are sealed; absent: in a file of the owner alone. */
  seal?: SecretSeal;
  engine?: Omit<SupervisorOptions, 'launch' | 'onStatus'>;
  storage?: ProjectOptions;
  /** Of tests: where CUDA comes from, and what the driver says. */
  gpu?: Omit<GpuInstallationsOptions, 'dataDirectory'>;
  log?: Log;
}

export interface WindowConnection {
  /** Never rejects: every failure is an outcome. `parameters` is untrusted. */
  call: (method: unknown, parameters: unknown) => Promise<CallOutcome>;
  /** The window is gone: its own jobs are cancelled, and its project is closed once its queue has nothing to do. */
  close: () => void;
}

export interface Studio {
  connect: (window: Client) => WindowConnection;
  status: () => StudioStatus;
  /** PNG bytes of an image in a project that is open, null without one. */
  readImage: (imageId: string) => Uint8Array | null;
  /** PNG bytes of at most `size` pixels a side, of any picture in the gallery or in an open project; null without one. */
  readThumbnail: (imageId: string, size: ThumbnailSize) => Promise<Uint8Array | null>;
  /** The file behind the address of a download, once; the taker removes it. Null for any other path. */
  takeDownload: (path: string) => Download | null;
  close: () => void;
}

interface Client {
  sendEvent: (event: StudioEvent) => void;
  /** Absent: its host has no menu. */
  showMenu?: ((entries: readonly MenuEntry[]) => void) | undefined;
  /** Absent: a browser, whose own dialogs and downloads the window uses. */
  desktop?: WindowDesktop | undefined;
}

/** Starts opening the pack at once; windows may connect before that is done. Throws when the data directory cannot be used. */
export function createStudio(options: StudioOptions): Studio {
  const library = new ProjectLibrary(options.dataDirectory, options.storage);
  const queue = new JobQueue({ onCounts: () => status.announce() });
  const queues = new ProjectQueues({
    runner: queue,
    workFor: (request, jobId, project) =>
      workFor(request, jobId, { engine, project, cache, pictures: options.pictures }),
    tell: (projectId, event) => {
      for (const viewer of projects.viewersOf(projectId)) (viewer as Client).sendEvent(event);
    },
    paused: library.readSettings().queuePaused === true,
    onChange: () => {
      status.announce();
      projects.closeIdle();
    },
  });
  const projects = new OpenProjects(library, queues);
  const preferences = new PreferencesFile(options.dataDirectory);
  const downloads = new Downloads(options.dataDirectory);
  const clients = new Set<Client>();
  const servers = new ChosenServers(options.dataDirectory, options.seal ?? null, options.engine?.remote?.servers);
  const supervised = {
    ...options.engine,
    launch: options.launchEngine,
    verdictFile: verdictFileOf(options.dataDirectory),
  };
  const engine = new EngineSupervisor({
    ...supervised,
    device: chosenDevice(library.readSettings()),
    remote: options.engine?.remote ?? servers.remote(certificatesOrNone(process.env)),
    onStatus: (engineStatus) => {
      status.note(engineStatus);
      status.announce();
    },
  });
  const compared = new ComparisonEngines({
    engine,
    supervisor: supervised,
    packDirectories: options.packDirectories,
  });
  const cache = openTimelineCache(options.dataDirectory, library, () => status.announce());
  const { pictures } = options;
  const program = `DDT Studio ${options.version}`;
  const projectCalls: ProjectCalls<Client> = new ProjectCalls<Client>({
    library,
    projects,
    queue,
    queues,
    isConnected: (client) => clients.has(client),
    following: (view, change) => gallery.following(view, change),
  });
  const gallery = new GalleryCalls<Client>({
    dataDirectory: options.dataDirectory,
    program,
    pictures,
    writable: (client) => projectCalls.writable(client),
    readOpenImage: (imageId) => projects.readImage(imageId),
    onChange: () => {
      for (const client of clients) client.sendEvent({ channel: 'gallery' });
    },
  });
  const packInUse = new PackInUse({
    engine,
    queue,
    library,
    servers,
    packDirectories: options.packDirectories,
    status: () => status.now(),
    announceStatus: () => status.announce(),
  });
  const status: StatusReport = new StatusReport({
    version: options.version,
    host: options.host,
    engine,
    packInUse,
    queue,
    queues,
    cache,
    log: options.log,
    tell: (news) => {
      for (const client of clients) client.sendEvent({ channel: 'status', status: news });
    },
  });
  const tokenCounts = new TokenCounts();
  const faults = new PageFaults(options.log);

  const importExport = importExportCalls<Client>({
    program,
    pictures,
    library,
    checkProject: options.checkProject,
    projects,
    downloads,
    viewOf: (client) => projectCalls.viewOf(client),
    writable: (client) => projectCalls.writable(client),
    stillOpen: (client, file) => projectCalls.stillOpen(client, file),
    openProject: (client, id) => projectCalls.open(client, id),
    pack: () => engine.pack,
    packDirectories: options.packDirectories,
  });

  const desktop = new DesktopCalls<Client>({
    projectsDirectory: join(options.dataDirectory, 'projects'),
    addProject: importExport.addProject,
    openProject: (client, id) => projectCalls.open(client, id),
    exportPicture: (picture) => gallery.exportPicture(picture),
    readThumbnail: (imageId) => gallery.readThumbnail(imageId, 128),
  });

  const installations = new PackInstallations({
    packs: options.packDirectories.at(-1)!,
    inUse: () => engine.pack?.directory ?? null,
  });

  const gpu = new GpuInstallations({ ...options.gpu, dataDirectory: options.dataDirectory });

  const methods: Calls<Client> = {
    ...installations.methods,
    ...gpu.methods,
    ...gallery.methods,
    ...importExport,
    ...compared.methods,
    ...queueCalls<Client>({
      queues,
      writable: (client) => projectCalls.writable(client),
      assertPack: () => packInUse.assert(),
      rememberPause: (paused) => library.writeSettings({ queuePaused: paused }),
      status: () => status.now(),
    }),
    ...desktop.methods,
    status: () => status.now(),
    ...packInUse.methods,
    ...projectCalls.methods,
    ...timelineCacheCalls({ cache, library, status: () => status.now() }),
    diagnostics: async () =>
      makeDiagnostics({ ...options, packs: await listPacks(options.packDirectories), engine: status.now().engine }),
    countTokens: async (_client, { text }) => ({ count: await tokenCounts.count(engine.pack, text) }),
    submit: async (client, { request }) => {
      const { file } = projectCalls.writable(client);
      await packInUse.assert();
      const jobId = queue.submit(
        client,
        request.kind,
        (jobOptions) =>
          request.kind === 'pack-comparison'
            ? packComparisonWork(request, jobId, { compared, project: file, pictures })(jobOptions)
            : workFor(request, jobId, { engine, project: file, cache, pictures })(jobOptions),
        (event) => client.sendEvent({ channel: 'job', event }),
      );
      return { jobId };
    },
    readPreferences: () => preferences.read(),
    setPreferences: (_client, { changes }) => {
      preferences.set(changes);
      return {};
    },
    reportFault: (client, { text }) => {
      faults.note(client, text);
      return {};
    },
    showMenu: (client, { entries }) => {
      client.showMenu?.(entries);
      return {};
    },
    cancel: (client, { jobId }) => ({ cancelled: queue.cancel(client, jobId) }),
  };

  async function call(client: Client, method: unknown, parameters: unknown): Promise<CallOutcome> {
    try {
      const known = parseMethod(method);
      return { ok: true, value: await invoke(known, client, parseParameters(known, parameters)) };
    } catch (thrown) {
      return { ok: false, error: serialiseError(thrown) };
    }
  }

  function invoke<Method extends StudioMethod>(method: Method, client: Client, parameters: StudioMethods[Method][0]) {
    return methods[method](client, parameters);
  }

  void packInUse.openFirstSafely();

  return {
    connect: (window) => {
      const client: Client = { ...window };
      clients.add(client);
      return {
        call: (method, parameters) => call(client, method, parameters),
        close: () => {
          clients.delete(client);
          client.sendEvent = () => {};
          client.showMenu = undefined;
          client.desktop = undefined;
          queue.cancelAll(client);
          installations.stop(client);
          gpu.stop(client);
          // Another window that compares opens it again.
          compared.release();
          projects.leave(client);
        },
      };
    },
    status: () => status.now(),
    readImage: (imageId) => projects.readImage(imageId),
    readThumbnail: (imageId, size) => gallery.readThumbnail(imageId, size),
    takeDownload: (path) => downloads.take(path),
    close: () => {
      status.close();
      projectCalls.rememberOpened();
      for (const client of clients) queue.cancelAll(client);
      clients.clear();
      // Before the engine: what runs waits again in its file, and has not failed.
      projects.closeAll();
      engine.stop();
      compared.stop();
      installations.stop();
      gpu.stop();
      gallery.close();
      downloads.close();
      pictures.close();
      desktop.close();
    },
  };
}
