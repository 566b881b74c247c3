import { beforeEach, expect, it } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import type { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { openFakeWindow, settle } from '../../../../tests/fakes/window/fake-window.js';
import { PackInstallation } from './pack-installation.svelte.js';

const offer = {
  ...{ ticket: 'one', id: 'dar@1.0.0', license: 'MIT', licenseText: 'MIT …', description: 'Draws.', bytes: 100 },
  isInstalled: false,
};
let fake: FakeStudio;
let installation: PackInstallation;

beforeEach(async () => {
  fake = await openFakeWindow();
  fake.offered = offer;
  installation = new PackInstallation();
});

async function start(): Promise<Promise<void>> {
  await installation.read({ path: '/pack.zip' });
  installation.agreed = true;
  const done = installation.install();
  await settle();
  return Promise.resolve(done);
}

it('is offered first, and copied only once its licence is agreed to', async () => {
  await installation.read({ path: '/pack.zip' });
  expect(installation).toMatchObject({ stage: 'offered', offer, agreed: false });
  await installation.install();
  expect(installation.stage).toBe('offered');
  installation.agreed = true;
  const done = installation.install();
  await settle();
  installation.receive({ phase: 'copying', done: 40, total: 100 });
  expect(installation).toMatchObject({ stage: 'installing', progress: { done: 40 } });
  fake.endInstallation();
  await done;
  expect(installation).toMatchObject({ stage: 'installed', error: null, removable: [offer.id] });
});

it('that was stopped leaves no error; one that failed says why and can be chosen again', async () => {
  const stopped = start();
  await settle();
  await installation.stop();
  await stopped;
  expect(installation).toMatchObject({ stage: 'choosing', error: null, offer: null });
  const failed = start();
  await settle();
  fake.endInstallation(new StudioError('disk-full', 'The disk is full.', 'Make room.'));
  await failed;
  expect(installation).toMatchObject({ stage: 'choosing', error: { code: 'disk-full' } });
});

it('is nothing when the dialog was cancelled, and agreed to anew for each offer', async () => {
  await installation.read({ ask: 'folder' });
  installation.agreed = true;
  await installation.read({ ask: 'folder' });
  expect(installation.agreed).toBe(false);
  fake.offered = null;
  await installation.read({ ask: 'zip' });
  expect(installation).toMatchObject({ stage: 'choosing', error: null });
});

it('goes again, and is not offered for removal any more', async () => {
  fake.installed.push(offer.id);
  await installation.refresh();
  expect(installation.removable).toEqual([offer.id]);
  await installation.remove(offer.id);
  expect(installation.removable).toEqual([]);
});
