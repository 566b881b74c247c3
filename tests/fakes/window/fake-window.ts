/** For tests: the states of a window on a fake main side, as a person finds them. */
import type { Frame } from '../../../src/shared/document/document.js';
import type { GeneratedImage } from '../../../src/shared/jobs/job-results.js';
import type { PackSummary } from '../../../src/shared/packs/pack.js';
import { composer } from '../../../src/renderer/state/composer/composer.svelte.js';
import { documentState } from '../../../src/renderer/state/document/document.svelte.js';
import { FakeStudio } from './fake-studio.js';
import { importedFrame } from '../../../src/renderer/state/document/frames.js';
import { generation } from '../../../src/renderer/state/jobs/generation.svelte.js';
import { notices } from '../../../src/renderer/state/studio/notices.svelte.js';
import { startStudio } from '../../../src/renderer/state/studio/start.js';
import { view } from '../../../src/renderer/state/board/view.svelte.js';

/** An empty project, nothing selected, a prompt for two variations in the composer. */
export async function openFakeWindow(pack?: PackSummary): Promise<FakeStudio> {
  await generation.cancelAll();
  const fake = new FakeStudio();
  if (pack !== undefined) fake.pack = pack;
  notices.list = [];
  view.select([]);
  composer.setPrompt('a red circle');
  composer.setVariations(2);
  composer.setSeedLocked(false);
  composer.resetSettings();
  composer.task = 'generate';
  await startStudio(fake);
  return fake;
}

/** Everything that is already on its way arrives. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

export function generated(seed: number): GeneratedImage {
  const imageId = String(seed).repeat(64).slice(0, 64);
  return { imageId, width: 128, height: 128, seed, codes: [3, 1, 2], certainty: [] };
}

export async function addFrame(name = 'one'): Promise<Frame> {
  const frame = importedFrame(`${name}.png`, { imageId: 'b'.repeat(64), width: 128, height: 128 }, { x: 0, y: 0 });
  await documentState.commit('Import', [{ type: 'put-frame', frame }]);
  return frame;
}
