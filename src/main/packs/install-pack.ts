/** Installing and removing packs: checked and copied beside the others, seen by nobody before it is whole. */
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelledError, StudioError } from '../../shared/errors.js';
import type { PackManifest, PackSummary } from '../../shared/packs/pack.js';
import type { InstallProgress, PackOffer } from '../../shared/contract/pack-installation.js';
import { manifestFile, parseManifest } from '../engine/pack/pack-manifest.js';
import { listPacks, packError, packId, verifyPack } from '../engine/pack/pack.js';
import { writingError } from '../storage/database/storage-errors.js';
import { incomingFolder, removeAbandoned, requireSpace } from '../storage/incoming.js';
import { openPackSource, type PackSource } from './pack-source.js';

/** Left free on the disk: projects have to be saved after it, too. */
const spare = 64 * 1024 * 1024;

export interface Installation {
  /** The folder of the person's own packs. */
  packs: string;
  /** A folder or a zip file. */
  source: string;
  /** Takes the place of the same pack of the same version. */
  replace?: boolean;
  /** Asked once, before anything is copied; what it throws ends the installation. */
  agree: (offer: PackOffer) => Promise<void> | void;
  onProgress?: (progress: InstallProgress) => void;
  signal: AbortSignal;
}

/**
 * Returns the installed pack. Throws `pack-missing`, `pack-damaged`, `pack-unsupported`, `disk-full`, `place-unwritable`, `bad-request`
 * for one that is there already, `cancelled`, and what `agree` throws; then nothing is left of it.
 */
export async function installPack(installation: Installation): Promise<PackSummary> {
  const { packs, signal, onProgress = () => undefined } = installation;
  const source = await openPackSource(installation.source);
  try {
    const manifest = await manifestOf(source, installation.source);
    const files = [{ path: manifestFile }, ...manifest.files];
    const total = bytesOf(manifest);
    const target = join(packs, `${manifest.name}-${manifest.version}`);
    if (installation.replace !== true) await refuseSecond(packs, target, manifest);
    await installation.agree(await offerOf(source, manifest));
    await makeRoom(packs, total);
    const folder = incomingFolder(packs);
    try {
      await mkdir(folder);
      let done = 0;
      for (const file of files) {
        if ('bytes' in file) {
          const before = done;
          await copy(source, folder, file, signal, (bytes) => {
            onProgress({ phase: 'copying', done: before + bytes, total });
          });
          done += file.bytes;
        } else await writeFile(join(folder, manifestFile), await source.readManifest());
      }
      onProgress({ phase: 'verifying', done: 0, total });
      const [finding] = await verifyPack(folder, (done, of) => {
        if (signal.aborted) throw cancelledError();
        onProgress({ phase: 'verifying', done, total: of });
      });
      if (signal.aborted) throw cancelledError();
      if (finding !== undefined) throw packError(installation.source, finding);
      await takePlace(folder, target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const installed = (await listPacks([packs])).find(({ directory }) => directory === resolve(target));
    if (installed === undefined) throw packError(target, { code: 'pack-missing', file: target, rule: 'has vanished' });
    return installed;
  } catch (error) {
    if (signal.aborted) throw cancelledError();
    throw error instanceof StudioError ? error : writingError(packs, error, 'the pack was not installed');
  } finally {
    source.close();
  }
}

/** What a folder or a zip holds, from its manifest and licence alone. Throws `pack-missing`, `pack-damaged` or `pack-unsupported`. */
export async function readOffer(path: string): Promise<PackOffer> {
  const source = await openPackSource(path);
  try {
    return await offerOf(source, await manifestOf(source, path));
  } finally {
    source.close();
  }
}

/**
 * Removes a pack of the person's own. Throws `pack-missing` for one that is not among them, which those that came with the studio
 * are not.
 */
export async function removePack(packs: string, id: string): Promise<PackSummary> {
  const own = (await listPacks([packs])).filter((pack) => pack.id === id || pack.manifest.name === id);
  if (own.length !== 1) {
    throw new StudioError(
      'pack-missing',
      own.length === 0 ? `No pack ${id} was installed.` : `There are several versions of ${id}.`,
      own.length === 0
        ? 'The packs that came with the studio stay; `packs list` shows where each one is.'
        : `Name one of them: ${own.map((pack) => pack.id).join(', ')}.`,
    );
  }
  const [pack] = own;
  // Out of sight at once, however long it takes to remove.
  const gone = incomingFolder(dirname(pack!.directory));
  try {
    await rename(pack!.directory, gone);
    await rm(gone, { recursive: true, force: true });
  } catch (error) {
    throw writingError(packs, error, 'the pack was not removed');
  }
  return pack!;
}

async function offerOf(source: PackSource, manifest: PackManifest): Promise<PackOffer> {
  return {
    id: packId(manifest),
    license: manifest.license,
    licenseText: await licenseOf(source, manifest),
    description: manifest.description,
    bytes: bytesOf(manifest),
  };
}

function bytesOf({ files }: PackManifest): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function manifestOf(source: PackSource, path: string): Promise<PackManifest> {
  const manifest = parseManifest(await source.readManifest());
  if (Array.isArray(manifest)) throw packError(path, manifest[0]!);
  return manifest;
}

async function refuseSecond(packs: string, target: string, manifest: PackManifest): Promise<void> {
  const there = (await listPacks([packs])).some(({ id }) => id === packId(manifest));
  if (!there && (await lstat(target).catch(() => null)) === null) return;
  throw new StudioError(
    'bad-request',
    `${packId(manifest)} is installed already.`,
    'Remove it first, or say that it is to be replaced.',
    { detail: target },
  );
}

const licenseFile = /^licen[cs]e(\.(txt|md))?$/i;
const mostLicenseBytes = 256 * 1024;

async function licenseOf(source: PackSource, { files }: PackManifest): Promise<string | null> {
  const file = files.find(({ path, bytes }) => licenseFile.test(path) && bytes <= mostLicenseBytes);
  if (file === undefined) return null;
  const parts: Buffer[] = [];
  for await (const part of await source.open(file.path, file.bytes)) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Makes the folder, removes what installations that were killed have left, and throws `disk-full` where the pack does not fit. */
async function makeRoom(packs: string, bytes: number): Promise<void> {
  await mkdir(packs, { recursive: true, mode: 0o700 });
  await removeAbandoned(packs);
  await requireSpace(packs, { bytes, spare }, 'The pack', 'Free some space, or remove a pack you no longer use.');
}

async function copy(
  source: PackSource,
  folder: string,
  { path, bytes }: { path: string; bytes: number },
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const to = join(folder, path);
  await mkdir(dirname(to), { recursive: true });
  let copied = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      copied += chunk.length;
      onBytes(copied);
      done(null, chunk);
    },
  });
  await pipeline(await source.open(path, bytes), counting, createWriteStream(to, { flags: 'wx' }), { signal });
}

/** The old pack stays until the new one is whole, and comes back where the change fails. */
async function takePlace(folder: string, target: string): Promise<void> {
  const aside = `${folder}-old`;
  const replaces = await rename(target, aside).then(
    () => true,
    () => false,
  );
  try {
    await rename(folder, target);
  } catch (error) {
    if (replaces) await rename(aside, target);
    throw error;
  }
  if (replaces) await rm(aside, { recursive: true, force: true });
}
