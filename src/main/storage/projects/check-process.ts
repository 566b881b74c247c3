/**
 * Entry of the process that looks at one foreign project file and leads it to the present version. SQLite cannot be interrupted
 * from the thread it runs on, so whoever started this ends it when it takes too long; the same bundle runs under Electron's
 * utilityProcess and under child_process.fork.
 */
import { serialiseError, type SerialisedError } from '../../../shared/errors.js';
import { ProjectFile } from './project-file.js';

export interface CheckRequest {
  path: string;
  /** The id it gets. */
  id: string;
}

/** Null = it is a sound project. */
export interface CheckAnswer {
  error: SerialisedError | null;
}

/** The few members of Electron's `process.parentPort` used here. */
interface ParentPort {
  on: (event: 'message', listener: (event: { data: unknown }) => void) => void;
  postMessage: (message: unknown) => void;
}

const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };

function answer({ path, id }: CheckRequest): CheckAnswer {
  try {
    ProjectFile.renumber(path, id);
    return { error: null };
  } catch (thrown) {
    return { error: serialiseError(thrown) };
  }
}

if (parentPort !== undefined) {
  parentPort.on('message', (event) => parentPort.postMessage(answer(event.data as CheckRequest)));
} else process.on('message', (message) => process.send?.(answer(message as CheckRequest)));
process.on('disconnect', () => process.exit(0));
