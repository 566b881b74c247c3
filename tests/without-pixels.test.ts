import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAnimated, pictureKind } from '../src/shared/pictures/file-kind.js';
import { withoutPixels } from '../src/renderer/state/import-export/without-pixels.js';

const brought = (name: string): Uint8Array => readFileSync(join('tests', 'brought', name));

it('keeps what a file says and drops what it shows', () => {
  for (const [name, words] of [['m12-line-after-settings.png', 'easynegative'], ['i01-a1111.jpg', 'UNICODE'], ['i02-a1111.webp', 'UNICODE']] as const) {
    const whole = brought(name);
    const said = withoutPixels(whole)!;
    expect(Buffer.from(said).includes(words)).toBe(true);
    expect(said.length).toBeLessThan(whole.length);
    expect(pictureKind(said)).toBe(pictureKind(whole));
  }
  expect(withoutPixels(new TextEncoder().encode('GIF89a'))).toBeNull();
}); // prettier-ignore

it('tells what a file is by its content, and whether it moves', () => {
  expect(pictureKind(brought('i05-webp-named.png'))).toBe('webp');
  expect(isAnimated(brought('i13-apng.png'))).toBe(true);
  expect(isAnimated(brought('i04-orientation6.png'))).toBe(false);
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const gif = (frames: number) => Uint8Array.from([...Buffer.from('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, ...Array.from({ length: frames }, () => frame).flat(), 0x3b]); // prettier-ignore
  expect(isAnimated(gif(1))).toBe(false);
  expect(isAnimated(gif(2))).toBe(true);
});

it('survives any damage', () => {
  const files = ['m12-line-after-settings.png', 'i01-a1111.jpg', 'i02-a1111.webp', 'i13-apng.png'].map(brought);
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(255), fc.boolean(), (file, at, value, cut) => {
      const place = at % file.length;
      const damaged = cut ? file.slice(0, place) : Uint8Array.from(file).fill(value, place, place + 1);
      withoutPixels(damaged);
      isAnimated(damaged);
    }),
  );
});
