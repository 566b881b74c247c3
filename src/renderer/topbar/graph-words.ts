/** Which of a pack's graphs are open, in words. Pure. */
import type { GraphName } from '../../shared/packs/pack.js';
import type { OpenGraph } from '../../shared/contract/status.js';

const names: Record<GraphName, string> = {
  decoder: 'decoder',
  encoder: 'encoder',
  lm: 'language model',
  renderer: 'renderer',
  probe: 'probe',
  vaeDecoder: 'VAE decoder',
  vaeEncoder: 'VAE encoder',
};

/** `decoder, language model`; `none` */
export function openGraphsText(graphs: readonly OpenGraph[]): string {
  return graphs.length === 0 ? 'none' : graphs.map(({ name }) => names[name]).join(', ');
}

/** Of each that is not where the others are, why. */
export function elsewhereTexts(graphs: readonly OpenGraph[]): string[] {
  return graphs.flatMap(({ name, provider, reason }) =>
    reason === null ? [] : [`The ${names[name]} runs on the ${provider === 'cpu' ? 'CPU' : provider}: ${reason}.`],
  );
}
