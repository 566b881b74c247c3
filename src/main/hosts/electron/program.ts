/** The program around the host: what cannot start says why, and what nobody foresaw is noted and told, never a bare stack. */
import { spawn } from 'node:child_process';
import { serialiseError } from '../../../shared/errors.js';
import type { IncidentLog } from './incidents.js';
import type { ElectronModules } from './modules.js';

type Modules = Pick<ElectronModules, 'app' | 'dialog'>;

/** `start` runs at once: Electron becomes ready only after the entry has been evaluated. */
export async function runProgram({ app, dialog }: Modules, start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const { message, remedy } = serialiseError(error);
    // Earlier Linux has no box for it, and the message would go to a terminal nobody sees.
    await app.whenReady();
    dialog.showErrorBox('DDT Studio could not start', `${message}\n${remedy}`);
    app.exit(1);
  }
}

/** `emitter` is the process of the program itself, with what it was started as. */
export function watchProgram(
  { app, dialog }: Modules,
  emitter: Pick<NodeJS.Process, 'on' | 'env' | 'argv'>,
  onIncident: IncidentLog,
): void {
  emitter.on('uncaughtException', (error: Error) => {
    onIncident({ process: 'program', reason: error.message, exitCode: 1, told: true, detail: error.stack ?? '' });
    if (!app.isReady()) return app.exit(1);
    const response = dialog.showMessageBoxSync({
      type: 'error',
      message: 'DDT Studio met an error it did not expect.',
      detail: `${error.message}\nEverything you committed is saved.`,
      buttons: ['Start again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    if (response === 0) startAgain(app, emitter);
    app.exit(1);
  });
  emitter.on('unhandledRejection', (reason: unknown) => {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    onIncident({ process: 'program', reason: error.message, exitCode: 0, told: false, detail: error.stack ?? '' });
  });
}

/**
 * `app.relaunch` leaves a helper behind that starts the program once it has ended. An AppImage takes its files away at that moment, the
 * helper's too, so there the file itself is started, which lays them out anew.
 */
function startAgain(app: Modules['app'], { env, argv }: Pick<NodeJS.Process, 'env' | 'argv'>): void {
  const image = app.isPackaged ? env['APPIMAGE'] : undefined;
  if (image === undefined) return app.relaunch();
  // Else the new program would find this one running and end.
  app.releaseSingleInstanceLock();
  const child = spawn(image, argv.slice(1), { detached: true, stdio: 'ignore' });
  // It cannot be told any more.
  child.on('error', () => undefined);
  child.unref();
}
