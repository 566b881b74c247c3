/** What an analysis is made of: frames of the board, and what the pack can do with them. Reactive where it is read. */
import type { Frame } from '../../shared/document.js';
import { studyLimits } from '../../shared/analyses.js';
import { documentState } from '../state/document/document.svelte.js';
import { imageSourceOf, selectedFrames } from '../state/board/selection.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { studies, type EntropySubject, type StudiedFrame } from '../state/analyses/analyses.svelte.js';
import { studyObstacle } from './analysis-words.js';

/** Spectrum and seeds are about one frame; null when the board is empty. */
export function studiedFrame(): Frame | null {
  const frames = documentState.shownFrames;
  return frames.find(({ id }) => id === studies.frameId) ?? selectedFrames()[0] ?? frames[0] ?? null;
}

/** What is chosen, or what the model writes where there is nothing of what is chosen. */
export function entropySubject(): EntropySubject {
  const missing =
    (studies.subject === 'selected' && selectedFrames().length === 0) ||
    (studies.subject === 'board' && documentState.shownFrames.length === 0);
  return missing ? 'samples' : studies.subject;
}

/** Why the pack in use cannot make the chosen study, and the way out; null when it can. */
export function obstacle(): string | null {
  return studyObstacle(studies.study, studio.pack?.manifest ?? null);
}

export function canRun(): boolean {
  const hasSubject = studies.study === 'entropy' || studiedFrame() !== null;
  return obstacle() === null && studio.engineReady && hasSubject && !studies.running;
}

/** Resolves when the chosen study has ended, in whatever way: its state tells. */
export async function runStudy(): Promise<void> {
  const manifest = studio.pack?.manifest;
  if (manifest === undefined) return;
  const steps = manifest.diffusion.defaultSteps;
  const frame = studiedFrame();
  if (studies.study === 'entropy') {
    const read = { samples: [], selected: selectedFrames(), board: documentState.shownFrames }[entropySubject()];
    await studies.runEntropy(read.slice(0, studyLimits.sources).map(studied), manifest.tokens.codebookSize);
  } else if (frame !== null) {
    if (studies.study === 'spectrum') await studies.runSpectrum(studied(frame), steps);
    else await studies.runSeeds(studied(frame), steps);
  }
}

/** With its picture: the spectrum is held against it. */
function studied(frame: Frame): StudiedFrame {
  return { name: frame.name, source: { ...imageSourceOf(frame), imageId: frame.imageId } };
}
