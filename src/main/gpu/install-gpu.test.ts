/** CUDA's libraries from a server of this test in the index' place: whole, cut, changed, missing, cancelled, and without a network. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GpuComponent } from './components.js';
import { nativeFolder } from '../engine/model/runtime-module.js';
import { engineEnvironment, gpuDirectory, installedRuntime, runtimeIn } from './gpu-runtime.js';
import { installGpu, removeGpu } from './install-gpu.js';

const disk = vi.hoisted(() => ({ free: Infinity }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const statfs = async (path: string) => ({ ...(await real.statfs(path)), bavail: disk.free, bsize: 1 });
  return { ...real, statfs };
});

const writes = vi.hoisted(() => ({ fail: false }));
vi.mock('node:fs', async (original) => {
  const { onFullDisk } = await import('../../../tests/fakes/full-disk.js');
  return onFullDisk(await original(), writes);
});

const version = '9.9.9';
let folder = '';
let server: Server;
let address = '';
let asked: { url: string; range: string | undefined }[] = [];
/** What the server sends, by path; absent: the wheel whole, with ranges. */
let answer:
  ((wheel: Uint8Array, range: string | undefined) => { status: number; body: Uint8Array; cut?: boolean }) | null;

const cuda = wheel('onnxruntime_gpu', { 'onnxruntime/capi/libonnxruntime_providers_cuda.so': 'provider' });
const cublas = wheel('nvidia_cublas', {
  'nvidia/cu13/lib/libcublas.so.13': 'c'.repeat(5000),
  'nvidia/cu13/lib/libother.so': 'not asked for',
  'nvidia_cublas-1.dist-info/licenses/License.txt': 'terms',
});
const components = [
  component(cuda, ['libonnxruntime_providers_cuda.so'], 'runtime'),
  component(cublas, ['libcublas.so.13'], 'lib'),
];

function wheel(name: string, files: Record<string, string>): { file: string; bytes: Uint8Array } {
  const contents = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]));
  return { file: `${name}-1-py3-none-any.whl`, bytes: zipSync(contents, { level: 0 }) };
}

function component(
  { file, bytes }: { file: string; bytes: Uint8Array },
  libraries: string[],
  place: GpuComponent['place'],
): GpuComponent {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    file,
    path: `aa/${file.slice(0, 4)}`,
    sha256,
    bytes: bytes.length,
    libraries,
    place,
    license: 'MIT',
    terms: 'https://opensource.org/license/mit',
  };
}

function install(changes: Partial<Parameters<typeof installGpu>[0]> = {}): Promise<string> {
  const runtime = { module: join(folder, 'studio', 'node_modules', 'onnxruntime-node'), version };
  const { signal } = new AbortController();
  return installGpu({ dataDirectory: join(folder, 'data'), address, components, runtime, signal, ...changes });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-gpu-'));
  disk.free = Infinity;
  writes.fail = false;
  asked = [];
  answer = null;
  const module = join(folder, 'studio', 'node_modules', 'onnxruntime-node');
  for (const [path, text] of [
    [join(module, 'package.json'), `{"version":"${version}"}`],
    [join(module, 'dist', 'index.js'), ''],
    [join(nativeFolder(module), 'libonnxruntime.so.1'), 'runtime'],
    [join(dirname(module), 'onnxruntime-common', 'package.json'), '{}'],
  ] as const) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  server = createServer((request, response) => {
    const range = request.headers.range;
    asked.push({ url: request.url!, range });
    const found = [cuda, cublas].find(({ file }) => request.url!.endsWith(`/${file}`));
    if (found === undefined) return void response.writeHead(404).end();
    const from = range === undefined ? 0 : Number(/bytes=(\d+)-/.exec(range)![1]);
    const usual = { status: range === undefined ? 200 : 206, body: found.bytes.subarray(from) };
    const { status, body, cut = false } = { cut: false, ...(answer?.(found.bytes, range) ?? usual) };
    response.writeHead(status, cut ? { 'content-length': body.length + 1000 } : {});
    if (!cut) return void response.end(body);
    response.flushHeaders();
    if (body.length > 0) response.write(body);
    // What was sent is to have arrived before the line is cut.
    const path = join(gpu(), 'fetched', found.file);
    const arrived = (): boolean => body.length === 0 || (existsSync(path) && statSync(path).size >= body.length);
    const timer = setInterval(() => {
      if (!arrived()) return;
      clearInterval(timer);
      response.destroy();
    }, 5);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/packages`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const gpu = () => gpuDirectory(join(folder, 'data'));

describe('installing CUDA', () => {
  test('puts the provider beside a copy of the runtime, NVIDIA’s libraries in a folder of their own, and nothing else', async () => {
    const steps: string[] = [];
    const directory = await install({ onProgress: (phase, done, total) => steps.push(`${phase} ${done}/${total}`) });
    const runtime = runtimeIn(directory);
    expect(readdirSync(nativeFolder(runtime.module)).sort()).toEqual([
      'libonnxruntime.so.1',
      'libonnxruntime_providers_cuda.so',
    ]);
    expect(readdirSync(runtime.libraries)).toEqual(['libcublas.so.13']);
    expect(readFileSync(join(runtime.libraries, 'libcublas.so.13'), 'utf8')).toBe('c'.repeat(5000));
    expect(readdirSync(join(directory, 'licenses'))).toEqual(['nvidia_cublas-License.txt']);
    expect(readdirSync(gpu())).toEqual([version]);
    const bytes = cuda.bytes.length + cublas.bytes.length;
    expect(steps).toContain(`fetching ${bytes}/${bytes}`);
    expect(steps.at(-1)).toBe('unpacking 2/2');
  });

  test('the engine’s process is told where, after an update of the studio no longer', async () => {
    const data = join(folder, 'data');
    expect(installedRuntime(data, version)).toBeNull();
    await install();
    expect(installedRuntime(data, version)?.directory).toBe(join(gpu(), version));
    expect(installedRuntime(data, '9.9.10')).toBeNull();
    // The installed one is not of the runtime these tests run with.
    expect(engineEnvironment(data, { PATH: '/bin' })).toEqual({ PATH: '/bin' });
  });

  test('goes on where a connection was cut, within one call and in the next', async () => {
    let calls = 0;
    answer = (bytes, range) => {
      if (bytes !== cublas.bytes || ++calls > 1) return undefined as never;
      return { status: range === undefined ? 200 : 206, body: bytes.subarray(0, 3000), cut: true };
    };
    await install();
    expect(asked.filter(({ url }) => url.endsWith(cublas.file)).map(({ range }) => range)).toEqual([
      undefined,
      'bytes=3000-',
    ]);
  });

  test('a server that brings nothing is given up, and what had arrived waits for the next call', async () => {
    answer = (bytes) =>
      bytes === cublas.bytes ? { status: 200, body: new Uint8Array(0), cut: true } : (undefined as never);
    await expect(install()).rejects.toMatchObject({ code: 'download-failed' });
    expect(existsSync(join(gpu(), version))).toBe(false);
    answer = null;
    asked = [];
    await install();
    expect(asked.map(({ url }) => url)).toEqual([`/packages/${components[1]!.path}/${cublas.file}`]);
  });

  test('a server without ranges begins anew', async () => {
    let calls = 0;
    answer = (bytes) => {
      if (bytes !== cublas.bytes) return undefined as never;
      return ++calls === 1 ? { status: 200, body: bytes.subarray(0, 100), cut: true } : { status: 200, body: bytes };
    };
    await install();
    expect(readFileSync(join(runtimeIn(join(gpu(), version)).libraries, 'libcublas.so.13'), 'utf8')).toHaveLength(5000);
  });

  test('a changed file is refused and removed; what was installed before stays', async () => {
    const directory = await install();
    answer = (bytes) => ({ status: 200, body: bytes.map((value, at) => (at === 60 ? value ^ 1 : value)) });
    await expect(install()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/is not the file/) as string,
    });
    expect(readdirSync(join(gpu(), 'fetched'))).toEqual([]);
    expect(existsSync(join(directory, 'installed.json'))).toBe(true);
  });

  test('an answer that is no file is told with its number', async () => {
    answer = () => ({ status: 403, body: strToU8('no') });
    await expect(install()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('403') as string,
    });
  });

  test('a full disk is told before anything is fetched', async () => {
    disk.free = 1000;
    await expect(install()).rejects.toMatchObject({ code: 'disk-full' });
    expect(asked).toEqual([]);
    expect(statfsSync(folder).bavail).toBeGreaterThan(1000);
  });

  test('a disk that fills up in the middle is told and nothing is half installed; with room again it goes on', async () => {
    writes.fail = true;
    await expect(install()).rejects.toMatchObject({ code: 'disk-full' });
    expect(existsSync(join(gpu(), version))).toBe(false);
    writes.fail = false;
    await install();
    expect(existsSync(join(gpu(), version))).toBe(true);
  });

  test('cancelled is not failed, and leaves nothing half installed', async () => {
    const cancellation = new AbortController();
    const run = install({
      signal: cancellation.signal,
      onProgress: (phase) => phase === 'unpacking' && cancellation.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(gpu())).toEqual(['fetched']);
  });

  test('from a folder nothing is fetched; a file that is missing or another one is named, and left alone', async () => {
    const from = join(folder, 'wheels');
    mkdirSync(from);
    writeFileSync(join(from, cuda.file), cuda.bytes);
    await expect(install({ from })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining(cublas.file) as string,
    });
    writeFileSync(join(from, cublas.file), cublas.bytes.slice(1));
    await expect(install({ from })).rejects.toMatchObject({ code: 'download-failed' });
    expect(existsSync(join(from, cublas.file))).toBe(true);
    writeFileSync(join(from, cublas.file), cublas.bytes);
    await install({ from });
    expect(asked).toEqual([]);
    expect(readdirSync(from).sort()).toEqual([cublas.file, cuda.file].sort());
  });

  test('a wheel without its library is no installation', async () => {
    const [first, second] = components as [GpuComponent, GpuComponent];
    const run = install({ components: [first, { ...second, libraries: ['libcublas.so.14'] }] });
    await expect(run).rejects.toThrow();
    expect(existsSync(join(gpu(), version))).toBe(false);
  });

  test('is removed whole', async () => {
    await install();
    expect(await removeGpu(join(folder, 'data'))).toBe(true);
    expect(existsSync(gpu())).toBe(false);
    expect(await removeGpu(join(folder, 'data'))).toBe(false);
  });
});
