/** What a window may send to the gallery; part of `validation.ts`. */
import { z } from 'zod';
import { galleryLimits, type GalleryMethods } from '../../shared/contract/gallery.js';
import { textLimits } from '../../shared/limits.js';
import { exportedFile } from './import-export.js';
import type { MethodFields } from './method-fields.js';

const imageId = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const imageIds = z.array(imageId).max(galleryLimits.marked);

const query = z.strictObject({
  text: z.string().max(galleryLimits.text),
  view: z.enum(['all', 'starred', 'trash']),
  projectId: z.string().min(1).max(textLimits.name).nullable(),
  pack: z.string().min(1).max(textLimits.name).nullable(),
  since: z.iso.datetime().nullable(),
  order: z.enum(['newest', 'oldest']),
});

export const galleryFields: MethodFields<GalleryMethods> = {
  searchGallery: {
    query,
    offset: z.int().min(0).max(0x7fffffff),
    limit: z.int().min(1).max(galleryLimits.page),
  },
  galleryOverview: {},
  galleryPicture: { imageId },
  markPictures: { imageIds: imageIds.min(1), mark: z.enum(['star', 'unstar', 'trash', 'restore']) },
  emptyTrash: { imageIds: imageIds.optional() },
  adoptPicture: { imageId, frameId: z.string().min(1).max(textLimits.id).optional() },
  exportPicture: { imageId, ...exportedFile },
};
