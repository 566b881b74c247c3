import type { StudioApi } from '../../shared/api.js';
import { isCancelled } from '../../shared/errors.js';
import { documentState } from './document.svelte.js';
import { jobs } from './jobs.svelte.js';
import { notices } from './notices.svelte.js';
import { studio } from './studio.svelte.js';

/** Joins the states to the main side. Events are listened to before the project is read, so none is missed. */
export async function startStudio(api: StudioApi): Promise<void> {
  studio.connect(api);
  api.onEvent((event) => {
    switch (event.channel) {
      case 'job':
        return jobs.receive(event.event);
      case 'document':
        return void documentState.receive(event).catch((thrown: unknown) => notices.report(thrown));
      case 'status':
        studio.status = event.status;
    }
  });
  await studio.refresh();
  documentState.load(await api.openProject({}));
}

/** Runs an action and shows its failure; a cancellation is no failure. */
export async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (thrown) {
    if (!isCancelled(thrown)) notices.report(thrown);
  }
}
