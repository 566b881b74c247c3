/** Exploring leaves the board less room: what is selected stays whole in view, and the zoom comes back afterwards. */
import { boundsOfItem } from './board-items.js';
import { boundsOf } from './geometry.js';
import { selectedItems } from './selection.svelte.js';
import { view } from './view.svelte.js';

let zoom: { before: number; ours: number } | null = null;

/** When Explore begins, and whenever the board's size changes in it. */
export function keepSelectionInView(): void {
  const bounds = boundsOf(selectedItems().map(boundsOfItem));
  if (bounds === null) return;
  const before = view.camera.zoom;
  view.reveal(bounds);
  const ours = view.camera.zoom;
  if (ours !== before) zoom = { before: zoom?.before ?? before, ours };
}

/** When Explore ends. A zoom that someone chose in the meantime stays. */
export function giveZoomBack(): void {
  if (zoom !== null && view.camera.zoom === zoom.ours) view.zoomTo(zoom.before);
  zoom = null;
}
