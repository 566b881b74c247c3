/** What a job is doing, in words a person reads. Pure. */
import type { JobPhase } from '../../../shared/contract/events.js';

interface Progress {
  stage: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  ahead: number;
  /** The queue it waits in is paused. */
  held: boolean;
  phase: JobPhase | null;
  done: number;
  total: number;
  elapsedMs: number;
  remainingMs: number | null;
}

const phaseNames: Record<JobPhase, string> = {
  'opening-graph': 'Opening the model',
  'reading-image': 'Reading the picture',
  planning: 'Planning the picture',
  'writing-tokens': 'Writing tokens',
  choosing: 'Choosing the best',
  'writing-text': 'Writing text',
  restoring: 'Restoring',
  'computing-timeline': 'Computing timeline',
  'measuring-influence': 'Measuring influence',
  analysing: 'Analysing',
};

export function phaseText(job: Progress): string {
  if (job.stage === 'queued' && job.held) return 'Paused';
  if (job.stage === 'queued') return job.ahead === 0 ? 'Next in line' : `Waiting, ${job.ahead} ahead`;
  if (job.phase === null) return 'Starting';
  return job.total > 1 ? `${phaseNames[job.phase]} ${job.done}/${job.total}` : phaseNames[job.phase];
}

/** `1.2 s` or `1.2 s · 3 s left`. */
export function timeText(job: Progress): string {
  if (job.stage === 'queued') return '';
  const elapsed = duration(job.elapsedMs);
  return job.remainingMs === null || job.remainingMs < 500 ? elapsed : `${elapsed} · ${duration(job.remainingMs)} left`;
}

export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function bytesText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  if (mebibytes >= 1024) return `${(mebibytes / 1024).toFixed(1)} GiB`;
  return mebibytes >= 10 ? `${Math.round(mebibytes)} MiB` : `${mebibytes.toFixed(1)} MiB`;
}
