/** Electron's session: permissions, downloads, the spelling. */
import { EventEmitter } from 'node:events';

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
  readonly isSpellCheckerEnabled = () => this.spelling;

  /** A page starts a download. Without a path or a veto Electron asks the person where each one goes. */
  download(url: string, contents: unknown): FakeDownload {
    const item = new FakeDownload(url);
    this.emit('will-download', { preventDefault: () => (item.prevented = true) }, item, contents);
    if (!item.prevented && item.savePath === '') item.asked = true;
    return item;
  }
}

export class FakeDownload extends EventEmitter {
  prevented = false;
  /** A dialog of its own was shown for it. */
  asked = false;
  savePath = '';
  constructor(private readonly url: string) {
    super();
  }
  readonly getURL = () => this.url;
  readonly getFilename = () => this.url.split('/').at(-1)!;
  readonly setSavePath = (path: string) => (this.savePath = path);
}
