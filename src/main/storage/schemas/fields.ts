/** Values that several messages have in common, with their ranges. */
import { z } from 'zod';
import { madeSeedLimits, seedLimits, textLimits, tokenLimits, type Range } from '../../../shared/limits.js';
import {
  describedSetting,
  isWholeSetting,
  settingNames,
  settingTable,
  withPresentNames,
  type SettingName,
} from '../../../shared/jobs/settings.js';
import { imageLimits } from '../../../shared/pictures/images.js';
import { maskLimits } from '../../../shared/pictures/mask.js';

export const whole = ({ smallest, largest }: Range) => z.int().min(smallest).max(largest);
export const seed = whole(seedLimits);
export const madeSeed = whole(madeSeedLimits);
export const code = z.int().min(0).max(tokenLimits.code);
export const codes = z.array(code).min(1).max(tokenLimits.count);
const settingSchemas = Object.fromEntries(
  settingNames.map((name) => {
    const { accepted } = settingTable[name];
    return [name, isWholeSetting(name) ? whole(accepted) : z.number().min(accepted.smallest).max(accepted.largest)];
  }),
) as Record<SettingName, z.ZodNumber>;
export const { steps, tokenGuidance } = settingSchemas;
export const timestep = z.number().min(0).max(1);
// What a database keeps as it is: no control characters, no half surrogates.
export const id = z
  .string()
  .max(textLimits.id)
  .regex(/^[^\p{C}]+$/u, 'must be printable');
export const packId = z.string().min(1).max(textLimits.name);
export const name = z.string().trim().min(1).max(textLimits.name);
export const imageId = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
export const text = z.string().max(textLimits.text);
export const word = z.string().max(textLimits.name);
export const instant = z.iso.datetime();
export const coordinate = z.number().min(-1e7).max(1e7);
export const size = z.number().positive().max(1e6);
export const pixels = z.int().min(1).max(imageLimits.maxSide);

const settingFields = Object.fromEntries(
  settingNames.map((name) => [
    name,
    describedSetting(name).absent === undefined ? settingSchemas[name] : settingSchemas[name].optional(),
  ]),
);
/** Of any age: a project, its queue and what was copied from one may hold settings by their former names. */
export const settings = z.preprocess(withPresentNames, z.strictObject(settingFields));
/** Of a newer studio too: what is no setting here is passed over. */
export const knownSettings = z.preprocess(withPresentNames, z.object(settingFields));

export const tokenIndex = z.int().min(0).max(tokenLimits.count);
export const frameMask = z.strictObject({
  imageId,
  grow: z.int().min(-maskLimits.grow).max(maskLimits.grow),
  feather: z.int().min(0).max(maskLimits.feather),
});
export const region = z.strictObject({
  x: z.int().min(0).max(imageLimits.maxSide),
  y: z.int().min(0).max(imageLimits.maxSide),
  width: pixels,
  height: pixels,
});
