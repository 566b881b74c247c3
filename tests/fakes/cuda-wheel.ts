/** A wheel as CUDA's libraries come in, with one file in place of the provider's library, and what is pinned of it. */
import { createHash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';

const library = 'libonnxruntime_providers_cuda.so';

export const cudaWheel = zipSync({ [`onnxruntime/capi/${library}`]: strToU8('no library') }, { level: 0 });

export const cudaComponent = {
  file: 'onnxruntime_gpu-1-py3-none-any.whl',
  path: 'aa',
  sha256: createHash('sha256').update(cudaWheel).digest('hex'),
  bytes: cudaWheel.length,
  libraries: [library],
  place: 'runtime',
  license: 'MIT',
  terms: 'https://opensource.org/license/mit',
} as const;
