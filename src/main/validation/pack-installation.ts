/** What a window may send to install and remove packs; part of `validation.ts`. */
import { z } from 'zod';
import { textLimits } from '../../shared/limits.js';
import { packComparisonLimits } from '../../shared/packs/pack-comparison.js';
import type { PackInstallationMethods } from '../../shared/contract/pack-installation.js';
import type { MethodFields } from './method-fields.js';

export const packInstallationFields: MethodFields<PackInstallationMethods> = {
  offerPack: {
    place: z.union([
      z.strictObject({ path: z.string().min(1).max(packComparisonLimits.path) }),
      z.strictObject({ ask: z.enum(['folder', 'zip']) }),
    ]),
  },
  installPack: { ticket: z.uuid() },
  stopInstalling: {},
  installedPacks: {},
  removePack: { id: z.string().min(1).max(textLimits.name) },
};
