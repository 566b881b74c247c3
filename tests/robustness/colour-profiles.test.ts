/** Colour profiles that promise more than they hold: passed over at once, and said. Sound ones of every form are used. */
import { encode as encodeJpeg } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { pngWith } from '../../tools/withstand/crafted-pictures.js';
import { curve, curves, hostileProfiles, point, primaries, profileChunk, profileOf, soundProfiles, stagedTable, table, type Tag } from '../../tools/withstand/crafted-profiles.js'; // prettier-ignore
import { pictureTasks } from '../../src/main/pictures/picture-tasks.js';
import { profileLimits } from '../../src/main/storage/images/limits.js';
import { encodePng, readPicture } from '../../src/main/storage/images/images.js';
import { boundedProfile } from '../../src/main/storage/images/profile-bounds.js';
import { inJpeg, inPng, inWebp } from './pictures-that-say.js';

const grey = { width: 8, height: 8, data: new Uint8Array(256).fill(90) };
const cannotBeUsed = 'Its colour profile cannot be used, so its colours are taken as sRGB.';
const straight = curve([0, 65_535]);
const notesOf = (profile: Uint8Array): string[] => readPicture(pngWith(profileChunk(profile))).notes;

test.each(hostileProfiles)('%s', (_name, make) => {
  const before = process.cpuUsage().user;
  expect(notesOf(make())).toEqual([cannotBeUsed]);
  // Each of them took more than 25 s, or all memory.
  expect(process.cpuUsage().user - before).toBeLessThan(2e6);
});

describe('what real profiles hold', () => {
  test.each<[string, Uint8Array]>([
    ...soundProfiles,
    ['curves of as many points as any', profileOf([...primaries, ...curves(curve(Array<number>(4096).fill(7)))])],
  ])('%s', (_name, profile) => {
    expect(boundedProfile(profile)).not.toBeNull();
    expect(notesOf(profile)).toEqual([]);
  });

  test('what does not lead to sRGB is not looked at, and a tag counts once', () => {
    const more: Tag[] = [
      ['zzzz', new Uint8Array(3)],
      ['rXYZ', new Uint8Array(3)],
    ];
    const bounded = boundedProfile(profileOf([...primaries, ...more, ...curves(straight)]))!;
    expect(new DataView(bounded.buffer).getUint32(128)).toBe(7);
    expect(Buffer.from(bounded.subarray(132, 132 + 7 * 12)).toString('latin1')).not.toMatch(/zzzz/);
  });

  test.each<[string, Uint8Array]>([
    ['a tag behind the end', profileOf([...primaries, ...curves(straight)]).slice(0, -4)],
    ['a point that is too short', profileOf([['rXYZ', point(1, 1, 1).subarray(0, 16)]])],
    ['a curve of no kind', profileOf([['rTRC', Buffer.from('none\0\0\0\0\0\0\0\0')]])],
    [
      'a curve with more points than any',
      profileOf(curves(curve(Array<number>(profileLimits.curvePoints + 1).fill(0)))),
    ],
    ['a table of no kind', profileOf([['A2B1', Buffer.concat([Buffer.from('none'), table().subarray(4)])]])],
    ['a table between curves that end elsewhere', profileOf([['A2B1', stagedTable().subarray(0, -30)]])],
    ['colours of ink', profileOf(primaries, { spaces: 'CMYKLab ' })],
    ['more tags than any', profileOf(Array<Tag>(profileLimits.tags + 1).fill(['zzzz', new Uint8Array()]))],
    ['no header', new Uint8Array(131)],
  ])('%s is no profile', (_name, profile) => {
    expect(boundedProfile(profile)).toBeNull();
  });
});

test.each([
  ['JPEG', inJpeg(new Uint8Array(encodeJpeg({ ...grey, data: Buffer.from(grey.data) }, 90).data))],
  ['WebP', inWebp()],
  ['PNG', inPng(encodePng(grey))],
])('a %s with EXIF, XMP and a profile says all of it', (_kind, bytes) => {
  const { notes, metadata } = pictureTasks.read({ bytes });
  expect(notes).toEqual([]);
  expect(metadata?.recipe?.text).toBe('a boat');
});
