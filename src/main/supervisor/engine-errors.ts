/** What the supervisor says when there is no engine to work with. */
import { StudioError } from '../../shared/errors.js';

export const diedWhileTrying = 'The engine ended while it tried the graphics devices, so only the CPU was opened.';

export function closing(): StudioError {
  return new StudioError('engine-stopped', 'The studio is being closed.', 'Start it again.');
}

export function engineStopped(reason: string): StudioError {
  return new StudioError(
    'engine-stopped',
    `The engine stopped while it was working (${reason}).`,
    'It is being started again; run the job once more.',
  );
}

export function noPack(): StudioError {
  return new StudioError(
    'pack-missing',
    'There is no model pack to draw with.',
    'Put a pack’s folder into the packs folder of your data directory, then choose it.',
  );
}

export function keepsStopping(reason: string): StudioError {
  return new StudioError(
    'engine-stopped',
    `The engine keeps stopping (${reason}).`,
    'Run something to start it once more, or choose another model pack.',
  );
}

export function openingTookTooLong(milliseconds: number, packDirectory: string): StudioError {
  return new StudioError(
    'engine-failed',
    `The model pack was not open after ${milliseconds / 1000} seconds, so its engine was ended.`,
    'Choose another pack; if you trust this one, close other programs and choose it again.',
    { detail: packDirectory },
  );
}
