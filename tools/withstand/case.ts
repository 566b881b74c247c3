import type { CallOutcome } from '../../src/shared/contract/api.js';
import type { Entrance } from './studio-client.js';

export interface Case {
  name: string;
  /** Before the clock starts. */
  prepare?: () => void;
  /** What the host answered, in a word or two. */
  run: (entrance: Entrance) => Promise<string>;
}

/** `done`, the code it was refused with, or `hung up`. */
export function said(outcome: CallOutcome | null): string {
  if (outcome === null) return 'hung up';
  return outcome.ok ? 'done' : outcome.error.code;
}
