import { describe, expect, it } from 'vitest';
import { heatColour, heatCover } from './heat-colours.js';

/** Relative luminance of sRGB (IEC 61966-2-1). */
function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

describe('heatColour', () => {
  it('gets lighter with every step, and stays within its ends', () => {
    const lightness = Array.from({ length: 33 }, (_, step) => luminance(heatColour(step / 32)));
    lightness.slice(1).forEach((value, index) => expect(value).toBeGreaterThan(lightness[index]!));
    expect(heatColour(-1)).toEqual(heatColour(0));
    expect(heatColour(2)).toEqual(heatColour(1));
    expect(heatCover(1)).toBe(1);
  });
});
