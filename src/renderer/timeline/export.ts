/** The timeline as files: the curve as CSV. Pure but for the download. */
import type { TokenCertainty } from '../../shared/document.js';
import { timestepSpan, tokensVisibleAt, type TokenSchedule } from '../../shared/tokens.js';

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

/** `a red circle · timeline.csv`, with only what every file system accepts. */
export function timelineFileName(frameName: string, extension: string): string {
  const safe = frameName
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `${safe === '' ? 'image' : safe} - timeline.${extension}`;
}

export function download(content: Blob, fileName: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser reads the blob after the click returns.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
