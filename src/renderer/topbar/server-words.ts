/** What the window says of an inference server. Pure. */
import type { ServerReport } from '../../shared/contract/servers.js';

export function stateWords({ state, problem, outstanding }: ServerReport): string {
  if (state === 'working') return outstanding > 0 ? `Working at ${outstanding} rows.` : 'Ready.';
  const followed = state === 'resting' ? 'It is asked again soon.' : 'It is not used any more.';
  return `${problem ?? 'It failed.'} ${followed}`;
}

/** Empty before the first answer. */
export function paceWords({ latencyMs, rowsPerSecond, rows, counts }: ServerReport): string {
  if (latencyMs === null || rowsPerSecond === null) return '';
  const digits = rowsPerSecond < 10 ? 1 : 0;
  const [each, unit] = counts === 'tokens' ? ['token', 'tokens'] : ['request', 'rows'];
  return `${Math.round(latencyMs)} ms a ${each}, ${rowsPerSecond.toFixed(digits)} ${unit}/s, ${rows} ${unit} so far.`;
}
