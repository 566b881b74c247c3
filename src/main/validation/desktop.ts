/** What a window may ask of the desktop; part of `validation.ts`. */
import { exportedFile } from './import-export.js';
import { z } from 'zod';
import { desktopLimits, type DesktopMethods } from '../../shared/contract/desktop.js';
import type { MethodFields } from './method-fields.js';

const ticket = z.uuid();
/** One file in one folder, on every system: no paths, no devices of Windows, no hidden files. */
const fileName = z
  .string()
  .min(1)
  .max(desktopLimits.fileName)
  .refine((name) => {
    const hasControl = [...name].some((letter) => letter.codePointAt(0)! < 32);
    return !hasControl && /^[^/\\:*?"<>|]+$/.test(name) && !/^[. ]|[. ]$/.test(name) && !devices.test(name);
  }, 'must be the plain name of a file');
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

export const desktopFields: MethodFields<DesktopMethods> = {
  takeNews: {},
  chooseFiles: {},
  openOffered: { ticket },
  chooseSavingPlace: { fileNames: z.array(fileName).min(1).max(desktopLimits.files) },
  saveFile: {
    ticket,
    fileName,
    bytes: z
      .instanceof(Uint8Array, { error: 'must be bytes' })
      .refine(({ byteLength }) => byteLength <= desktopLimits.fileBytes, 'is too large'),
  },
  dragOut: { imageId: z.string().regex(/^[0-9a-f]{64}$/), fileName, ...exportedFile },
  setFullScreen: { on: z.boolean() },
  tellHost: { theme: z.enum(['system', 'dark', 'light']), candidates: z.int().min(0).max(100_000) },
};
