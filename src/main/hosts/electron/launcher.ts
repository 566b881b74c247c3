import type { UtilityProcess } from 'electron';
import type { FromEngine, ToEngine } from '../../engine/protocol.js';
import { hearOutput, type StudioProcess } from '../../supervisor/engine-process.js';
import type { ElectronModules } from './modules.js';

/** As they are called in the list of processes. */
export const engineServiceName = 'DDT Studio engine';
export const checkerServiceName = 'DDT Studio project check';

/** Far more than the system needs to make a process, on any machine. */
const usualStartLimitMs = 60_000;

export interface UtilityOptions {
  startLimitMs?: number | undefined;
  serviceName?: string;
  /** Asked at every start. */
  environment?: () => NodeJS.ProcessEnv;
  /** Hears what it prints. */
  onOutput?: ((chunk: Uint8Array) => void) | undefined;
}

/** Starts `script` as a utility process of Electron; possible only once the app is ready. */
export function utilityLauncher<To = ToEngine, From = FromEngine>(
  utilityProcess: ElectronModules['utilityProcess'],
  script: string,
  { startLimitMs = usualStartLimitMs, serviceName = engineServiceName, environment, onOutput }: UtilityOptions = {},
): () => StudioProcess<To, From> {
  return () => {
    const child: UtilityProcess = utilityProcess.fork(script, [], {
      serviceName,
      ...(environment === undefined ? {} : { env: environment() }),
      // A utility process with an open stdin never ends by itself.
      stdio: onOutput === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    if (onOutput !== undefined) hearOutput(child, onOutput);
    const ended = outcomeOf(child);
    let state: 'starting' | 'running' | 'unwanted' = 'starting';
    const timer = setTimeout(() => {
      state = 'unwanted';
      ended.tell('it could not be started');
    }, startLimitMs);
    child.once('spawn', () => {
      clearTimeout(timer);
      // Before this moment there was no process that `kill` could have ended.
      if (state === 'unwanted') child.kill();
      else state = 'running';
    });
    child.once('exit', () => clearTimeout(timer));
    return {
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', (message: From) => listener(message)),
      onExit: ended.listen,
      kill: () => {
        if (state === 'running') child.kill();
        else state = 'unwanted';
      },
    };
  };
}

/** How it ended, told once: V8 says first why it gives up, the process ends after that, and a failed start may say nothing at all. */
function outcomeOf(child: UtilityProcess) {
  let listener: ((reason: string) => void) | null = null;
  let outcome: string | null = null;
  let fatal: string | null = null;
  const tell = (reason: string): void => {
    if (outcome !== null) return;
    outcome = reason;
    listener?.(reason);
  };
  // Without a listener this event would end the whole program.
  child.on('error', (type, location) => (fatal = `${type} in ${location}`));
  child.once('exit', (code) => tell(fatal ?? `exit code ${code}`));
  return {
    tell,
    listen: (heard: (reason: string) => void): void => {
      listener = heard;
      if (outcome !== null) heard(outcome);
    },
  };
}
