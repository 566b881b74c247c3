/** The queue's part of the list of commands; what is done with one job are the panel's own keys. */
import { command, type Command } from './command.js';
import { queue } from '../state/jobs/queue.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';

const connected = () => studio.connection === 'connected';

export const queueCommands: readonly Command[] = [
  command({
    id: 'queue',
    label: 'Show or hide the queue',
    group: 'Create',
    shortcuts: ['Shift+J'],
    run: () => (queue.open = !queue.open),
  }),
  command({
    id: 'queue-pause',
    label: 'Pause or resume the queue',
    group: 'Create',
    enabled: connected,
    run: () => queue.pause(!queue.paused),
  }),
  command({
    id: 'queue-cancel-all',
    label: 'Cancel everything in the queue',
    group: 'Create',
    enabled: () => connected() && queue.active.length > 0,
    run: () => queue.cancel(queue.active.map(({ id }) => id)),
  }),
  command({
    id: 'queue-clear-failed',
    label: 'Forget failed jobs',
    group: 'Create',
    enabled: () => connected() && queue.failed.length > 0,
    run: () => Promise.all(queue.failed.map(({ id }) => queue.discard(id))),
  }),
];
