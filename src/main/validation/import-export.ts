/** What a window may send to have work kept, copied and brought back; part of `validation.ts`. */
import { z } from 'zod';
import { textLimits } from '../../shared/limits.js';
import type { KeepingMethods } from '../../shared/import-export.js';

const id = z.string().min(1).max(textLimits.id);

export const keepingSchemas: Record<keyof KeepingMethods, z.ZodType> = {
  exportImage: z.strictObject({ frameId: id, metadata: z.boolean() }),
  saveCopy: z.strictObject({}),
  addProject: z.strictObject({
    bytes: z.instanceof(Uint8Array, { error: 'must be bytes' }),
    fileName: z.string().max(textLimits.fileName),
  }),
  deleteProject: z.strictObject({ id }),
  listDeletedProjects: z.strictObject({}),
  restoreProject: z.strictObject({ id }),
};
