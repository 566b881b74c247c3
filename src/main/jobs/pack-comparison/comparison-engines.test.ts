import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ComparisonEngines } from './comparison-engines.js';
import { fakeManifest } from '../../../../tests/fakes/engine-parts.js';
import { writeFakePack } from '../../../../tests/fakes/fake-pack.js';
import type { FromEngine, ToEngine } from '../../engine/protocol.js';
import type { EngineProcess } from '../../supervisor/engine-process.js';
import { EngineSupervisor } from '../../supervisor/engine-supervisor.js';

/** Opens whatever it is asked for; a folder with `refuse` in its name it does not. */
class FakeProcess implements EngineProcess {
  killed = false;
  opened: string[] = [];
  die: (reason: string) => void = () => {};
  #tell: (message: FromEngine) => void = () => {};
  readonly onMessage = (listener: (message: FromEngine) => void) => void (this.#tell = listener);
  readonly onExit = (listener: (reason: string) => void) => void (this.die = listener);
  readonly kill = () => void (this.killed = true);
  readonly send = (message: ToEngine): void => {
    if (message.type !== 'open') return;
    this.opened.push(message.packDirectory);
    const pack = { id: 'fake@1.0.0', directory: message.packDirectory, manifest: fakeManifest(), bytes: 1 };
    const error = { code: 'pack-damaged' as const, message: 'Broken.', remedy: 'Another one.' };
    queueMicrotask(() =>
      this.#tell(
        message.packDirectory.includes('refuse')
          ? { type: 'open-failed', error, attempts: [] }
          : { type: 'ready', ready: { pack, provider: 'cpu', attempts: [], devices: [], openMs: 1 } },
      ),
    );
  };
}

const signal = new AbortController().signal;
let folder: string;
let processes: FakeProcess[];
let engine: EngineSupervisor;
let compared: ComparisonEngines;
const pathOf = (name: string): string => join(folder, 'packs', name);

function makePack(name: string, parent = 'packs'): string {
  return writeFakePack(join(folder, parent, name), { name });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-compared-'));
  processes = [];
  const launch = (): EngineProcess => {
    processes.push(new FakeProcess());
    return processes.at(-1)!;
  };
  engine = new EngineSupervisor({ launch });
  for (const name of ['one', 'two', 'three', 'refuse']) makePack(name);
  await engine.use(pathOf('one'));
  compared = new ComparisonEngines({
    engine,
    supervisor: { launch },
    packDirectories: [join(folder, 'packs')],
    idleMs: 20,
  });
});

afterEach(() => {
  compared.stop();
  engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('the pack in use is compared by the engine that has it open', async () => {
  expect(await compared.engineFor(pathOf('one'), signal)).toBe(engine);
  expect(processes).toHaveLength(1);
});

it('any other pack gets one second process, and the first keeps what it has open', async () => {
  const second = await compared.engineFor(pathOf('two'), signal);
  expect(second).not.toBe(engine);
  expect(second.pack?.directory).toBe(pathOf('two'));
  expect(await compared.engineFor(pathOf('two'), signal)).toBe(second);
  expect(processes).toHaveLength(2);
  await compared.engineFor(pathOf('three'), signal);
  expect(processes.map(({ killed }) => killed)).toEqual([false, true, false]);
  expect(engine.pack?.directory).toBe(pathOf('one'));
});

it('a pack that cannot be opened says why, and the next one can', async () => {
  await expect(compared.engineFor(pathOf('refuse'), signal)).rejects.toMatchObject({ code: 'pack-damaged' });
  expect((await compared.engineFor(pathOf('two'), signal)).pack?.directory).toBe(pathOf('two'));
});

it('a second process that died is opened again', async () => {
  await compared.engineFor(pathOf('two'), signal);
  processes[1]!.die('signal SIGKILL');
  const again = await compared.engineFor(pathOf('two'), signal);
  expect(again.status.state).toBe('ready');
  expect(processes).toHaveLength(3);
});

it('released it ends at once; while it works, as soon as it is done', async () => {
  await compared.engineFor(pathOf('two'), signal);
  compared.release();
  expect(processes[1]!.killed).toBe(false);
  compared.rest();
  expect(processes[1]!.killed).toBe(true);
  expect(compared.open).toBe(false);
  await compared.engineFor(pathOf('two'), signal);
  compared.rest();
  compared.release();
  expect(processes[2]!.killed).toBe(true);
});

it('without a comparison for a while it ends by itself; another one before that keeps it', async () => {
  await compared.engineFor(pathOf('two'), signal);
  compared.rest();
  await compared.engineFor(pathOf('two'), signal);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(compared.open).toBe(true);
  compared.rest();
  await expect.poll(() => compared.open).toBe(false);
});

it('only packs the studio knows, or that were found, are opened', async () => {
  const elsewhere = makePack('four', 'elsewhere');
  await expect(compared.engineFor(elsewhere, signal)).rejects.toMatchObject({ code: 'pack-missing' });
  expect(await compared.find(elsewhere)).toMatchObject({ id: 'four@1.0.0', directory: elsewhere });
  expect((await compared.engineFor(elsewhere, signal)).pack?.directory).toBe(elsewhere);
});

it('a folder whose files are not what its pack.json says is refused when it is found', async () => {
  const elsewhere = makePack('four', 'elsewhere');
  writeFileSync(join(elsewhere, 'decoder.onnx'), 'other');
  await expect(compared.find(elsewhere)).rejects.toMatchObject({ code: 'pack-damaged' });
  await expect(compared.find(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'pack-missing' });
});

it('cancelled before its turn it opens nothing', async () => {
  const abort = new AbortController();
  abort.abort();
  await expect(compared.engineFor(pathOf('two'), abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(processes).toHaveLength(1);
});

it('a folder is asked for by the host, or named by the window', async () => {
  const { findPack } = compared.methods;
  await expect(findPack({}, { folder: null })).rejects.toMatchObject({ code: 'bad-request' });
  expect(await findPack({}, { folder: pathOf('three') })).toMatchObject({ id: 'three@1.0.0' });
  const answers = [null, pathOf('two')];
  const client = { desktop: { chooseFolder: async () => answers.shift()! } };
  expect(await findPack(client, { folder: null })).toBeNull();
  expect(await findPack(client, { folder: null })).toMatchObject({ id: 'two@1.0.0' });
  // Where there is a dialog, only what it gave is looked at.
  await expect(findPack(client, { folder: '\\\\server\\share' })).rejects.toMatchObject({ code: 'bad-request' });
});
