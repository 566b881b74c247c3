/** Candidates nobody has accepted yet, as the gallery shows them: they lie in the project's queue and outlive every window. */
import type { Frame } from '../../../shared/document/document.js';
import { view } from '../board/view.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { staging, type Candidate } from '../jobs/staging.svelte.js';
import { gallery } from './gallery.svelte.js';

export interface NotAccepted {
  /** The frame they wait under. */
  frame: Frame;
  candidate: Candidate;
  /** Among the candidates of its frame, from 0. */
  index: number;
}

/** Of this project, frame by frame; those of frames in a collapsed branch too. */
export function notAccepted(): NotAccepted[] {
  return documentState.frames.flatMap((frame) =>
    (staging.of(frame.id)?.candidates ?? []).map((candidate, index) => ({ frame, candidate, index })),
  );
}

/** For those who do not see it. */
export function notAcceptedLabel({ frame, candidate }: NotAccepted): string {
  return `${candidate.title}, not accepted, waits under “${frame.name}”`;
}

/** Goes to the board, where it can be accepted; nothing when it was taken or discarded meanwhile. */
export function showNotAccepted({ frame, candidate }: NotAccepted): void {
  const staged = staging.of(frame.id);
  const index = staged?.candidates.indexOf(candidate) ?? -1;
  if (staged === null || index === -1) return;
  gallery.wide = false;
  staged.showsOriginal = false;
  staged.show(index);
  view.select([frame.id]);
  view.reveal(documentState.frame(frame.id) ?? frame);
}
