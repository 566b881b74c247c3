/** How the panel shares its box between panes and track: pure, in CSS pixels. */

export interface PanelLayout {
  /** `wide`: panes beside the track. `tall`: panes above the track with room for a reading of the newest token. */
  arrangement: 'wide' | 'tall';
  pane: { width: number; height: number };
  /** Width of everything that shares the t axis. */
  track: number;
  curve: number;
  ribbons: number;
  strip: number;
  /** 0: no room for a filmstrip. */
  film: number;
}

const padding = 16;
const gap = 12;
const header = 44;
const caption = { wide: 24, tall: 40 };
const reading = 248;
/** Ticks and labels of the axis, under the curve. */
export const axisHeight = 18;

/** `aspect` is width / height of the images; every extent in the result is at least 0. */
export function panelLayout(width: number, height: number, aspect: number): PanelLayout {
  return height >= 430 ? tallLayout(width, height, aspect) : wideLayout(width, height, aspect);
}

function wideLayout(width: number, height: number, aspect: number): PanelLayout {
  const body = Math.max(0, height - header - padding);
  const room = Math.max(0, width - 2 * padding);
  const paneWidth = Math.min((body - caption.wide) * aspect, (room * 0.5 - 2 * gap) / 3);
  const pane = fit(paneWidth, body - caption.wide, aspect);
  const strip = 30;
  const ribbons = body > 190 ? 20 : 12;
  const rest = Math.max(0, body - strip - ribbons - axisHeight);
  const film = rest > 96 ? Math.min(72, Math.round(rest * 0.45)) : 0;
  const curve = Math.max(28, rest - (film > 0 ? film + 8 : 0));
  return {
    arrangement: 'wide',
    pane,
    track: Math.max(0, room - 3 * pane.width - 2 * gap - 24),
    curve,
    ribbons,
    strip,
    film,
  };
}

function tallLayout(width: number, height: number, aspect: number): PanelLayout {
  const room = Math.max(0, width - 2 * padding);
  const body = Math.max(0, height - header - padding);
  const film = Math.round(Math.min(88, Math.max(48, height * 0.12)));
  const curve = Math.round(Math.min(88, Math.max(48, height * 0.12)));
  const strip = 34;
  const ribbons = 24;
  const track = curve + axisHeight + ribbons + strip + 8 + film;
  const paneHeight = Math.max(0, body - track - caption.tall - gap);
  const paneWidth = Math.min(paneHeight * aspect, (room - reading - 3 * gap) / 3);
  return {
    arrangement: 'tall',
    pane: fit(paneWidth, paneHeight, aspect),
    track: room,
    curve,
    ribbons,
    strip,
    film,
  };
}

function fit(width: number, height: number, aspect: number): { width: number; height: number } {
  const bounded = Math.max(0, Math.min(width, height * aspect));
  return { width: Math.floor(bounded), height: Math.floor(bounded / aspect) };
}
