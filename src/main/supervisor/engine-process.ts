import { fork } from 'node:child_process';
import type { FromEngine, ToEngine } from '../engine/protocol.js';

/** A process of the studio as its supervisor sees it; each host starts it in its own way. */
export interface StudioProcess<To, From> {
  send: (message: To) => void;
  onMessage: (listener: (message: From) => void) => void;
  /** Called exactly once, however the process ends, also when it could not be started. */
  onExit: (listener: (reason: string) => void) => void;
  kill: () => void;
}

export type EngineProcess = StudioProcess<ToEngine, FromEngine>;
export type EngineLauncher = () => EngineProcess;

export interface LauncherOptions {
  /** Hears what it prints. */
  onOutput?: ((chunk: Uint8Array) => void) | undefined;
  /** Asked at every start. */
  environment?: () => NodeJS.ProcessEnv;
}

/**
 * Starts `script` as a plain Node process. What it prints goes to stderr, since stdout belongs to whoever started the studio, and to
 * `onOutput` where somebody listens.
 */
export function nodeLauncher<To extends object = ToEngine, From = FromEngine>(
  script: string,
  { onOutput, environment }: LauncherOptions = {},
): () => StudioProcess<To, From> {
  return () => {
    const output = onOutput === undefined ? 2 : 'pipe';
    const child = fork(script, [], {
      ...(environment === undefined ? {} : { env: environment() }),
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
      execArgv: [],
    });
    hearOutput(child, onOutput);
    return {
      // The callback swallows the error of a process that has just died: its exit is reported anyway.
      send: (message) => void (child.connected && child.send(message, () => {})),
      onMessage: (listener) => void child.on('message', (message) => listener(message as From)),
      onExit: (listener) => {
        let told = false;
        const tell = (reason: string): void => {
          if (!told) listener(reason);
          told = true;
        };
        child.once('error', (error) => tell(error.message));
        child.once('exit', (code, signal) => tell(signal === null ? `exit code ${code}` : `signal ${signal}`));
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}

/** Passes on to stderr what a process prints, and tells it; a process whose output goes elsewhere has no streams. */
export function hearOutput(
  { stdout, stderr }: { stdout: NodeJS.ReadableStream | null; stderr: NodeJS.ReadableStream | null },
  onOutput: ((chunk: Uint8Array) => void) | undefined,
): void {
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      onOutput?.(chunk);
    });
  }
}
