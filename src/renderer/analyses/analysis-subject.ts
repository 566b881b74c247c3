/** What an analysis is made of: frames of the board, and what the pack can do with them. Reactive where it is read. */
import type { Frame } from '../../shared/document/document.js';
import { analysisLimits } from '../../shared/tokens/analyses.js';
import { documentState } from '../state/document/document.svelte.js';
import { imageSourceOf, selectedFrames } from '../state/board/selection.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { analyses, type EntropySubject, type AnalysedFrame } from '../state/analyses/analyses.svelte.js';
import { analysisObstacle } from './analysis-words.js';

/** Spectrum and seeds are about one frame; null when the board is empty. */
export function analysedFrame(): Frame | null {
  const frames = documentState.shownFrames;
  return frames.find(({ id }) => id === analyses.frameId) ?? selectedFrames()[0] ?? frames[0] ?? null;
}

/** What is chosen, or what the model writes where there is nothing of what is chosen. */
export function entropySubject(): EntropySubject {
  const missing =
    (analyses.subject === 'selected' && selectedFrames().length === 0) ||
    (analyses.subject === 'board' && documentState.shownFrames.length === 0);
  return missing ? 'samples' : analyses.subject;
}

/** Why the pack in use cannot make the chosen analysis, and the way out; null when it can. */
export function obstacle(): string | null {
  return analysisObstacle(analyses.analysis, studio.pack?.manifest ?? null);
}

export function canRun(): boolean {
  const hasSubject = analyses.analysis === 'entropy' || analysedFrame() !== null;
  return obstacle() === null && studio.engineReady && hasSubject && !analyses.running;
}

/** Resolves when the chosen analysis has ended, in whatever way: its state tells. */
export async function runAnalysis(): Promise<void> {
  const manifest = studio.pack?.manifest;
  if (manifest === undefined) return;
  const steps = manifest.diffusion.defaultSteps;
  const frame = analysedFrame();
  if (analyses.analysis === 'entropy') {
    const read = { samples: [], selected: selectedFrames(), board: documentState.shownFrames }[entropySubject()];
    await analyses.runEntropy(read.slice(0, analysisLimits.sources).map(analysed), manifest.tokens.codebookSize);
  } else if (frame !== null) {
    if (analyses.analysis === 'spectrum') await analyses.runSpectrum(analysed(frame), steps);
    else await analyses.runSeeds(analysed(frame), steps);
  }
}

/** With its picture: the spectrum is held against it. */
function analysed(frame: Frame): AnalysedFrame {
  return { name: frame.name, source: { ...imageSourceOf(frame), imageId: frame.imageId } };
}
