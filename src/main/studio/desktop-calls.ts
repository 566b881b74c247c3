/** The desktop's part of the contract: files the system hands over, files that leave, and what the host should know of a window. */
import type { ExportedFile } from '../../shared/contract/import-export.js';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { OpenedProject } from '../../shared/contract/projects.js';
import type { DesktopMethods, News, OfferedFile } from '../../shared/contract/desktop.js';
import { StudioError } from '../../shared/errors.js';
import { imageLimits } from '../../shared/pictures/images.js';
import type { Calls } from './calls.js';
import { writingError } from '../storage/database/storage-errors.js';
import type { WindowDesktop } from './window-desktop.js';

interface DesktopClient {
  desktop?: WindowDesktop | undefined;
}

export interface DesktopContext<Client> {
  /** Where the library's own files lie. */
  projectsDirectory: string;
  addProject: (client: Client, file: { bytes: Uint8Array; fileName: string }) => Promise<OpenedProject>;
  openProject: (client: Client, id: string) => OpenedProject;
  /** PNG bytes of any picture of the gallery. Throws `not-found`. */
  exportPicture: (picture: { imageId: string } & ExportedFile) => Promise<Uint8Array>;
  readThumbnail: (imageId: string) => Promise<Uint8Array | null>;
}

interface Place {
  path: string;
  /** Otherwise it is the file itself. */
  isFolder: boolean;
}

interface ClientFiles {
  offered: Map<string, string>;
  places: Map<string, Place>;
}

export class DesktopCalls<Client extends DesktopClient> {
  readonly methods: Calls<Client, keyof DesktopMethods>;
  readonly #files = new WeakMap<Client, ClientFiles>();
  #dragFolder: string | null = null;

  constructor(private readonly context: DesktopContext<Client>) {
    this.methods = {
      takeNews: async (client) => (client.desktop === undefined ? noNews : this.#read(client, client.desktop)),
      chooseFiles: async (client) => {
        const desktop = desktopOf(client);
        const paths = await desktop.chooseFilesToOpen();
        desktop.offer(paths);
        return { chosen: paths.length > 0 };
      },
      openOffered: (client, { ticket }) => this.#openOffered(client, ticket),
      chooseSavingPlace: (client, { fileNames }) => this.#choosePlace(client, fileNames),
      saveFile: async (client, { ticket, fileName, bytes }) => {
        const place = this.#of(client).places.get(ticket);
        if (place === undefined) throw noTicket('There is no place to save to.');
        return { path: await (place.isFolder ? saveInto(place.path, fileName, bytes) : saveAs(place.path, bytes)) };
      },
      dragOut: async (client, { fileName, ...picture }) => {
        const desktop = desktopOf(client);
        const path = join(this.#draggedFolder(), fileName);
        writeFileSync(path, await this.context.exportPicture(picture));
        desktop.startDrag(path, (await this.context.readThumbnail(picture.imageId)) ?? new Uint8Array());
        return {};
      },
      setFullScreen: (client, { on }) => {
        desktopOf(client).setFullScreen(on);
        return {};
      },
      tellHost: (client, state) => {
        client.desktop?.tell(state);
        return {};
      },
    };
  }

  /** Pictures that were dragged out go with the program: whoever took them has a copy. */
  close(): void {
    if (this.#dragFolder !== null) rmSync(this.#dragFolder, { recursive: true, force: true });
    this.#dragFolder = null;
  }

  async #read(client: Client, desktop: WindowDesktop): Promise<News> {
    const { paths, notices } = desktop.takeNews();
    const news: News = { files: [], notices: [...notices] };
    for (const path of paths) {
      try {
        news.files.push(await this.#offered(client, path));
      } catch (error) {
        const reason = error instanceof StudioError ? error.message : `“${basename(path)}” cannot be read.`;
        news.notices.push(reason);
      }
    }
    return news;
  }

  async #offered(client: Client, path: string): Promise<OfferedFile> {
    const fileName = basename(path);
    const { size } = await stat(path);
    if (extname(path).toLowerCase() === '.ddt') {
      const ticket = randomUUID();
      this.#of(client).offered.set(ticket, path);
      return { kind: 'project', fileName, ticket };
    }
    if (size > imageLimits.maxBytes) {
      const most = imageLimits.maxBytes / 2 ** 20;
      throw new StudioError('image-too-large', `“${fileName}” has more than ${most} MB.`, 'Save it smaller.');
    }
    return { kind: 'image', fileName, bytes: new Uint8Array(await readFile(path)) };
  }

  async #openOffered(client: Client, ticket: string): Promise<OpenedProject> {
    const { offered } = this.#of(client);
    const path = offered.get(ticket);
    if (path === undefined) throw noTicket('That file was not offered to this window.');
    offered.delete(ticket);
    const own = this.#idInLibrary(path);
    const opened =
      own === null
        ? await this.context.addProject(client, { bytes: await readFile(path), fileName: basename(path) })
        : this.context.openProject(client, own);
    client.desktop?.remember(path);
    return opened;
  }

  /** A file of the library itself is opened where it lies; anything else is copied in. */
  #idInLibrary(path: string): string | null {
    const real = realpathSync(path);
    return dirname(real) === realpathSync(this.context.projectsDirectory) ? basename(real, extname(real)) : null;
  }

  async #choosePlace(client: Client, fileNames: readonly string[]): Promise<{ ticket: string; path: string } | null> {
    const desktop = desktopOf(client);
    const isFolder = fileNames.length > 1;
    const path = isFolder
      ? await desktop.chooseFolder(`Save ${fileNames.length.toLocaleString('en')} files into this folder`)
      : await desktop.chooseFile({ title: 'Save', suggestedName: fileNames[0]! });
    if (path === null) return null;
    const ticket = randomUUID();
    this.#of(client).places.set(ticket, { path, isFolder });
    return { ticket, path };
  }

  #of(client: Client): ClientFiles {
    const known = this.#files.get(client);
    if (known !== undefined) return known;
    const files: ClientFiles = { offered: new Map(), places: new Map() };
    this.#files.set(client, files);
    return files;
  }

  #draggedFolder(): string {
    return (this.#dragFolder ??= mkdtempSync(join(tmpdir(), 'ddt-studio-dragged-')));
  }
}

const noNews: News = { files: [], notices: [] };

/** Throws `bad-request` in a browser. */
export function desktopOf({ desktop }: DesktopClient): WindowDesktop {
  if (desktop !== undefined) return desktop;
  throw new StudioError('bad-request', 'A browser cannot do this.', 'Use the desktop program.');
}

function noTicket(message: string): StudioError {
  return new StudioError('not-found', message, 'Choose it again.');
}

/** The person chose this very file and was asked about one that was there: whole or not at all. */
async function saveAs(path: string, bytes: Uint8Array): Promise<string> {
  const beside = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(beside, bytes, { flush: true });
    await rename(beside, path);
    return path;
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw writingError(path, error, 'the file was not saved');
  }
}

/** `a.png`, or `a (2).png` where that is taken. */
async function saveInto(folder: string, fileName: string, bytes: Uint8Array): Promise<string> {
  const extension = extname(fileName);
  const stem = basename(fileName, extension);
  for (let attempt = 1; ; attempt++) {
    const path = join(folder, attempt === 1 ? fileName : `${stem} (${attempt})${extension}`);
    try {
      await writeFile(path, bytes, { flag: 'wx', flush: true });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      await rm(path, { force: true }).catch(() => {});
      throw writingError(path, error, 'the file was not saved');
    }
  }
}
