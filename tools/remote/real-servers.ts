/** Real inference servers as processes of this machine, each of one thread: what their kinds have in common. */
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { StudioError } from '../../src/shared/errors.js';

export interface RealServer {
  url: string;
  /** As a machine dies. */
  kill: () => void;
  /** Stops and goes on without losing a connection: as slow as a server can be. */
  pause: () => void;
  resume: () => void;
}

/** Where a server finds what it needs. */
export interface ServerPlace {
  /** The Python `site-packages` that hold the server. */
  sitePackages: string;
  /** More folders of Python modules, for numpy and onnxruntime. */
  modules: readonly string[];
  /** For whatever the server wants to write. */
  folder: string;
}

export interface ServerKind {
  /** Why it cannot be started, in one sentence; null: it can. */
  fault: (sitePackages: string) => string | null;
  /** Makes an exported model repository one of this server. `hash`: of the pack, as `packHash` gives it. */
  prepare: (repository: string, hash: string) => Promise<void>;
  /** Throws `engine-failed` with the server's last words. */
  start: (repository: string, place: ServerPlace) => Promise<RealServer>;
}

interface ServerProcess {
  name: string;
  command: string;
  parameters: readonly string[];
  environment: NodeJS.ProcessEnv;
  port: number;
}

const startLimitMs = 120_000;

/** Returns once it says that it is ready. Throws `engine-failed` with its last words when it ends, or is not ready in two minutes. */
export async function startProcess({
  name,
  command,
  parameters,
  environment,
  port,
}: ServerProcess): Promise<RealServer> {
  const child = spawn(command, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DDT_SERVER_THREADS: '1', OMP_NUM_THREADS: '1', ...environment },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
  child.on('error', (error) => (said += String(error)));
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  while (child.exitCode === null && child.signalCode === null && performance.now() - began < startLimitMs) {
    const isReady = await fetch(`${url}/v2/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) {
      return {
        url,
        kill: () => void child.kill('SIGKILL'),
        pause: () => void child.kill('SIGSTOP'),
        resume: () => void child.kill('SIGCONT'),
      };
    }
    await wait(200);
  }
  child.kill('SIGKILL');
  // What it said last may come after its end.
  await Promise.race([closed, wait(2000)]);
  throw new StudioError('engine-failed', `${name} did not start.`, 'Its last words are in the details.', {
    detail: said,
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
