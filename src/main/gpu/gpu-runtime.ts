/** Where a runtime with CUDA lies once it is installed, and how the engine's process finds it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, settingsBounds } from '../../shared/json.js';
import { bundledModule } from '../engine/model/runtime-module.js';

export interface GpuRuntime {
  directory: string;
  /** A copy of the studio's onnxruntime-node with the provider's library beside its own. */
  module: string;
  /** NVIDIA's libraries. */
  libraries: string;
}

/** Written last: a folder without it is no installation. */
export const installedFile = 'installed.json';

export function gpuDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'gpu');
}

/** The parts of an installation in `directory`, whether they are there or not. */
export function runtimeIn(directory: string): GpuRuntime {
  return {
    directory,
    module: join(directory, 'node_modules', 'onnxruntime-node'),
    libraries: join(directory, 'lib'),
  };
}

/** The version of the onnxruntime that came with the studio. */
export function bundledVersion(module = bundledModule()): string {
  const { version } = parseJson(readFileSync(join(module, 'package.json'), 'utf8'), settingsBounds) as {
    version: string;
  };
  return version;
}

/** Null where none is installed for the runtime of this studio: after an update an older one is not used. */
export function installedRuntime(dataDirectory: string, version = bundledVersion()): GpuRuntime | null {
  const runtime = runtimeIn(join(gpuDirectory(dataDirectory), version));
  return existsSync(join(runtime.directory, installedFile)) ? runtime : null;
}

/** The environment of an engine's process: the system's loader looks at its variable before the process begins. */
export function engineEnvironment(
  dataDirectory: string,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const runtime = installedRuntime(dataDirectory);
  if (runtime === null) return environment;
  const before = environment['LD_LIBRARY_PATH'];
  return {
    ...environment,
    DDT_STUDIO_RUNTIME: runtime.module,
    LD_LIBRARY_PATH: before === undefined || before === '' ? runtime.libraries : `${runtime.libraries}:${before}`,
  };
}
