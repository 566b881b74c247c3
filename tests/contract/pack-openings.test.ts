/** A pack that could not be opened is tried again with the next job; many at once are one attempt. */
import { afterEach, expect, test } from 'vitest';
import { createStudio, type Studio } from '../../src/main/studio/studio.js';
import { nodeLauncher, type EngineLauncher } from '../../src/main/supervisor/engine-process.js';
import { picturesHere } from '../fakes/pictures.js';
import { generate } from './helpers.js';
import { fakeEngine, makeFolders, type TestFolders } from './transports.js';

let folders: TestFolders;
let studio: Studio;
afterEach(() => {
  studio.close();
  folders.remove();
});

test('a flood of jobs opens a refused pack once more, not once for each', async () => {
  folders = makeFolders(['refuse']);
  let openings = 0;
  const launch = nodeLauncher(fakeEngine);
  const launchCounted: EngineLauncher = () => {
    const { send, ...rest } = launch();
    return {
      ...rest,
      send: (message) => {
        if (message.type === 'open') openings++;
        send(message);
      },
    };
  };
  studio = createStudio({
    ...{ version: '0', program: folders.data, host: 'web', dataDirectory: folders.data },
    packDirectories: [folders.packs],
    launchEngine: launchCounted,
    checkProject: () => Promise.reject(new Error('Not asked for here.')),
    pictures: picturesHere,
  });
  const window = studio.connect({ sendEvent: () => {} });
  await window.call('createProject', { name: 'Flood' });
  await expect.poll(() => studio.status().engine.state, { timeout: 20_000 }).toBe('failed');
  const before = openings;
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => window.call('submit', { request: generate('a circle') })),
  );
  for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, error: { code: 'pack-damaged' } });
  expect(openings - before).toBe(1);
  // The one after them is a new attempt.
  await window.call('submit', { request: generate('a circle') });
  expect(openings - before).toBe(2);
});
