/** CUDA for the studio's engine: fetched, checked and put in order beside the person's data, seen by nobody before it is whole. */
import { createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry } from 'yauzl';
import { cancelledError, StudioError } from '../../shared/errors.js';
import { bundledModule, nativeFolder } from '../engine/model/runtime-module.js';
import { writingError } from '../storage/database/storage-errors.js';
import { incomingFolder, removeAbandoned, requireSpace } from '../storage/incoming.js';
import { componentAddress, componentsRuntime, gpuComponents, installedBytes, type GpuComponent } from './components.js';
import { fetchComponent, verifyComponent } from './download.js';
import { bundledVersion, gpuDirectory, installedFile, runtimeIn } from './gpu-runtime.js';

export interface GpuInstallation {
  dataDirectory: string;
  /** A folder with the wheels, for machines without a network: nothing is fetched then. */
  from?: string | undefined;
  /** In place of the index: DDT_STUDIO_GPU_MIRROR. */
  address?: string | undefined;
  onProgress?: (phase: 'fetching' | 'unpacking', done: number, total: number) => void;
  signal: AbortSignal;
  /** Of tests. */
  components?: readonly GpuComponent[];
  runtime?: { module: string; version: string };
}

/** Left free on the disk: projects have to be saved after it, too. */
const spare = 256 * 1024 * 1024;

/**
 * Returns the folder it lies in. Throws `download-failed`, `disk-full`, `place-unwritable`, `task-unsupported` where there are no such
 * libraries for this runtime, and `cancelled`. What was fetched is kept for the next try, everything else is as it was before.
 */
export async function installGpu(installation: GpuInstallation): Promise<string> {
  const { dataDirectory, from, signal, components = gpuComponents, onProgress = () => undefined } = installation;
  const { module, version } = installation.runtime ?? { module: bundledModule(), version: bundledVersion() };
  if (installation.components === undefined) checkPlatform(version);
  const gpu = gpuDirectory(dataDirectory);
  const fetched = join(gpu, 'fetched');
  const folder = incomingFolder(gpu);
  const total = components.reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    await mkdir(fetched, { recursive: true, mode: 0o700 });
    await makeRoom(gpu, fetched, from === undefined ? total : 0, components === gpuComponents ? installedBytes : total);
    let done = 0;
    for (const component of components) {
      const before = done;
      const onBytes = (bytes: number): void => onProgress('fetching', before + bytes, total);
      if (from === undefined) {
        const address = installation.address ?? componentAddress;
        await fetchComponent(component, join(fetched, component.file), { address, signal, onBytes });
      } else await checkGiven(component, from, signal);
      done += component.bytes;
      onBytes(component.bytes);
    }
    const runtime = runtimeIn(folder);
    await copyRuntime(module, runtime.module);
    await mkdir(runtime.libraries, { recursive: true });
    for (const [number, component] of components.entries()) {
      onProgress('unpacking', number, components.length);
      const to = component.place === 'lib' ? runtime.libraries : nativeFolder(runtime.module);
      await mkdir(to, { recursive: true });
      await unpack(component, join(from ?? fetched, component.file), to, join(folder, 'licenses'), signal);
    }
    const facts = { version, components: components.map(({ file, sha256, license }) => ({ file, sha256, license })) };
    await writeFile(join(folder, installedFile), JSON.stringify(facts, null, 2));
    const target = join(gpu, version);
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    await rm(fetched, { recursive: true, force: true });
    onProgress('unpacking', components.length, components.length);
    return target;
  } catch (error) {
    if (signal.aborted) throw cancelledError();
    throw error instanceof StudioError ? error : writingError(gpu, error, 'CUDA was not installed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything `installGpu` has ever brought, what was fetched included. Returns whether there was anything. */
export async function removeGpu(dataDirectory: string): Promise<boolean> {
  const gpu = gpuDirectory(dataDirectory);
  if ((await stat(gpu).catch(() => null)) === null) return false;
  try {
    await rm(gpu, { recursive: true });
  } catch (error) {
    throw writingError(gpu, error, 'CUDA was not removed');
  }
  return true;
}

function checkPlatform(version: string): void {
  const isHere = process.platform === 'linux' && process.arch === 'x64';
  if (isHere && version === componentsRuntime) return;
  throw new StudioError(
    'task-unsupported',
    isHere
      ? `CUDA is known for onnxruntime ${componentsRuntime}, and this studio has ${version}.`
      : `CUDA is installed on Linux with a 64-bit Intel or AMD processor only; this is ${process.platform} on ${process.arch}.`,
    isHere
      ? 'Reinstall the studio.'
      : 'On Windows DirectML and on a Mac Core ML and WebGPU are part of the studio; “ddt-studio gpu” says what is used.',
  );
}

async function checkGiven(component: GpuComponent, from: string, signal: AbortSignal): Promise<void> {
  const path = join(from, component.file);
  if ((await stat(path).catch(() => null)) === null) {
    throw new StudioError(
      'download-failed',
      `${component.file} is not in ${from}.`,
      `Fetch it from ${componentAddress}/${component.path}/${component.file} on a machine with a network.`,
    );
  }
  await verifyComponent(component, path, signal);
}

/** Only what this platform loads. */
async function copyRuntime(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const part of ['package.json', 'dist']) await cp(join(from, part), join(to, part), { recursive: true });
  await cp(nativeFolder(from), nativeFolder(to), { recursive: true });
  const common = join(dirname(from), 'onnxruntime-common');
  await cp(common, join(dirname(to), 'onnxruntime-common'), { recursive: true });
}

async function unpack(
  component: GpuComponent,
  wheel: string,
  to: string,
  licenses: string,
  signal: AbortSignal,
): Promise<void> {
  const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false });
  try {
    const found = new Set<string>();
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      const name = basename(entry.fileName);
      const isLibrary = component.libraries.includes(name) && !found.has(name);
      const isLicense = /\.dist-info\/.*licen[cs]e[^/]*$/i.test(entry.fileName);
      if (!isLibrary && !isLicense) continue;
      if (isLibrary) found.add(name);
      else await mkdir(licenses, { recursive: true });
      const path = isLibrary ? join(to, name) : join(licenses, `${component.file.split('-')[0]}-${name}`);
      const flags = isLibrary ? 'wx' : 'w';
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { flags, mode: 0o600 }), {
        signal,
      });
    }
    const missing = component.libraries.filter((name) => !found.has(name));
    if (missing.length > 0) throw new Error(`${component.file} holds no ${missing.join(', ')}`);
  } finally {
    zip.close();
  }
}

/** Removes what installations that were killed have left, and throws `disk-full` where it does not fit. */
async function makeRoom(gpu: string, fetched: string, toFetch: number, toUnpack: number): Promise<void> {
  await removeAbandoned(gpu);
  let there = 0;
  for (const name of await readdir(fetched)) there += (await stat(join(fetched, name))).size;
  const bytes = Math.max(0, toFetch - there) + toUnpack;
  await requireSpace(gpu, { bytes, spare }, 'CUDA', 'Free some space, or name another data folder in DDT_STUDIO_HOME.');
}
