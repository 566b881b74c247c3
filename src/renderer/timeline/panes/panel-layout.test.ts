import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filmLayout } from '../track/film-layout.js';
import { axisHeight, panelLayout } from './panel-layout.js';

it('never asks for more than the box, at any size and shape of image', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 500, max: 3840 }),
      fc.integer({ min: 160, max: 1600 }),
      fc.double({ min: 0.4, max: 2.5, noNaN: true }),
      fc.boolean(),
      fc.boolean(),
      (width, height, aspect, tools, ownAxis) => {
        fc.pre(!tools || height >= 400);
        const layout = panelLayout(width, height, aspect, tools, ownAxis);
        const { arrangement, pane, panes, side, track, curve, ribbons, strip, film, filmAcross } = layout;
        const trackHeight = curve + axisHeight + ribbons + strip + (film > 0 ? film + 8 : 0);
        const panesWidth = panes * pane.width + (panes - 1) * 12;
        expect(Math.min(pane.width, pane.height, track, curve, film)).toBeGreaterThanOrEqual(0);
        if (arrangement === 'wide') {
          expect(panesWidth + track).toBeLessThanOrEqual(width);
          const panesHeight = pane.height + 24 + (filmAcross ? film + 8 : 0);
          expect(Math.max(trackHeight, panesHeight)).toBeLessThanOrEqual(height - 44);
        } else {
          expect(Math.max(panesWidth, track)).toBeLessThanOrEqual(width);
          expect(side).toBeGreaterThanOrEqual(pane.height + 24);
          expect(trackHeight + side).toBeLessThanOrEqual(height - 44);
        }
      },
    ),
  );
});

it('shows the build-up film in pictures that say something, in a narrow panel too, and in words where they fit', () => {
  const pictures = ({ film, filmAcross, track }: ReturnType<typeof panelLayout>, width: number) =>
    Math.min((filmAcross ? width - 32 : track) / 8 - 6, film - 12);
  const narrow = panelLayout(512, 234, 1, false, true);
  expect(narrow.filmAcross).toBe(true);
  expect(pictures(narrow, 512)).toBeGreaterThan(48);
  for (const width of [944, 1104, 1584])
    expect(panelLayout(width, 300, 1, false, true).film).toBeGreaterThanOrEqual(84);
  // On a wide screen what is read in a picture has two lines: one would cut it off.
  const wide = panelLayout(1584, 299, 1, false, true);
  expect(wide.filmAcross).toBe(false);
  expect(filmLayout(8, wide.track, wide.film, 1)).toMatchObject({ lines: 2 });
  expect(filmLayout(8, wide.track, wide.film, 1).height).toBeGreaterThan(56);
  // Pictures along t stand under its axis.
  expect(panelLayout(512, 234, 1).filmAcross).toBe(false);
});

it('gives the panes most of the room when exploring', () => {
  expect(panelLayout(1104, 300, 1).arrangement).toBe('wide');
  const exploring = panelLayout(1104, 495, 1);
  expect(exploring.arrangement).toBe('tall');
  expect(exploring.pane.height).toBeGreaterThanOrEqual(210);
  expect(exploring.panes).toBe(3);
  const large = panelLayout(1584, 594, 1);
  expect(large.pane.height).toBeGreaterThanOrEqual(290);
  expect(large.panes).toBe(4);
});

it('keeps room for the tools of Explore at every size', () => {
  for (const [width, height] of [
    [1104, 495],
    [1584, 594],
    [764, 476],
    [640, 400],
  ] as const) {
    const { arrangement, pane, panes } = panelLayout(width, height, 1, true);
    expect(arrangement).toBe('tall');
    expect(width - 32 - panes * (pane.width + 12)).toBeGreaterThanOrEqual(326);
  }
});

it('gives the lanes and the tools the height that a narrow panel leaves over', () => {
  const [broad, narrow] = [panelLayout(1584, 640, 1, true), panelLayout(720, 640, 1, true)];
  expect(narrow.film).toBeGreaterThan(broad.film);
  expect(narrow.side).toBeGreaterThan(narrow.pane.height + 24);
  expect(broad.side - (broad.pane.height + 24)).toBeLessThan(1);
});
