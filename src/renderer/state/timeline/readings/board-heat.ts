/** What the picked tokens change, as the board shows it over their frame. Reactive where it is read. */
import type { Size } from '../../board/geometry.js';
import { heatOf, type Heat } from './timeline-heat.js';
import { influence } from './timeline-influence.svelte.js';
import { tools } from '../timeline-tools.svelte.js';
import { timeline } from '../timeline.svelte.js';

export interface BoardHeat {
  frameId: string;
  heat: Heat;
  /** 0…1. */
  opacity: number;
  /** The shape of what the model sees: the middle of a frame of another shape. */
  seen: Size;
}

/** Null unless Explore is asked where tokens show, and some of them are measured. */
export function boardHeat(): BoardHeat | null {
  const { source } = timeline;
  if (!tools.looking || tools.lit === null || source === null) return null;
  const heat = heatOf(influence.groups, tools.lit);
  if (heat === null) return null;
  return { frameId: source.frameId, heat, opacity: tools.heatOpacity, seen: source.manifest.image };
}
