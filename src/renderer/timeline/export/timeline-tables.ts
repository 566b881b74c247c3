/** The timeline as files: its curves as CSV. Pure. */
import { attributeNames, type AttributeShares } from '../../../shared/tokens/attributes.js';
import { safeFileName } from '../../../shared/text/file-names.js';
import type { TokenCertainty } from '../../../shared/document/document.js';
import { timestepSpan, tokensVisibleAt, type TokenSchedule } from '../../../shared/tokens/tokens.js';

export interface CurveData {
  schedule: TokenSchedule;
  count: number;
  codes: readonly number[] | null;
  certainty: readonly TokenCertainty[] | null;
}

/**
 * One line per token, coarse → fine: its number (1…K), code, the span of t in which it is the newest, k(t) there, and the
 * entropy in nats where a model wrote it. Empty fields are unknown.
 */
export function curveCsv({ schedule, count, codes, certainty }: CurveData): string {
  const lines = ['token,code,t_from,t_to,visible_tokens,entropy_nats'];
  for (let index = count - 1; index >= 0; index--) {
    const { from, to } = timestepSpan(schedule, count, index);
    const entropy = certainty?.[index]?.entropy;
    lines.push(
      [
        index + 1,
        codes?.[index] ?? '',
        from.toFixed(6),
        to.toFixed(6),
        tokensVisibleAt(schedule, count, to),
        entropy?.toFixed(4) ?? '',
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

export interface LanePosition {
  t: number;
  visibleTokens: number;
  shares?: AttributeShares | undefined;
  sharesAlone?: AttributeShares | undefined;
  /** What is read there: who reads it, in words, and how sure, 0…1, where that is one number. */
  reading?: { by: string; words: string; confidence: number | null } | undefined;
}

/**
 * One line per computed position, noise first: t, k(t), how much of each attribute is there with and without the tokens, and
 * what is read in the restored pane, where anything is.
 */
export function lanesCsv(positions: readonly LanePosition[]): string {
  const read = positions.some(({ reading }) => reading !== undefined);
  const names = ['restored', 'alone'].flatMap((pane) => attributeNames.map((name) => `${name}_${pane}`));
  const lines = positions
    .toSorted((a, b) => b.t - a.t)
    .map(({ t, visibleTokens, shares, sharesAlone, reading }) =>
      [
        t.toFixed(6),
        visibleTokens,
        ...[shares, sharesAlone].flatMap((measured) => attributeNames.map((name) => measured?.[name].toFixed(4) ?? '')),
        ...(read ? [reading?.by ?? '', quoted(reading?.words ?? ''), reading?.confidence?.toFixed(4) ?? ''] : []),
      ].join(','),
    );
  const head = ['t', 'visible_tokens', ...names, ...(read ? ['read_by', 'reading', 'reading_confidence'] : [])];
  return `${[head.join(','), ...lines].join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** `a red circle - tokens.csv`, with only what every file system accepts. */
export function timelineFileName(frameName: string, what: string, extension: string): string {
  return safeFileName(frameName, ` - ${what}.${extension}`, 'image');
}
