/** What a window may send to have work kept, copied and brought back; part of `validation.ts`. */
import { z } from 'zod';
import { textLimits } from '../../shared/limits.js';
import type { ImportExportMethods } from '../../shared/import-export.js';
import type { MethodFields } from './method-fields.js';

const id = z.string().min(1).max(textLimits.id);

export const importExportFields: MethodFields<ImportExportMethods> = {
  exportImage: { frameId: id, metadata: z.boolean() },
  saveCopy: {},
  addProject: {
    bytes: z.instanceof(Uint8Array, { error: 'must be bytes' }),
    fileName: z.string().max(textLimits.fileName),
  },
  deleteProject: { id },
  listDeletedProjects: {},
  restoreProject: { id },
};
