/** Files the system hands over: by a double click, as an argument, dropped on the icon; at the start or while the program runs. */
import { parseHostArguments } from '../../arguments.js';
import type { ElectronModules } from '../modules.js';

/** What a second start of the program tells the first one, because Chromium adds switches of its own to its arguments. */
export interface StartAgain {
  parameters: string[];
  workingDirectory: string;
}

export interface FilesToOpen {
  /** From now on files are given to `open`, at once or as they come; the ones that came before too. */
  deliver: (open: (paths: string[]) => void) => void;
}

/** To be called before the program is ready: a Mac tells of the file a program was opened with before that, and only once. */
export function listenForFiles({ app }: Pick<ElectronModules, 'app'>, initial: readonly string[]): FilesToOpen {
  const early = [...initial];
  let open: ((paths: string[]) => void) | null = null;
  const arrived = (paths: string[]): void => {
    if (open === null) early.push(...paths);
    else open(paths);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    arrived([path]);
  });
  app.on('second-instance', (_event, _parameters, _workingDirectory, data) => arrived(filesOf(data)));
  return {
    deliver: (heard) => {
      open = heard;
      if (early.length > 0) heard(early.splice(0));
    },
  };
}

function filesOf(data: unknown): string[] {
  const { parameters, workingDirectory } = data as Partial<StartAgain>;
  if (!Array.isArray(parameters) || typeof workingDirectory !== 'string') return [];
  try {
    return parseHostArguments(parameters.map(String), { workingDirectory, lenient: true }).files;
  } catch {
    // Whatever else was wrong with it: the program runs already.
    return [];
  }
}
