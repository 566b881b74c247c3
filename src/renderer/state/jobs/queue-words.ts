/** What the queue says of itself, in words. Pure. */
import type { QueueEntry } from '../../../shared/jobs/queue.js';

/** What a job will make: "3 pictures, seed 7". */
export function workOf({ request }: Pick<QueueEntry, 'request'>): string {
  switch (request.kind) {
    case 'generate':
    case 'edit': {
      const made = request.kind === 'edit' ? 'edit' : 'picture';
      const many = request.variations === 1 ? `1 ${made}` : `${request.variations} ${made}s`;
      return `${many}, seed ${request.seed}`;
    }
    case 'describe':
      return 'Description';
    case 'ask':
      return 'Answer';
    case 'encode':
      return 'Tokens';
    case 'decode':
      return `1 picture, seed ${request.seed}`;
  }
}

/** What became of a job that has ended. */
export function outcomeOf(entry: QueueEntry): string {
  if (entry.state === 'failed') return entry.error.message;
  if (entry.state !== 'done') return '';
  if (entry.purpose.kind === 'grid') return 'Done, in the X/Y grid';
  if (entry.purpose.kind !== 'candidates') return 'Done, not on the board yet';
  const many = 'images' in entry.result ? entry.result.images.length : 0;
  return `${many} ${many === 1 ? 'candidate waits' : 'candidates wait'} to be accepted`;
}

export interface TitleFacts {
  project: string;
  /** 0…1 of what runs, null where it cannot be told, undefined where nothing runs. */
  fraction: number | null | undefined;
  waiting: number;
  failed: number;
  paused: boolean;
}

/** The title of the window, with what a person wants to know who looks at another one. */
export function windowTitle({ project, fraction, waiting, failed, paused }: TitleFacts): string {
  const facts: string[] = [];
  if (fraction !== undefined) facts.push(fraction === null ? 'Running' : `${Math.floor(fraction * 100)} %`);
  if (waiting > 0) facts.push(paused ? `${waiting} paused` : `${waiting} waiting`);
  if (facts.length === 0 && failed > 0) facts.push(`${failed} failed`);
  const own = project === '' ? 'DDT Studio' : `${project} – DDT Studio`;
  return facts.length === 0 ? own : `${facts.join(', ')} – ${own}`;
}

/** For who does not see the panel: told when it changes, so it has no percentages. */
export function spokenQueue(running: string | null, waiting: number, failed: number, paused: boolean): string {
  const parts: string[] = [];
  if (running !== null) parts.push(`Running ${running}`);
  if (waiting > 0) parts.push(paused ? `${waiting} paused` : `${waiting} waiting`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.length === 0 ? 'The queue is empty' : parts.join(', ');
}
