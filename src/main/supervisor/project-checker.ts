/** Foreign project files are looked at in a process of their own, which ends when it takes too long, whatever it is doing. */
import { reviveError, StudioError } from '../../shared/errors.js';
import type { CheckAnswer, CheckRequest } from '../storage/projects/check-process.js';
import type { ProjectCheck } from '../storage/projects/library.js';
import type { StudioProcess } from './engine-process.js';

export type CheckerLauncher = () => StudioProcess<CheckRequest, CheckAnswer>;

/** From start to answer: the largest project that fits a message takes a few seconds on a slow machine. */
const usualDeadlineMs = 60_000;

/** The check rejects with what opening the file throws, and with `project-damaged` when it takes too long or ends the process. */
export function projectChecker(launch: CheckerLauncher, deadlineMs = usualDeadlineMs): ProjectCheck {
  return (path, id) =>
    new Promise((resolve, reject) => {
      const checker = launch();
      const end = (error: StudioError | null): void => {
        clearTimeout(timer);
        checker.kill();
        if (error === null) resolve();
        else reject(error);
      };
      const timer = setTimeout(() => end(tooSlow(deadlineMs)), deadlineMs);
      checker.onMessage(({ error }) => end(error && reviveError(error)));
      checker.onExit((reason) => end(endedEarly(reason)));
      checker.send({ path, id });
    });
}

function tooSlow(milliseconds: number): StudioError {
  return new StudioError(
    'project-damaged',
    `The project file is not one the studio made: looking at it takes longer than ${milliseconds / 1000} seconds.`,
    'Nothing was added. Ask whoever gave it to you for another copy.',
  );
}

function endedEarly(reason: string): StudioError {
  return new StudioError(
    'project-damaged',
    'The project file could not be looked at: it ended the process that did so.',
    'Nothing was added. Try again; if it happens again, ask whoever gave it to you for another copy.',
    { detail: reason },
  );
}
