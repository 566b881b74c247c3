/** NVIDIA's Triton as the Python registry brings it (nvidia-pytriton), without a card, as processes of one thread each. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
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

const startLimitMs = 120_000;

/** The site-packages folder that holds pytriton, or why there is none. */
export function tritonFault(sitePackages: string): string | null {
  const binary = join(sitePackages, 'pytriton/tritonserver/bin/tritonserver');
  return existsSync(binary) ? null : `${binary} is not there: pip install nvidia-pytriton numpy onnxruntime`;
}

/**
 * pytriton's Triton has the Python backend alone, so each exported model gets `model.py` of this folder and the word `python` in its
 * configuration; everything else of the configuration stays as `packs export` wrote it.
 */
export async function withPythonBackend(repository: string): Promise<void> {
  for (const model of await readdir(repository)) {
    const config = join(repository, model, 'config.pbtxt');
    const text = await readFile(config, 'utf8');
    await writeFile(
      config,
      text.replace('backend: "onnxruntime"', 'backend: "python"').replace('KIND_AUTO', 'KIND_CPU'),
    );
    await copyFile('tools/remote/model.py', join(repository, model, '1', 'model.py'));
  }
}

/** `sitePackages`: with pytriton; `modules`: more folders of Python modules, for numpy and onnxruntime. Throws `engine-failed` with its last words. */
export async function startTriton(
  repository: string,
  { sitePackages, modules, folder }: { sitePackages: string; modules: readonly string[]; folder: string },
): Promise<RealServer> {
  const port = await freePort();
  const triton = join(sitePackages, 'pytriton/tritonserver');
  const backends = await pythonBackend(triton, folder);
  const child = spawn(
    join(triton, 'bin/tritonserver'),
    [
      ...[`--model-repository=${repository}`, `--backend-directory=${backends}`],
      ...[`--http-port=${port}`, '--http-address=127.0.0.1', '--allow-grpc=false', '--allow-metrics=false'],
      ...['--exit-timeout-secs=1', '--log-info=false', '--disable-auto-complete-config'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LD_LIBRARY_PATH: join(sitePackages, 'nvidia_pytriton.libs'),
        DDT_SERVER_MODULES: [...modules, sitePackages].join(':'),
        DDT_SERVER_THREADS: '1',
        OMP_NUM_THREADS: '1',
      },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
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
  throw new StudioError('engine-failed', 'Triton did not start.', 'Its last words are in the details.', {
    detail: said,
  });
}

/** The Python backend with the stub of this Python beside it, where Triton looks for it. */
async function pythonBackend(triton: string, folder: string): Promise<string> {
  const goal = join(folder, 'backends', 'python');
  if (existsSync(goal)) return join(folder, 'backends');
  await rm(goal, { recursive: true, force: true });
  await mkdir(goal, { recursive: true });
  const version = process.env['DDT_PYTHON'] ?? '3.11';
  for (const name of await readdir(join(triton, 'backends/python'))) {
    await symlink(join(triton, 'backends/python', name), join(goal, name));
  }
  await symlink(
    join(triton, 'python_backend_stubs', version, 'triton_python_backend_stub'),
    join(goal, 'triton_python_backend_stub'),
  );
  return join(folder, 'backends');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
