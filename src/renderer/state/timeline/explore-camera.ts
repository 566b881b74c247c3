/** Exploring leaves the board less room: what is selected, or else a small board, stays whole in view, and the zoom comes back afterwards. */
import { boundsOfItem } from '../board/board-items.js';
import { boundsOf } from '../board/geometry.js';
import { boardItems, selectedItems } from '../board/selection.svelte.js';
import { view } from '../board/view.svelte.js';

let zoom: { before: number; ours: number } | null = null;

/** When Explore begins, and whenever the board's size changes in it. */
export function keepSelectionInView(): void {
  const selected = selectedItems();
  const bounds = boundsOf((selected.length > 0 ? selected : boardItems()).map(boundsOfItem));
  if (bounds === null) return;
  const { camera } = view;
  view.reveal(bounds);
  // A large board as a whole would show nothing any more.
  if (selected.length === 0 && view.camera.zoom < camera.zoom / 2) view.camera = camera;
  const [before, ours] = [camera.zoom, view.camera.zoom];
  if (ours !== before) zoom = { before: zoom?.before ?? before, ours };
}

/** When Explore ends. A zoom that someone chose in the meantime stays. */
export function giveZoomBack(): void {
  if (zoom !== null && view.camera.zoom === zoom.ours) view.zoomTo(zoom.before);
  zoom = null;
}
