/** What a window may send to have work kept, copied and brought back; part of `validation.ts`. */
import { z } from 'zod';
import { textLimits } from '../../shared/limits.js';
import type { ImportExportMethods } from '../../shared/contract/import-export.js';
import { enlargements } from '../../shared/pictures/enlarge.js';
import type { MethodFields } from './method-fields.js';

/** Of every method that makes a file of a picture. */
export const exportedFile = { metadata: z.boolean(), factor: z.literal(enlargements).optional() };

const id = z.string().min(1).max(textLimits.id);

export const importExportFields: MethodFields<ImportExportMethods> = {
  exportImage: { frameId: id, ...exportedFile },
  saveCopy: {},
  addProject: {
    bytes: z.instanceof(Uint8Array, { error: 'must be bytes' }),
    fileName: z.string().max(textLimits.fileName),
  },
  deleteProject: { id },
  listDeletedProjects: {},
  restoreProject: { id },
};
