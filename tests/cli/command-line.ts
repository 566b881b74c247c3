import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '..', '..');

export interface CommandRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves as soon as stdout contains `text`; rejects when the command ends without it. */
  says: (text: string) => Promise<void>;
  ended: Promise<CommandRun>;
}

/** Starts the built command line (`script`: or the tools; `root`: of another checkout) as a person would, with a data folder of its own. */
export function startCommand(
  parameters: readonly string[],
  {
    cwd,
    env = {},
    script = 'ddt-studio.mjs',
    root = repository,
  }: { cwd: string; env?: Record<string, string>; script?: string; root?: string },
): RunningCommand {
  const child = spawn(process.execPath, [join(root, 'scripts', script), ...parameters], {
    cwd,
    env: { ...process.env, DDT_STUDIO_HOME: join(cwd, 'home'), DDT_STUDIO_PROVIDERS: 'cpu', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: CommandRun = { code: null, stdout: '', stderr: '' };
  const ended = new Promise<CommandRun>((resolve) => {
    child.once('close', (code) => resolve(Object.assign(run, { code })));
  });
  child.stderr.on('data', (chunk: Buffer) => (run.stderr += chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => (run.stdout += chunk.toString('utf8')));
  return {
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (run.stdout.includes(text)) resolve();
        };
        child.stdout.on('data', check);
        void ended.then(() => reject(new Error(`The command ended without saying ${text}: ${run.stderr}`)));
        check();
      }),
    ended,
  };
}

export function runCommand(
  parameters: readonly string[],
  options: Parameters<typeof startCommand>[1],
): Promise<CommandRun> {
  return startCommand(parameters, options).ended;
}

/** The JSON lines a command printed. */
export function jsonLines({ stdout }: CommandRun): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
