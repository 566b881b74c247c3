import type { ChildProcess } from 'node:child_process';

type Outcome = { opened: true; code: number } | { opened: false; reason: string };

export function runElectron(
  binary: string,
  parameters: string[],
  options?: { cwd?: string; onStart?: (child: ChildProcess) => void; now?: () => number },
): Promise<Outcome>;
export function outcomeOf(end: { code: number | null; signal: NodeJS.Signals | null; aliveMs: number }): Outcome;
