/** Errors nobody caught in a window's own page: noted in the log of the machine it runs on, beside what its other processes say. */
export interface PageFaultMethods {
  /** Never throws for what it says; past `most` of one window nothing more is noted. */
  reportFault: [{ text: string }, Record<string, never>];
}

/** `text`: UTF-16 units of one. `most`: of one window, since a page may fail at every frame it draws. */
export const faultLimits = { text: 4000, most: 50 } as const;
