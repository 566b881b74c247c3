/**
 * What is done on a disk of a megabyte, one step a process: `prepare` makes a project with a picture, a copy of it and
 * what else a data folder has; `ask` asks everything a person can ask of the main side, `fill` does so after filling the
 * disk in mid-work; `look` tells what is left when the disk is as it should be again. Each prints JSON.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../../src/main/storage/database/database.js';
import { picturesHere } from '../fakes/pictures.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import { ProjectFile } from '../../src/main/storage/projects/project-file.js';
import { createStudio, type Studio, type WindowConnection } from '../../src/main/studio/studio.js';
import type { StudioMethod } from '../../src/shared/contract/api.js';
import type { OpenedProject, ProjectSummary, HistoryState } from '../../src/shared/contract/projects.js';
import type { Frame } from '../../src/shared/document/document.js';
import { everything } from '../../src/shared/contract/gallery.js';
import type { StoredImage } from '../../src/shared/pictures/images.js';
import { randomOf } from './script.js';
import type { WindowDesktop } from '../../src/main/studio/window-desktop.js';

const [disk, step] = process.argv.slice(2) as [string, 'prepare' | 'ask' | 'fill' | 'look'];
const data = join(disk, 'data');
const ballast = join(disk, 'ballast');
const copy = join(disk, 'copy.ddt');

/** A picture that no packing makes smaller. */
function noise(side: number, seed: number): Uint8Array {
  const random = randomOf(seed);
  return encodePng({
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side * 4 }, () => random() * 256),
  });
}

function frameOf({ imageId, width, height }: StoredImage, id: string): Frame {
  return {
    ...{ id, name: id, x: 0, y: 0, width, height, imageId, pixelWidth: width, pixelHeight: height },
    origin: { kind: 'imported', fileName: 'noise.png' },
    tokens: null,
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

const put = (frame: Frame) => ({ transaction: { label: 'Put', operations: [{ type: 'put-frame', frame }] } });

/** Writes until nothing more fits, not a byte. */
function fill(): void {
  const file = openSync(ballast, 'a');
  for (const size of [65_536, 4096, 512, 1]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size, 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  fsyncSync(file);
  closeSync(file);
}

/** What a step prints: each call with what it came to, `done` or code, message and way out. */
export interface Asked {
  readOnly: string | null;
  outcomes: Record<string, string | boolean>;
  files: string[];
  copyIsWhole: boolean;
}

export interface LeftOver {
  frames: string[];
  history: HistoryState;
  /** What a change comes to now. */
  commit: string;
  integrity: unknown[];
  files: string[];
}

const unused = (): never => {
  throw new Error('Not part of this test.');
};
const desktop: WindowDesktop = {
  chooseFile: () => Promise.resolve(copy),
  chooseFolder: unused,
  chooseZip: unused,
  chooseFilesToOpen: unused,
  takeNews: unused,
  offer: unused,
  remember: () => {},
  startDrag: unused,
  setFullScreen: unused,
  tell: unused,
};

class Session {
  readonly #studio: Studio;
  readonly #connection: WindowConnection;

  constructor() {
    this.#studio = createStudio({
      program: import.meta.dirname,
      version: '0',
      host: 'electron',
      dataDirectory: data,
      packDirectories: [],
      checkProject: (path, id) => Promise.resolve(ProjectFile.renumber(path, id)),
      pictures: picturesHere,
      launchEngine: () => ({ send: () => {}, onMessage: () => {}, onExit: () => {}, kill: () => {} }),
    });
    this.#connection = this.#studio.connect({ sendEvent: () => {}, desktop });
  }

  /** What it came to, in a line. */
  async ask(method: StudioMethod, parameters: unknown = {}): Promise<string> {
    const outcome = await this.#connection.call(method, parameters);
    return outcome.ok ? 'done' : `${outcome.error.code}: ${outcome.error.message} ${outcome.error.remedy}`;
  }

  async value<Value>(method: StudioMethod, parameters: unknown = {}): Promise<Value> {
    const outcome = await this.#connection.call(method, parameters);
    if (!outcome.ok) throw new Error(`${method}: ${outcome.error.message}`);
    return outcome.value as Value;
  }

  async hasThumbnail(imageId: string): Promise<boolean> {
    return (await this.#studio.readThumbnail(imageId, 128)) !== null;
  }

  close(): void {
    this.#connection.close();
    this.#studio.close();
  }
}

/** Every file of the disk; those that SQLite keeps beside its own are its business. */
const filesOf = () =>
  readdirSync(disk, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/-(wal|shm)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(disk.length + 1));

async function prepare(): Promise<string[]> {
  const session = new Session();
  await session.value('createProject', { name: 'Unwanted' });
  await session.value('createProject', { name: 'Kept' });
  const image = await session.value<StoredImage>('importImage', { bytes: noise(64, 1), fileName: 'noise.png' });
  await session.value('commit', put(frameOf(image, 'first')));
  await session.value('saveCopy');
  session.close();
  return filesOf();
}

/** Every kind of call; `beforehand` happens when the project is open. */
async function ask(beforehand: () => void): Promise<Asked> {
  const session = new Session();
  const opened = await session.value<OpenedProject>('openProject');
  const [frame] = opened.document.frames;
  const { id, imageId } = frame!;
  const projects = await session.value<ProjectSummary[]>('listProjects');
  const unwanted = projects.find(({ name }) => name === 'Unwanted')!;
  const sound = readFileSync(copy);
  beforehand();
  const outcomes = {
    importImage: await session.ask('importImage', { bytes: noise(96, 4), fileName: 'noise.png' }),
    commit: await session.ask('commit', put({ ...frame!, id: 'second', description: 'x'.repeat(9_000) })),
    undo: await session.ask('undo'),
    exportImage: await session.ask('exportImage', { frameId: id, metadata: true }),
    saveCopy: await session.ask('saveCopy'),
    createProject: await session.ask('createProject', { name: 'Another' }),
    addProject: await session.ask('addProject', { bytes: sound, fileName: 'copy.ddt' }),
    star: await session.ask('markPictures', { imageIds: [imageId], mark: 'star' }),
    search: await session.ask('searchGallery', { query: everything, offset: 0, limit: 10 }),
    thumbnail: await session.hasThumbnail(imageId),
    cacheLimit: await session.ask('setTimelineCache', { limit: 1000 }),
    deleteProject: await session.ask('deleteProject', { id: unwanted.id }),
    reopen: await session.ask('openProject', { id: opened.document.id }),
  };
  const result = {
    readOnly: opened.readOnly,
    outcomes,
    files: filesOf(),
    copyIsWhole: sound.equals(readFileSync(copy)),
  };
  session.close();
  return result;
}

async function look(): Promise<LeftOver> {
  rmSync(ballast, { force: true });
  const session = new Session();
  const { document, history } = await session.value<OpenedProject>('openProject');
  const commit = await session.ask('commit', put({ ...document.frames[0]!, id: 'third' }));
  session.close();
  const database = new Database(join(data, 'projects', `${document.id}.ddt`));
  const integrity = database.all('PRAGMA integrity_check');
  database.close();
  return { frames: document.frames.map(({ id }) => id), history, commit, integrity, files: filesOf() };
}

const steps = { prepare, ask: () => ask(() => {}), fill: () => ask(fill), look };
process.stdout.write(`${JSON.stringify(await steps[step]())}\n`);
