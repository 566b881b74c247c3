/**
 * Messages described once, as data: the type follows from the description (`FieldsOf`), and so does what is let through where the
 * message arrives (`main/storage/schemas/shapes.ts`). Only what messages of jobs are made of; everything else is `given` by name.
 */
import type { Range } from './limits.js';

export type Shape =
  | { readonly is: 'whole' | 'number'; readonly within: Range }
  | { readonly is: 'text'; readonly longest: number }
  | { readonly is: 'flag' }
  | { readonly is: 'choice'; readonly of: readonly string[] }
  | { readonly is: 'list'; readonly of: Shape; readonly fewest: number; readonly most: number }
  | { readonly is: 'nullable'; readonly of: Shape }
  | { readonly is: 'fields'; readonly of: Fields }
  /** What each side has in its own form, such as a picture: its id in a window, its pixels in the engine. */
  | { readonly is: 'given'; readonly name: string };

/** A field that may be left out; it is never `undefined`. */
export interface Optional {
  readonly is: 'optional';
  readonly of: Shape;
}

export type Fields = { readonly [name: string]: Shape | Optional };

export const whole = (within: Range) => ({ is: 'whole', within }) as const;
export const number = (within: Range) => ({ is: 'number', within }) as const;
export const text = (longest: number) => ({ is: 'text', longest }) as const;
export const flag = { is: 'flag' } as const;
export const choice = <const Names extends readonly string[]>(...of: Names) => ({ is: 'choice', of }) as const;
export const nullable = <const Of extends Shape>(of: Of) => ({ is: 'nullable', of }) as const;
export const fields = <const Of extends Fields>(of: Of) => ({ is: 'fields', of }) as const;
export const given = <const Name extends string>(name: Name) => ({ is: 'given', name }) as const;
export const optional = <const Of extends Shape>(of: Of) => ({ is: 'optional', of }) as const;
export const list = <const Of extends Shape>(of: Of, most: number, fewest = 1) =>
  ({ is: 'list', of, most, fewest }) as const;

/** The type of what a shape describes; `Given`: the types behind the names. */
export type ValueOf<Of, Given> = Of extends { is: 'whole' | 'number' }
  ? number
  : Of extends { is: 'text' }
    ? string
    : Of extends { is: 'flag' }
      ? boolean
      : Of extends { is: 'choice'; of: readonly (infer Name)[] }
        ? Name
        : Of extends { is: 'list'; of: infer Element }
          ? ValueOf<Element, Given>[]
          : Of extends { is: 'nullable'; of: infer Value }
            ? ValueOf<Value, Given> | null
            : Of extends { is: 'fields'; of: infer Inner }
              ? FieldsOf<Inner, Given>
              : Of extends { is: 'given'; name: infer Name extends keyof Given }
                ? Given[Name]
                : never;

type Required<Of> = { [Name in keyof Of]: Of[Name] extends Optional ? never : Name }[keyof Of];

export type FieldsOf<Of, Given> = { -readonly [Name in keyof Of as Name & Required<Of>]: ValueOf<Of[Name], Given> } & {
  -readonly [Name in keyof Of as Exclude<Name, Required<Of>>]?: Of[Name] extends { of: infer Value }
    ? ValueOf<Value, Given>
    : never;
};
