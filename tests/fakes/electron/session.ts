/** Electron's session: permissions, downloads, the spelling. */
import { EventEmitter } from 'node:events';
import type { FakeApp } from './app.js';

type PermissionCheck = (contents: unknown, permission: string, origin: string) => boolean;
type PermissionRequest = (
  contents: unknown,
  permission: string,
  decide: (allowed: boolean) => void,
  details: { requestingUrl: string },
) => void;

export class FakeSession extends EventEmitter {
  check: PermissionCheck | null = null;
  request: PermissionRequest | null = null;
  device: (() => boolean) | null = null;
  spelling = true;
  readonly setPermissionCheckHandler = (handler: PermissionCheck) => (this.check = handler);
  readonly setPermissionRequestHandler = (handler: PermissionRequest) => (this.request = handler);
  readonly setDevicePermissionHandler = (handler: () => boolean) => (this.device = handler);
  readonly setSpellCheckerEnabled = (on: boolean) => (this.spelling = on);

  /** A page starts a download. Without a veto Electron asks the person where each one goes. */
  download(url: string, contents: unknown): FakeDownload {
    const item = new FakeDownload(url);
    this.emit('will-download', { preventDefault: () => (item.prevented = true) }, item, contents);
    return item;
  }
}

/** There are none before the program is ready. */
export class FakeSessions {
  readonly #default = new FakeSession();
  constructor(private readonly app: FakeApp) {}
  get defaultSession(): FakeSession {
    this.app.assertReady('session');
    return this.#default;
  }
}

export class FakeDownload extends EventEmitter {
  prevented = false;
  constructor(private readonly url: string) {
    super();
  }
  readonly getURL = () => this.url;
}
