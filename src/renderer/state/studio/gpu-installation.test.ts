import { beforeEach, expect, it } from 'vitest';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { StudioError } from '../../../shared/errors.js';
import { GpuInstallationState } from './gpu-installation.svelte.js';
import { studio } from './studio.svelte.js';

const offer = {
  cards: ['NVIDIA H200'],
  driver: '580.95.05',
  isInstalled: false,
  obstacle: null,
  download: 1_600_000_000,
  size: 2_400_000_000,
  licenses: [{ name: 'MIT', address: 'https://opensource.org/license/mit' }],
};
let host: FakeStudio;
let cuda: GpuInstallationState;

beforeEach(() => {
  host = new FakeStudio();
  host.cuda = offer;
  studio.connect(host);
  cuda = new GpuInstallationState();
});

it('concerns a machine with a card or with an installation, and no other', async () => {
  const concerns = async (there: typeof host.cuda): Promise<boolean> => {
    host.cuda = there;
    await cuda.refresh();
    return cuda.concerns;
  };
  expect(cuda.concerns).toBe(false);
  expect(await concerns(offer)).toBe(true);
  expect(await concerns({ ...offer, cards: [], isInstalled: true })).toBe(true);
  expect(await concerns({ ...offer, cards: [] })).toBe(false);
  expect(await concerns(null)).toBe(false);
});

it('is installed only when its licences are agreed to', async () => {
  await cuda.install();
  expect(cuda.stage).toBe('resting');
  cuda.agreed = true;
  const done = cuda.install();
  expect(cuda.stage).toBe('installing');
  cuda.receive({ phase: 'fetching', done: 1, total: 2 });
  expect(cuda.progress).toEqual({ phase: 'fetching', done: 1, total: 2 });
  host.endInstallation();
  await done;
  expect([cuda.stage, cuda.offer?.isInstalled]).toEqual(['installed', true]);
  await cuda.remove();
  expect([cuda.stage, cuda.offer?.isInstalled, cuda.agreed]).toEqual(['resting', false, false]);
});

it('a failure stays in sight and is no installation; stopped is no failure', async () => {
  for (const [end, code] of [
    [() => host.endInstallation(new StudioError('download-failed', 'It is gone.', 'Try again.')), 'download-failed'],
    [() => void cuda.stop(), undefined],
  ] as const) {
    cuda.agreed = true;
    const done = cuda.install();
    end();
    await done;
    expect([cuda.stage, cuda.error?.code, cuda.agreed]).toEqual(['resting', code, false]);
  }
});
