/** The words of the comparison of packs. Pure. */
import type { JobPhase } from '../../shared/contract/events.js';
import { packComparisonLimits } from '../../shared/packs/pack-comparison.js';
import type { PackFindings } from '../state/packs/pack-comparison.svelte.js';

const doing: Partial<Record<JobPhase, string>> = {
  'reading-image': 'reading the picture',
  'writing-tokens': 'writing tokens',
  restoring: 'restoring',
  analysing: 'measuring entropy',
};

/** What goes on, for the line under the findings. */
export function phaseWords(name: string, phase: JobPhase | null): string {
  return `${name}: ${phase === null ? 'opening' : (doing[phase] ?? 'working')}`;
}

export function psnrWords(psnr: number | null): string {
  return psnr === null ? 'identical' : `${psnr.toFixed(1)} dB`;
}

/** `step` of the interpolation from A to B. */
export function stepWords(findings: PackFindings | null, step: number): string {
  const cell = findings?.interpolation[step];
  if (findings === null || cell === undefined) return 'not computed yet';
  const { count } = findings.pack.manifest.tokens;
  if (cell.replaced === 0) return `all ${count} of A`;
  return cell.replaced === count ? `all ${count} of B` : `${cell.replaced} of ${count} from B`;
}

/** Whose tokens the entropies are of. */
export function picturesWords(findings: readonly (PackFindings | null)[]): string {
  const read = findings.map((one) => one?.entropy ?? null);
  const first = read.find((entropy) => entropy !== null);
  if (first === undefined || first === null) return '';
  if (first.written) return `mean of ${packComparisonLimits.samples} pictures each pack wrote itself`;
  return first.pictures === 1 ? 'for one picture' : `mean of ${first.pictures} pictures`;
}
