/** Two pictures looked at together: an edit and what it was made of, a candidate and its frame, or any two frames. */
import type { Frame } from '../../../shared/document/document.js';
import { documentState } from '../document/document.svelte.js';
import { parentsOf } from '../document/frames.js';
import { preference, setPreference } from '../studio/preferences.js';

export interface CompareSide {
  name: string;
  imageId: string;
}

export interface ComparePair {
  before: CompareSide;
  after: CompareSide;
  /** Takes what lies beside the frame, where it is still to be chosen. */
  accept?: () => unknown;
}

export const compareModes = ['slider', 'side-by-side', 'flicker', 'difference'] as const;
export type CompareMode = (typeof compareModes)[number];

export class CompareState {
  pair = $state.raw<ComparePair | null>(null);
  mode = $state<CompareMode>(preference('compare-mode', 'slider', isMode));

  open(before: CompareSide, after: CompareSide, accept?: () => unknown): void {
    this.pair = { before: sideOf(before), after: sideOf(after), ...(accept === undefined ? {} : { accept }) };
  }

  close(): void {
    this.pair = null;
  }

  swap(): void {
    if (this.pair !== null) this.pair = { ...this.pair, before: this.pair.after, after: this.pair.before };
  }

  setMode(mode: CompareMode): void {
    this.mode = mode;
    setPreference('compare-mode', mode);
  }
}

/** What would be compared when these frames are selected: two of them, older first, or one with the frame it came from. */
export function comparablePair(frames: readonly Frame[]): ComparePair | null {
  if (frames.length === 2) {
    const [one, other] = frames as [Frame, Frame];
    const swapped =
      parentsOf(one).includes(other.id) || (!parentsOf(other).includes(one.id) && other.createdAt < one.createdAt);
    return swapped ? { before: sideOf(other), after: sideOf(one) } : { before: sideOf(one), after: sideOf(other) };
  }
  const [frame] = frames;
  if (frames.length !== 1 || frame === undefined) return null;
  const parent = parentsOf(frame)
    .map((id) => documentState.frame(id))
    .find((one) => one !== null);
  return parent === undefined || parent === null ? null : { before: sideOf(parent), after: sideOf(frame) };
}

function sideOf({ name, imageId }: CompareSide): CompareSide {
  return { name, imageId };
}

function isMode(value: unknown): value is CompareMode {
  return compareModes.some((mode) => mode === value);
}

export const compare = new CompareState();
