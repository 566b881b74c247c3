import type { z } from 'zod';

/** One check for every parameter of every method: one that is forgotten, or that the method does not have, does not compile. */
export type MethodFields<Methods extends Record<keyof Methods, [parameters: object, result: unknown]>> = {
  [Method in keyof Methods]: { [Name in keyof Methods[Method][0]]-?: z.ZodType };
};
