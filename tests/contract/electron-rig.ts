/** The desktop program on the stand-in for Electron, for tests of what it does around its windows. */
import { pictureScripts } from '../fakes/pictures.js';
import { vi } from 'vitest';
import { startElectronHost, type ElectronHostOptions } from '../../src/main/hosts/electron/host.js';
import type { Incident } from '../../src/main/hosts/electron/incidents.js';
import { fromOutcomes, type StudioConnection } from '../../src/shared/contract/bridge.js';
import type { StudioEvent } from '../../src/shared/contract/events.js';
import { FakeElectron, type FakeWindow } from '../fakes/electron.js';
import { settings } from './helpers.js';
import { fakeEngine, makeFolders, settled, type TestFolders } from './transports.js';

export class ElectronRig {
  /** Built by the tests that look at project files. */
  static projectCheckScript = '/project-check.js';
  readonly folders: TestFolders = makeFolders();
  readonly electron = new FakeElectron();
  readonly incidents: Incident[] = [];

  start(options: Partial<ElectronHostOptions> = {}) {
    return startElectronHost(this.electron.modules, {
      paths: {
        root: '/program',
        version: '1.2.3',
        engineScript: fakeEngine,
        projectCheckScript: ElectronRig.projectCheckScript,
        pictureScripts: pictureScripts(),
        rendererDirectory: this.folders.renderer,
        preloadScript: '/preload.cjs',
        packDirectories: [this.folders.packs],
        dataDirectory: this.folders.data,
        noticesFile: '/notices.txt',
      },
      platform: 'linux',
      architecture: options.platform === 'darwin' ? 'arm64' : 'x64',
      onIncident: (incident) => this.incidents.push(incident),
      ...options,
    });
  }

  get window(): FakeWindow {
    return this.electron.windows[0]!;
  }

  /** The first window with its page, which has its project open. */
  async page(window: FakeWindow = this.window): Promise<{ api: StudioConnection; heard: StudioEvent[] }> {
    await settled();
    const api = fromOutcomes({ ...window.bridge(), onConnection: () => () => {} });
    const heard: StudioEvent[] = [];
    api.onEvent((event) => heard.push(event));
    await api.openProject({});
    return { api, heard };
  }

  /** A job that runs until it is cancelled or its engine ends. */
  async startJob({ api, heard }: { api: StudioConnection; heard: StudioEvent[] }, prompt = 'hang'): Promise<string> {
    const { jobId } = await api.submit({
      request: { kind: 'generate', prompt, seed: 1, variations: 1, settings },
    });
    await vi.waitFor(
      () => {
        if (!heard.some((one) => one.channel === 'job' && one.event.type === 'started')) throw new Error('not started');
      },
      { timeout: 20_000 },
    );
    return jobId;
  }

  /** Dialogs shown so far, by what they say. */
  get said(): string[] {
    return this.electron.dialogs.shown.map(({ options }) => String(options['message'] ?? options['title']));
  }

  end(): void {
    this.electron.end();
    this.folders.remove();
  }
}
