/** NVIDIA's Triton as the Python registry brings it (nvidia-pytriton), without a card. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, startProcess, type RealServer, type ServerKind, type ServerPlace } from './real-servers.js';

export const triton: ServerKind = { fault, prepare, start };

function fault(sitePackages: string): string | null {
  const binary = join(sitePackages, 'pytriton/tritonserver/bin/tritonserver');
  return existsSync(binary) ? null : `${binary} is not there: pip install nvidia-pytriton onnxruntime.`;
}

/**
 * pytriton's Triton has the Python backend alone, so each exported model gets `model.py` of this folder and the word `python` in its
 * configuration; everything else of the configuration stays as `packs export` wrote it.
 */
async function prepare(repository: string): Promise<void> {
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

async function start(repository: string, { sitePackages, modules, folder }: ServerPlace): Promise<RealServer> {
  const port = await freePort();
  const installed = join(sitePackages, 'pytriton/tritonserver');
  const backends = await pythonBackend(installed, folder);
  return startProcess({
    name: 'Triton',
    command: join(installed, 'bin/tritonserver'),
    parameters: [
      ...[`--model-repository=${repository}`, `--backend-directory=${backends}`],
      ...[`--http-port=${port}`, '--http-address=127.0.0.1', '--allow-grpc=false', '--allow-metrics=false'],
      ...['--exit-timeout-secs=1', '--log-info=false', '--disable-auto-complete-config'],
    ],
    environment: {
      LD_LIBRARY_PATH: join(sitePackages, 'nvidia_pytriton.libs'),
      DDT_SERVER_MODULES: [...modules, sitePackages].join(':'),
    },
    port,
  });
}

/** The Python backend with the stub of this Python beside it, where Triton looks for it. */
async function pythonBackend(installed: string, folder: string): Promise<string> {
  const goal = join(folder, 'backends', 'python');
  if (existsSync(goal)) return join(folder, 'backends');
  await rm(goal, { recursive: true, force: true });
  await mkdir(goal, { recursive: true });
  const version = process.env['DDT_PYTHON'] ?? '3.11';
  for (const name of await readdir(join(installed, 'backends/python'))) {
    await symlink(join(installed, 'backends/python', name), join(goal, name));
  }
  await symlink(
    join(installed, 'python_backend_stubs', version, 'triton_python_backend_stub'),
    join(goal, 'triton_python_backend_stub'),
  );
  return join(folder, 'backends');
}
