/** How the full screen is shared while presenting: pure, in CSS pixels. */

export interface PresentationLayout {
  pane: { width: number; height: number };
  /** Width of everything that shares the t axis. */
  track: number;
  curve: number;
  /** The build-up film with its words. */
  film: number;
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

/** As large as fits, three panes side by side over one axis of t. Every extent is at least 0. `aspect`: width / height of the pictures. */
export function presentationLayout(width: number, height: number, aspect: number): PresentationLayout {
  const margin = Math.max(24, Math.min(96, width * 0.04));
  const track = Math.max(0, width - 2 * margin);
  const gap = Math.round(Math.max(12, Math.min(40, width * 0.018)));
  const film = Math.round(Math.min(220, Math.max(90, height * 0.17)));
  const matrix = Math.round(Math.min(180, Math.max(75, height * 0.12)));
  const curve = Math.round(Math.min(90, Math.max(36, height * 0.06)));
  const room = Math.max(0, height - head - caption - reading - axis - foot - spaces - film - matrix - curve);
  const paneWidth = Math.max(0, Math.min((track - 2 * gap) / 3, room * aspect));
  return {
    pane: { width: Math.floor(paneWidth), height: Math.floor(paneWidth / aspect) },
    track: Math.floor(track),
    curve,
    film,
    matrix,
    names: { left: 120, right: 170 },
    gap,
  };
}
