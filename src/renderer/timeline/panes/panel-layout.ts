/** How the panel shares its box between panes and track: pure, in CSS pixels. */

export interface PanelLayout {
  /** `wide`: panes beside the track. `tall`: panes above the track with room for a reading of the newest token. */
  arrangement: 'wide' | 'tall';
  pane: { width: number; height: number };
  /** Four where they stay large enough: the fourth shows the difference of two. */
  panes: 3 | 4;
  /** Height of what stands beside the panes; theirs with their captions, or more. */
  side: number;
  /** Width of everything that shares the t axis. */
  track: number;
  curve: number;
  ribbons: number;
  strip: number;
  /** 0: no room for a filmstrip. */
  film: number;
  /** It takes the whole width, under panes and track; otherwise it is a part of the track. */
  filmAcross: boolean;
}

const padding = 16;
const gap = 12;
const header = 44;
const caption = 24;
/** What the words beside the panes need at least. */
const reading = 232;
/** What the tools of Explore need there. */
const toolRail = 326;
/** Four panes smaller than this say less than three. */
const leastOfFour = 132;
/** Nor has its title room in less, even where the height bounds all of them. */
const titled = 118;
/** A panel lower than this needs its height for the pictures. */
const lowPanel = 440;
/** A tool in less height than this is all scrolling. */
const workable = 190;
/** Of the build-up film; with less width than this for each there are no words under them. */
const filmPictures = 8;
const worded = 76;
/** More of the height makes lanes and pictures of the filmstrip no clearer. */
const largestFilm = 168;
/** Between panes and track where they stand side by side. */
const gutter = 24;
/** Ticks and labels of the axis, under the curve. */
export const axisHeight = 18;

/**
 * The arrangement with the larger panes; with `tools` always the tall one, whose side holds them. `aspect` is width / height of
 * the images; `ownAxis`: what stands under the tokens need not stand under the axis of t. Every extent in the result is at least 0.
 */
export function panelLayout(
  width: number,
  height: number,
  aspect: number,
  tools = false,
  ownAxis = false,
): PanelLayout {
  if (tools) return tallLayout(width, height, aspect, true);
  const [wide, tall] = [wideLayout(width, height, aspect, ownAxis), tallLayout(width, height, aspect, false)];
  return tall.pane.width > wide.pane.width ? tall : wide;
}

function wideLayout(width: number, height: number, aspect: number, ownAxis: boolean): PanelLayout {
  const body = Math.max(0, height - header - padding);
  const room = Math.max(0, width - 2 * padding);
  const pane = fit((room * 0.54 - 2 * gap) / 3, body - caption, aspect);
  const strip = 30;
  const ribbons = body > 190 ? 20 : 12;
  const rest = Math.max(0, body - strip - ribbons - axisHeight);
  const besidePanes = (paneWidth: number) => Math.max(0, room - 3 * paneWidth - 2 * gap - gutter);
  const pitch = besidePanes(pane.width) / filmPictures;
  const [film, most] = ownAxis && pitch >= worded ? [Math.round(rest * 0.62), 108] : [Math.round(rest * 0.45), 72];
  const within: PanelLayout = {
    arrangement: 'wide',
    pane,
    panes: 3,
    side: pane.height + caption,
    track: besidePanes(pane.width),
    curve: 0,
    ribbons,
    strip,
    film: rest > 96 ? Math.min(most, film) : 0,
    filmAcross: false,
  };
  if (within.film > 0 && ownAxis && pitch < worded) return across(within, body, aspect);
  return { ...within, curve: clamp(rest - (within.film > 0 ? within.film + 8 : 0), 28, 140) };
}

/** Pictures that would be too small beside the panes stand under them, where there is all the width. */
function across(within: PanelLayout, body: number, aspect: number): PanelLayout {
  const film = clamp(body * 0.36, 56, 116);
  const above = body - film - 8;
  const pane = fit(within.pane.width, above - caption, aspect);
  return {
    ...within,
    pane,
    side: pane.height + caption,
    track: within.track + 3 * (within.pane.width - pane.width),
    curve: clamp(above - within.strip - within.ribbons - axisHeight, 28, 140),
    film,
    filmAcross: true,
  };
}

function tallLayout(width: number, height: number, aspect: number, tools: boolean): PanelLayout {
  const beside = tools ? toolRail : reading;
  const room = Math.max(0, width - 2 * padding);
  const body = Math.max(0, height - header - padding);
  // With tools it is a film with its words, or five rows of a matrix.
  const leastFilm = tools ? clamp(height * 0.24, 84, 150) : clamp(height * 0.105, 48, 96);
  const curve = clamp(height * 0.1, 36, 96);
  const strip = 32;
  const ribbons = height < lowPanel ? 14 : 22;
  const track = curve + axisHeight + ribbons + strip + 8 + leastFilm;
  const paneHeight = body - track - caption - gap;
  const three = fit((room - beside - 3 * gap) / 3, paneHeight, aspect);
  const four = fit((room - beside - 4 * gap) / 4, paneHeight, aspect);
  // What the tokens added is worth some of the others' size, as long as all can still be told apart.
  const panes = (four.width >= three.width && four.width >= titled) || (tools && four.width >= leastOfFour) ? 4 : 3;
  const pane = panes === 4 ? four : three;
  // Where the width bounds the panes, height is left over: the tools need some of it, the lanes gain by the next, the rest is theirs.
  const spare = Math.max(0, Math.floor(paneHeight) - pane.height);
  const forTools = tools ? Math.min(spare, Math.max(0, workable - caption - pane.height)) : spare;
  const film = Math.max(leastFilm, Math.min(largestFilm, leastFilm + spare - forTools));
  const side = pane.height + caption + spare - (film - leastFilm);
  return { arrangement: 'tall', pane, panes, side, track: room, curve, ribbons, strip, film, filmAcross: false };
}

function clamp(value: number, smallest: number, largest: number): number {
  return Math.round(Math.min(largest, Math.max(smallest, value)));
}

function fit(width: number, height: number, aspect: number): { width: number; height: number } {
  const bounded = Math.max(0, Math.min(width, height * aspect));
  return { width: Math.floor(bounded), height: Math.floor(bounded / aspect) };
}
