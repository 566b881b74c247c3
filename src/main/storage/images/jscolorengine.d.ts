/** What is used of the package, which carries no types of its own. */
declare module 'jscolorengine' {
  export class Profile {
    loaded: boolean;
    /** The profile header's colour space: "RGB", "GRAY", "CMYK" … */
    colorSpace: string;
    loadBinary(bytes: Uint8Array): void;
  }
  export class Transform {
    constructor(options: { buildLut: boolean; dataFormat: 'int8' });
    create(from: Profile, to: string, intent: number): void;
    /** Interleaved samples, with or without alpha in and out. */
    array(data: Uint8ClampedArray, hasAlpha: boolean, keepsAlpha: boolean): Uint8ClampedArray;
  }
  export const eIntent: { relative: number };
}
