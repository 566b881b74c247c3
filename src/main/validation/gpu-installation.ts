/** What a window may send to install and remove CUDA; part of `validation.ts`. */
import { z } from 'zod';
import type { GpuInstallationMethods } from '../../shared/contract/gpu-installation.js';
import type { MethodFields } from './method-fields.js';

export const gpuInstallationFields: MethodFields<GpuInstallationMethods> = {
  gpuOffer: {},
  installGpu: { agreed: z.literal(true) },
  stopInstallingGpu: {},
  removeGpu: {},
};
