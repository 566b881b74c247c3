/** Inference servers chosen in a window, held against both transports: kept, told, and their tokens nowhere else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { codeOf, putFrame } from './helpers.js';
import { makeFolders, transports } from './transports.js';

const token = 'secret-token-7';
const url = 'https://gpu-box:8000';

/** Every file below `directory` that holds `text`, by its path in there. */
function holding(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
    .map((path) => path.slice(directory.length + 1));
}

test.each(Object.entries(transports))('over %s', async (name, openHost) => {
  const folders = makeFolders();
  const start = () => openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
  try {
    let host = await start();
    let { api } = await host.openWindow();
    await api.openProject({});
    await putFrame(api);
    const chosenServers = [{ url, hasToken: true }];
    const answered = await api.chooseServers({ servers: [{ url: `${url}/`, token }] });
    expect(answered.engine.chosenServers).toEqual(chosenServers);
    expect(await codeOf(api.chooseServers({ servers: [{ url: 'ftp://box' }] }))).toBe('bad-request');
    expect(await codeOf(api.chooseServers({ servers: [{ url, token: 'two words' }] }))).toBe('bad-request');
    expect(JSON.stringify(await api.status({}))).not.toContain(token);
    const { bytes } = await api.diagnostics({});
    for (const file of Object.values(unzipSync(bytes))) {
      expect(strFromU8(file)).not.toContain(token);
      expect(strFromU8(file)).not.toContain('gpu-box');
    }
    await host.close();

    host = await start();
    ({ api } = await host.openWindow());
    expect((await api.status({})).engine.chosenServers).toEqual(chosenServers);
    // Electron has a keychain; a browser's host keeps it in one file.
    expect(holding(folders.data, token)).toEqual(name === 'electron' ? [] : ['servers.json']);
    expect((await api.chooseServers({ servers: [] })).engine.chosenServers).toEqual([]);
    await host.close();
    expect(holding(folders.data, token)).toEqual([]);
  } finally {
    folders.remove();
  }
});
