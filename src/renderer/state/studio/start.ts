import type { ConnectionState, StudioConnection } from '../../../shared/contract/bridge.js';
import { isCancelled, type SerialisedError } from '../../../shared/errors.js';
import { documentState } from '../document/document.svelte.js';
import { gallery } from '../gallery/gallery.svelte.js';
import { jobs } from '../jobs/jobs.svelte.js';
import { gpuInstallation } from './gpu-installation.svelte.js';
import { packInstallation } from '../packs/pack-installation.svelte.js';
import { notices } from './notices.svelte.js';
import { queue } from '../jobs/queue.svelte.js';
import { studio } from './studio.svelte.js';

/** Joins the states to the main side. Events are listened to before the project is read, so none is missed. */
export async function startStudio(api: StudioConnection): Promise<void> {
  studio.connect(api);
  api.onEvent((event) => {
    switch (event.channel) {
      case 'job':
        return jobs.receive(event.event);
      case 'queue':
        return queue.receive(event);
      case 'document':
        return void documentState.receive(event).catch((thrown: unknown) => notices.report(thrown));
      case 'gallery':
        return gallery.refresh();
      case 'pack-installation':
        return packInstallation.receive(event.progress);
      case 'gpu-installation':
        return gpuInstallation.receive(event.progress);
      case 'status':
        studio.status = event.status;
    }
  });
  api.onConnection((state) => void attempt(() => connectionChanged(state)));
  await studio.refresh();
  // A project that cannot be opened is no lost connection: another one can be, and the gallery works.
  await documentState.reload();
  documentState.opening = false;
  gallery.begin();
  // What is in the machine is no part of starting.
  void attempt(() => gpuInstallation.refresh());
}

/** After a gap nothing that was known is trusted: jobs of the lost connection are over, the project is read again. */
async function connectionChanged(state: ConnectionState): Promise<void> {
  if (state === 'lost') {
    studio.connection = 'lost';
    jobs.failAll(lostConnection);
    return;
  }
  if (studio.connection !== 'lost') return;
  await studio.refresh();
  await documentState.reload();
  // A project that cannot be read any more is no lost connection either.
  studio.connection = 'connected';
  gallery.begin();
}

const lostConnection: SerialisedError = {
  code: 'disconnected',
  message: 'The connection was lost while this was running.',
  remedy: 'Run it again once the studio is back.',
};

/** Runs an action and shows its failure; a cancellation is no failure. */
export async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (thrown) {
    if (!isCancelled(thrown)) notices.report(thrown);
  }
}
