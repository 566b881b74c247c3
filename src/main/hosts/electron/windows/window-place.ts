/** Where windows stand: as they were left on each display, and always on one that is there. Pure. */
import type { Rectangle } from 'electron';

export interface WindowPlace extends Rectangle {
  maximized: boolean;
}

/** By the id of the display; `last` is the one a window was closed on. */
export interface WindowPlaces {
  last: number | null;
  byDisplay: Readonly<Record<string, WindowPlace>>;
}

export interface DisplayArea {
  id: number;
  /** Without taskbar, dock and menu bar. */
  workArea: Rectangle;
}

export const noPlaces: WindowPlaces = { last: null, byDisplay: {} };
export const smallestWindow = { width: 960, height: 600 };
const usual = { width: 1440, height: 900 };
/** So far a window stands from one that is at its place already. */
const cascade = 32;

/** `displays` has at least one, the primary one first. */
export function placeForWindow(
  places: WindowPlaces,
  displays: readonly DisplayArea[],
  others: readonly Rectangle[],
): WindowPlace {
  const display = displays.find(({ id }) => id === places.last) ?? displays[0]!;
  const saved = places.byDisplay[display.id];
  const wanted = saved ?? { ...centred(display.workArea), maximized: false };
  let place = within(wanted, display.workArea);
  while (others.some(({ x, y }) => x === place.x && y === place.y)) {
    const next = within({ ...place, x: place.x + cascade, y: place.y + cascade }, display.workArea);
    // In the corner there is no room for a further step.
    if (next.x === place.x && next.y === place.y) break;
    place = next;
  }
  return { ...place, maximized: wanted.maximized };
}

/** What is remembered of a window that closes. */
export function withPlace(places: WindowPlaces, displays: readonly DisplayArea[], place: WindowPlace): WindowPlaces {
  const display = displays.reduce((best, one) =>
    shared(one.workArea, place) > shared(best.workArea, place) ? one : best,
  );
  return { last: display.id, byDisplay: { ...places.byDisplay, [display.id]: place } };
}

function centred(area: Rectangle): Rectangle {
  const width = Math.min(usual.width, area.width);
  const height = Math.min(usual.height, area.height);
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
  };
}

/** Whole on the display: smaller where it would not fit, though never smaller than a window can be. */
function within(wanted: Rectangle, area: Rectangle): Rectangle {
  const width = Math.max(smallestWindow.width, Math.min(wanted.width, area.width));
  const height = Math.max(smallestWindow.height, Math.min(wanted.height, area.height));
  return {
    x: Math.max(area.x, Math.min(wanted.x, area.x + area.width - width)),
    y: Math.max(area.y, Math.min(wanted.y, area.y + area.height - height)),
    width,
    height,
  };
}

function shared(one: Rectangle, other: Rectangle): number {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, across) * Math.max(0, down);
}
