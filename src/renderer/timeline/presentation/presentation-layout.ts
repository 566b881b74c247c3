/** How the full screen is shared while presenting: pure, in CSS pixels. */

export interface PresentationLayout {
  /** Letters and what holds them are this much of what a room reads from afar; a small window is read from near. */
  scale: number;
  pane: { width: number; height: number };
  /** The fourth shows the difference of two, where it takes nothing from the others. */
  panes: 3 | 4;
  /** Width of everything that shares the t axis. */
  track: number;
  curve: number;
  /** The build-up film with its words. */
  film: number;
  /** A line of words under the film. */
  line: number;
  /** Five rows of attributes. */
  matrix: number;
  /** Beside the axis: the names of the rows, and where each attribute lives. */
  names: { left: number; right: number };
  /** Between the panes. */
  gap: number;
}

const head = 72;
const caption = 40;
/** Reading of t beside nothing: its own line over the curve. */
const reading = 76;
const axis = 26;
const foot = 44;
const spaces = 58;
/** Of a window in which everything has its full size. */
const fullHeight = 900;
const leastScale = 0.68;

/** As large as fits, panes side by side over one axis of t. Every extent is at least 0. `aspect`: width / height of the pictures. */
export function presentationLayout(width: number, height: number, aspect: number): PresentationLayout {
  const scale = Math.min(1, Math.max(leastScale, height / fullHeight));
  const margin = Math.max(24, Math.min(96, width * 0.04));
  const track = Math.max(0, width - 2 * margin);
  const gap = Math.round(Math.max(12, Math.min(40, width * 0.018)));
  const film = Math.round(Math.min(220, Math.max(90, height * 0.17)));
  const matrix = Math.round(Math.min(180, Math.max(70, height * 0.12)));
  const curve = Math.round(Math.min(90, Math.max(32, height * 0.06)));
  const fixed = Math.ceil(scale * (head + caption + reading + axis + foot + spaces));
  const room = Math.max(0, height - fixed - film - matrix - curve);
  const widest = (panes: 3 | 4) => Math.max(0, Math.min((track - (panes - 1) * gap) / panes, room * aspect));
  const panes = widest(4) >= widest(3) ? 4 : 3;
  const paneWidth = widest(panes);
  return {
    scale,
    pane: { width: Math.floor(paneWidth), height: Math.floor(paneWidth / aspect) },
    panes,
    track: Math.floor(track),
    curve,
    film,
    line: Math.round(20 * scale),
    matrix,
    names: { left: Math.round(120 * scale), right: Math.round(170 * scale) },
    gap,
  };
}
