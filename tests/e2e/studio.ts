/** The built program under a driver: the same specs run against the localhost host and against Electron. */
import { _electron, test as base, expect, type ElectronApplication, type Locator, type Page } from '@playwright/test';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { electronBinary, electronEnvironment } from '../../scripts/lib/electron.mjs';
import { savingInBrowser, savingInElectron, type Saving } from './saved-files.js';

export type Driver = 'web' | 'electron';

export interface StudioFixtures {
  driver: Driver;
  studio: StudioWindow;
  /** Errors that no page caught, and warnings of svelte, until the test's end: a test that expects one takes it out. */
  uncaught: string[];
}

const root = join(import.meta.dirname, '..', '..');
/** How many tokens a picture of the shipped pack has. */
export const tokenCount = (
  JSON.parse(readFileSync(join(root, 'resources/packs/scenes-128/pack.json'), 'utf8')) as PackManifest
).tokens.count;
/** Ours may be the only free cores: the engine gets two, as in the benchmark. */
const environment = { ...process.env, DDT_STUDIO_PROVIDERS: 'cpu', DDT_STUDIO_THREADS: '2' };

/** What a person sees and does, by the names the window gives its parts. */
export class StudioWindow {
  constructor(
    readonly page: Page,
    /** Of the process that started the engine. */
    readonly hostProcessId: number,
    /** A second window on the same studio. */
    readonly openSecond: () => Promise<StudioWindow>,
    readonly close: () => Promise<void>,
    /** The id of the engine's process. */
    readonly findEngine: () => Promise<number> = () => engineAmongChildren(hostProcessId),
    /** The one file that leaves because of what is done. */
    readonly saved: Saving = savingInBrowser(page),
  ) {}

  get prompt(): Locator {
    return this.page.getByRole('textbox', { name: 'Prompt' });
  }

  get run(): Locator {
    return this.page.getByRole('region', { name: 'Composer' }).getByRole('button', { name: /^Generate\b/ });
  }

  get cancel(): Locator {
    return this.page.getByRole('button', { name: 'Cancel', exact: true });
  }

  get frames(): Locator {
    return this.page.getByRole('listbox', { name: 'Frames on the board' }).getByRole('option');
  }

  get board(): Locator {
    return this.page.getByRole('application', { name: 'Board', exact: true });
  }

  get slider(): Locator {
    return this.page.getByRole('slider', { name: 'Timestep t, from noise to clean' });
  }

  /** Switches to Explore. */
  async explore(): Promise<void> {
    const { page } = this;
    await page
      .getByRole('radio', { name: 'Explore' })
      .or(page.getByRole('tab', { name: 'Explore' }))
      .first()
      .click();
  }

  get alerts(): Locator {
    return this.page.getByRole('alert');
  }

  async waitUntilReady(): Promise<void> {
    await this.prompt.fill('a red circle');
    await expect(this.run).toBeEnabled({ timeout: 60_000 });
    await this.prompt.fill('');
  }

  /** Runs a prompt and waits until its frame is on the board. */
  async generate(prompt: string): Promise<void> {
    const before = await this.frames.count();
    await this.prompt.fill(prompt);
    await this.run.click();
    await expect(this.frames).toHaveCount(before + 1, { timeout: 90_000 });
    await expect(this.run).toBeVisible();
  }

  /** A fingerprint of the pixels of everything the board has drawn. */
  boardPixels(): Promise<string> {
    return this.page.evaluate(fingerprint, '[aria-label="Board"] canvas');
  }

  /** From now on looks at the board in every animation frame; the answer to `seen` is everything seen up to then. */
  async watchBoard(): Promise<{ seen: () => Promise<{ boards: string[]; cancelOffered: boolean }> }> {
    const watched = await this.page.evaluateHandle((look) => {
      const fingerprintOf = new Function(`return ${look}`)() as (selector: string) => string;
      const result = { boards: [] as string[], cancelOffered: false };
      const each = (): void => {
        const board = fingerprintOf('[aria-label="Board"] canvas');
        if (!result.boards.includes(board)) result.boards.push(board);
        result.cancelOffered ||= document.querySelector('button[aria-label="Cancel"]') !== null;
        requestAnimationFrame(each);
      };
      each();
      return result;
    }, fingerprint.toString());
    return { seen: () => watched.jsonValue() };
  }

  /** Eight pictures, each the best of several: long enough to be interrupted on any machine. Resolves when the engine is at it. */
  async startLongJob(): Promise<void> {
    await this.prompt.fill('a red circle on a blue background');
    await this.page.getByRole('radiogroup', { name: 'Preset' }).getByRole('radio', { name: 'Best' }).click();
    const variations = this.page.getByRole('textbox', { name: 'Variations' });
    await variations.fill('8');
    await variations.press('Enter');
    await this.run.click();
    await expect(this.cancel).toContainText(/[1-9]\d*\/\d+/);
  }

  /** At once: the button moves while pictures come in, and standing still is not waited for. */
  async cancelNow(): Promise<void> {
    await this.cancel.click({ force: true });
  }

  /** A fingerprint of the pixels of one pane of the timeline. */
  panePixels(title: 'With noise' | 'Without tokens' | 'With tokens'): Promise<string> {
    return this.page.evaluate(fingerprint, `[role="img"][aria-label^="${title}:"] canvas`);
  }

  /** Drops a file onto the middle of the board. */
  async drop(bytes: Uint8Array, fileName: string): Promise<void> {
    await this.#give('drop', bytes, fileName);
  }

  /** Pastes a file as the system's clipboard would. */
  async paste(bytes: Uint8Array, fileName: string): Promise<void> {
    await this.#give('paste', bytes, fileName);
  }

  async #give(how: 'drop' | 'paste', bytes: Uint8Array, fileName: string): Promise<void> {
    await this.board.evaluate(
      (board, given) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(given.bytes)], given.fileName, { type: 'image/png' }));
        const { left, top, width, height } = board.getBoundingClientRect();
        const place = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
        const event =
          given.how === 'drop'
            ? new DragEvent('drop', { ...place, dataTransfer: transfer })
            : new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: transfer });
        board.dispatchEvent(event);
      },
      { how, bytes: [...bytes], fileName },
    );
  }

  /** Ends the engine's process as a crash would. */
  async killEngine(): Promise<void> {
    process.kill(await this.findEngine(), 'SIGKILL');
  }
}

/** Runs in the page. FNV-1a over the pixels of every canvas the selector finds. */
function fingerprint(selector: string): string {
  let hash = 0x811c9dc5;
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>(selector)) {
    if (canvas.width === 0 || canvas.height === 0) continue;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
      hash = Math.imul(hash ^ data[at]! ^ (data[at + 1]! << 8) ^ (data[at + 2]! << 16), 0x01000193);
    }
  }
  return (hash >>> 0).toString(16);
}

/** The child of a Node process that runs the engine. */
const engineAmongChildren = (hostProcessId: number): Promise<number> => childRunning('engine.js', hostProcessId);

/** The id of the one process that `parent` has started with this script. */
export async function childRunning(script: string, parent: number): Promise<number> {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const children = list
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === parent && match[3]!.includes(script));
  expect(children).toHaveLength(1);
  return Number(children[0]![1]);
}

/** Electron itself knows its processes: a utility process is no child with a script in its arguments. */
async function engineInElectron(application: ElectronApplication): Promise<number> {
  const engines = await application.evaluate(
    ({ app }, service) =>
      app
        .getAppMetrics()
        .filter(({ type, name, serviceName }) => type === 'Utility' && [name, serviceName].includes(service))
        .map(({ pid }) => pid),
    'DDT Studio engine',
  );
  expect(engines).toHaveLength(1);
  return engines[0]!;
}

/** Waits until two looks in a row, `apartMs` from each other where that is said, see the same. */
export async function settled(look: () => Promise<string>, apartMs?: number): Promise<void> {
  let before = '';
  await expect
    .poll(
      async () => {
        const now = await look();
        const same = now === before;
        before = now;
        return same;
      },
      apartMs === undefined ? {} : { intervals: [apartMs], timeout: 90_000 },
    )
    .toBe(true);
}

/** Starts the built localhost host on a data folder; resolves with its address. */
export async function startHost(dataDirectory: string): Promise<{ address: string; host: ChildProcess }> {
  const host = spawn(process.execPath, ['out/main/web.js', '--data', dataDirectory], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = (await once(createInterface({ input: host.stdout! }), 'line')) as [string];
  return { address, host };
}

/** A host that has ended by itself fails its test: whatever the window showed of it, that was a crash. */
export async function endHost(host: ChildProcess): Promise<void> {
  if (host.exitCode === null && host.signalCode === null) {
    const ended = once(host, 'exit');
    host.kill('SIGTERM');
    await ended;
  }
  expect([host.exitCode, host.signalCode], 'how the host ended').toEqual([0, null]);
}

export const test = base.extend<StudioFixtures>({
  driver: ['web', { option: true }],
  uncaught: [
    async ({ context }, use) => {
      const heard: string[] = [];
      context.on('weberror', (one) => heard.push(one.error().stack ?? String(one.error())));
      context.on('console', (message) => {
        if (message.text().includes('svelte.dev/e/')) heard.push(message.text());
      });
      await use(heard);
      expect(heard).toEqual([]);
    },
    { auto: true },
  ],
  studio: async ({ driver, context, uncaught }, use) => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'ddt-e2e-'));
    if (driver === 'electron') {
      const application = await _electron.launch({
        executablePath: electronBinary()!,
        args: [root, '--data', dataDirectory],
        // Playwright leaves the sandbox out by itself; it is left out only where Chromium refuses to run with it.
        chromiumSandbox: process.getuid?.() !== 0,
        env: electronEnvironment(environment) as Record<string, string>,
      });
      const processId = application.process().pid!;
      const findEngine = (): Promise<number> => engineInElectron(application);
      const close = (): Promise<void> => application.close();
      const saved = savingInElectron(application, dataDirectory);
      const openSecond = async (): Promise<StudioWindow> => {
        const opened = application.waitForEvent('window');
        await application.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('new-window')?.click());
        return new StudioWindow(await opened, processId, openSecond, close, findEngine, saved);
      };
      await use(new StudioWindow(await application.firstWindow(), processId, openSecond, close, findEngine, saved));
      await application.close();
    } else {
      const { address, host } = await startHost(dataDirectory);
      const open = async (): Promise<StudioWindow> => {
        const page = await context.newPage();
        await page.goto(address);
        return new StudioWindow(page, host.pid!, open, () => endHost(host));
      };
      await use(await open());
      // What a window says of a studio that ends under it is nobody's concern any more.
      const heard = [...uncaught];
      await endHost(host);
      uncaught.splice(0, Infinity, ...heard);
    }
    rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
  },
});

export { expect };
