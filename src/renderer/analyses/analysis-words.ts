/** What the analyses say about themselves. Pure. */
import { weighsEveryToken, type PackManifest } from '../../shared/packs/pack.js';
import type { AnalysisName } from '../../shared/tokens/analyses.js';

export const analysisWords: Record<AnalysisName, { label: string; question: string; explanation: string }> = {
  entropy: {
    label: 'Entropy',
    question: 'Does the order of the tokens matter to the language model?',
    explanation:
      'The model reads pictures token by token and says what it expects next. A shuffle moves every token by one or two places; the higher a line, the less the model foresees.',
  },
  spectrum: {
    label: 'Spectrum',
    question: 'How fine is what each token adds?',
    explanation:
      'The picture is decoded from its 1, 2, 4 … coarsest tokens. Left are wide shapes, right the finest details; the dashed line is the picture itself.',
  },
  seeds: {
    label: 'Seeds',
    question: 'What do the tokens leave open?',
    explanation:
      'The same tokens are decoded from different noise. Where the pictures differ, the tokens say nothing and the decoder fills in.',
  },
};

/** Why a pack cannot make an analysis, and the way out; null when it can. */
export function analysisObstacle(
  analysis: AnalysisName,
  manifest: Pick<PackManifest, 'languageModel' | 'tokens'> | null,
): string | null {
  if (manifest === null) return 'Choose a model pack first.';
  if (analysis === 'entropy' && manifest.languageModel?.templates.textToImage === undefined) {
    return 'This pack has no language model that writes pictures. Choose another pack.';
  }
  if (analysis === 'entropy' && !weighsEveryToken(manifest)) {
    return 'This pack’s language model runs on a server, which tells only what was likeliest. Choose another pack.';
  }
  if (analysis === 'spectrum' && !manifest.tokens.keepFromTrained) {
    return 'This pack was not trained to decode from its coarse tokens alone. Choose another pack.';
  }
  return null;
}
