import type { UtilityProcess } from 'electron';
import type { FromEngine } from '../../engine/protocol.js';
import type { EngineLauncher } from '../../supervisor/engine-process.js';
import type { ElectronModules } from './modules.js';

/** Starts the engine as a utility process of Electron; possible only once the app is ready. */
export function utilityLauncher(utilityProcess: ElectronModules['utilityProcess'], script: string): EngineLauncher {
  return () => {
    const child: UtilityProcess = utilityProcess.fork(script, [], {
      serviceName: 'DDT Studio engine',
      // A utility process with an open stdin never ends by itself.
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return {
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', (message: FromEngine) => listener(message)),
      onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
      kill: () => void child.kill(),
    };
  };
}
