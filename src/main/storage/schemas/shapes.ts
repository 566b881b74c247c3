/** The checks that follow from a description (`shared/shape.ts`). */
import { z } from 'zod';
import type { Fields, Optional, Shape } from '../../../shared/shape.js';

/** `given`: the check behind each name. Throws where a name has none. */
export function schemaOf(shape: Shape, given: Readonly<Record<string, z.ZodType>>): z.ZodType {
  switch (shape.is) {
    case 'whole':
      return z.int().min(shape.within.smallest).max(shape.within.largest);
    case 'number':
      return z.number().min(shape.within.smallest).max(shape.within.largest);
    case 'text':
      return Number.isFinite(shape.longest) ? z.string().max(shape.longest) : z.string();
    case 'flag':
      return z.boolean();
    case 'choice':
      return z.enum(shape.of as readonly [string, ...string[]]);
    case 'list':
      return z.array(schemaOf(shape.of, given)).min(shape.fewest).max(shape.most);
    case 'nullable':
      return schemaOf(shape.of, given).nullable();
    case 'fields':
      return z.strictObject(schemasOf(shape.of, given));
    case 'given': {
      const schema = given[shape.name];
      if (schema === undefined) throw new Error(`No check is given for ${shape.name}.`);
      return schema;
    }
  }
}

export function schemasOf(fields: Fields, given: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  const schemaOfField = (field: Shape | Optional): z.ZodType =>
    field.is === 'optional' ? schemaOf(field.of, given).exactOptional() : schemaOf(field, given);
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOfField(field)]));
}
