/** The colours of sheets and plots. */

export type Colour = readonly [red: number, green: number, blue: number];

export const paper: Colour = [24, 25, 29];

export const ink: Colour = [222, 224, 230];

export const faintInk: Colour = [139, 144, 156];

/** What went wrong. */
export const alarmInk: Colour = [242, 139, 118];
