/** MLServer (Seldon) of the Python registry: speaks the protocol in JSON alone, and runs models of Python. */
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { packParameter } from '../../src/main/engine/remote/graphs.js';
import { freePort, startProcess, type RealServer, type ServerKind, type ServerPlace } from './real-servers.js';

export const mlserver: ServerKind = { fault, prepare, start };

/** Of a virtual environment: its own interpreter, which finds what is installed beside it. */
function interpreter(sitePackages: string): string {
  return resolve(sitePackages, '../../../bin/python');
}

function fault(sitePackages: string): string | null {
  const missing = [join(sitePackages, 'mlserver'), interpreter(sitePackages)].find((path) => !existsSync(path));
  return missing === undefined
    ? null
    : `${missing} is not there: in a virtual environment, pip install mlserver onnxruntime.`;
}

/**
 * Of all processes. The process itself computes, without others beside it, and offers no metrics, whose port would collide: that can be
 * said here alone. Without `debug: false` a failure is told as a trace of its Python.
 */
const serverSettings = { host: '127.0.0.1', parallel_workers: 0, metrics_endpoint: null, debug: false };

/** Beside each exported model its `model-settings.json`; Triton's configuration may stay, MLServer does not look at it. */
async function prepare(repository: string, hash: string): Promise<void> {
  for (const model of await readdir(repository)) {
    const settings = {
      name: model,
      implementation: 'mlserver_runtime.PackGraph',
      parameters: { uri: './1/model.onnx', extra: { [packParameter]: hash } },
    };
    await writeFile(join(repository, model, 'model-settings.json'), JSON.stringify(settings, null, 1));
  }
  await writeFile(join(repository, 'settings.json'), JSON.stringify(serverSettings, null, 1));
}

async function start(repository: string, { sitePackages, modules }: ServerPlace): Promise<RealServer> {
  const [port, grpcPort] = [await freePort(), await freePort()];
  return startProcess({
    name: 'MLServer',
    command: interpreter(sitePackages),
    parameters: ['-c', 'from mlserver.cli import main; main()', 'start', repository],
    environment: {
      // Where `mlserver_runtime` is.
      PYTHONPATH: [resolve('tools/remote'), ...modules].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
      MLSERVER_HTTP_PORT: String(port),
      MLSERVER_GRPC_PORT: String(grpcPort),
    },
    port,
  });
}
