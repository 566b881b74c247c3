/** A window on a studio whose only pack is a given one, through the real localhost host. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/host.js';
import { StudioWindow } from './studio.js';

const root = join(import.meta.dirname, '..', '..');

export interface OnlyPack {
  /** Writes the pack's folder. */
  write: (directory: string) => unknown;
  /** Whether the real engine runs it; otherwise one that computes nothing. */
  computes: boolean;
}

export async function withOnlyPack(
  page: Page,
  { write, computes }: OnlyPack,
  check: (studio: StudioWindow) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ddt-packs-'));
  write(join(folder, 'packs', 'only'));
  let host: WebHost | null = null;
  try {
    host = await startWebHost({
      dataDirectory: join(folder, 'data'),
      packDirectories: [join(folder, 'packs')],
      engineScript: computes ? join(root, 'out', 'main', 'engine.js') : join(root, 'tests', 'fakes', 'fake-engine.mjs'),
      rendererDirectory: join(root, 'out', 'renderer'),
    });
    await page.goto(host.url);
    const studio: StudioWindow = new StudioWindow(
      page,
      process.pid,
      async () => studio,
      async () => {},
    );
    await check(studio);
  } finally {
    await host?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
