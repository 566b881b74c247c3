/** What the board shows at one moment: the whole input of its painters. */
import type { Annotation } from '../../../shared/document/annotations.js';
import type { Frame } from '../../../shared/document/document.js';
import type { Enlargement } from '../../../shared/pictures/enlarge.js';
import type { BoardHeat } from '../../state/timeline/readings/board-heat.js';
import type { Camera, Point, Rectangle, Size } from '../../state/board/geometry.js';
import type { Guide } from '../../state/board/snapping.js';
import type { BoardColours } from './board-colours.js';
import type { PendingPicture } from './pictures.js';

export interface Scene {
  camera: Camera;
  viewport: Size;
  /** The controls that lie over the board, screen pixels; null until they were measured. */
  bar: Rectangle | null;
  /** Back to front. */
  frames: readonly Frame[];
  annotations: readonly Annotation[];
  /** How many frames each collapsed one hides. */
  hiddenCounts: ReadonlyMap<string, number>;
  selection: readonly string[];
  hovered: string | null;
  /** How far what is selected and not locked is being dragged, board units. */
  dragged: Point | null;
  guides: readonly Guide[];
  /** A note or arrow being drawn or shaped; it stands in for the one of its id. */
  drafted: Annotation | null;
  /** The note that is open for writing is not painted. */
  writing: string | null;
  marquee: Rectangle | null;
  /** The size of what is selected is not written: candidates stand there. */
  choosing: boolean;
  pending: readonly PendingPicture[];
  /** What the tokens picked in Explore change, over their frame. */
  heat: BoardHeat | null;
  colours: BoardColours;
  /** Times their own pixels that pictures shown larger than they are may have. */
  enlargement: Enlargement;
}
