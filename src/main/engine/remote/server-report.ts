/** What is told of a server: one record for those that run graphs and those that write. */
import type { ServerReport } from '../../../shared/contract/servers.js';

/** Weight of the newest measurement. */
const smoothing = 0.2;

/** Of a server that has not been asked yet. */
export function freshReport(url: string, product: string): ServerReport {
  return {
    url,
    product,
    state: 'working',
    problem: null,
    latencyMs: null,
    rowsPerSecond: null,
    rows: 0,
    outstanding: 0,
  };
}

/** Counts an answer of `rows` that took `milliseconds`. */
export function noteAnswer(report: ServerReport, rows: number, milliseconds: number): void {
  report.rows += rows;
  report.latencyMs = smoothed(report.latencyMs, milliseconds);
  report.rowsPerSecond = smoothed(report.rowsPerSecond, (rows / Math.max(milliseconds, 0.01)) * 1000);
}

function smoothed(before: number | null, now: number): number {
  return before === null ? now : before + smoothing * (now - before);
}
