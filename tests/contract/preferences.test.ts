/** Preferences outlive the host, on any port; held against both transports. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf } from './helpers.js';
import { makeFolders, transports } from './transports.js';

test.each(Object.entries(transports))(
  'over %s: what one window chose is there after a restart',
  async (_name, openHost) => {
    const folders = makeFolders();
    const start = () => openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    const path = join(folders.data, 'preferences.json');
    try {
      let host = await start();
      let window = await host.openWindow();
      expect(await window.api.readPreferences({})).toEqual({ values: {}, isNew: true, problem: null });
      const changes = { prompt: 'ein „roter“ Kreis 🌟', seed: 7, shortcuts: { undo: ['Mod+U'] } };
      await window.api.setPreferences({ changes });
      expect(await codeOf(window.api.setPreferences({ changes: { 'No name': 1 } }))).toBe('bad-request');
      await host.close();

      host = await start();
      window = await host.openWindow();
      expect(await window.api.readPreferences({})).toEqual({ values: changes, isNew: false, problem: null });
      await host.close();

      writeFileSync(path, readFileSync(path, 'utf8').slice(0, 20));
      host = await start();
      window = await host.openWindow();
      expect(await window.api.readPreferences({})).toMatchObject({
        values: {},
        problem: { remedy: expect.any(String) },
      });
      await host.close();
    } finally {
      folders.remove();
    }
  },
);
