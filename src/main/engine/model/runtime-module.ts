/** Where a package of onnxruntime-node lies, and its native libraries in it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of the package that came with the studio. */
export function bundledModule(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')));
}

/** Where onnxruntime keeps its libraries inside its package, and looks for those of its providers. */
export function nativeFolder(module: string): string {
  return join(module, 'bin', 'napi-v6', process.platform, process.arch);
}
