/** Makes the window, once its preferences are there, and joins it to the main side. */
import { mount } from 'svelte';
import type { StudioConnection } from '../shared/contract/bridge.js';
import type { SerialisedError } from '../shared/errors.js';
import App from './App.svelte';
import { notices } from './state/studio/notices.svelte.js';
import { redraw } from './state/studio/redraw.svelte.js';
import { startStudio } from './state/studio/start.js';
import { studio } from './state/studio/studio.svelte.js';

/** `problem`: why the preferences are those of a first start. Never rejects. */
export async function openWindow(api: StudioConnection, problem: SerialisedError | null): Promise<void> {
  redraw.listen(window);
  mount(App, { target: document.getElementById('app')! });
  if (problem !== null) notices.reportSerialised(problem);
  try {
    await startStudio(api);
  } catch (thrown) {
    studio.connection = 'lost';
    notices.report(thrown);
  }
}
