/** How parameters of a grid are called and their values written, in the window, on sheets and in the command line. Pure. */
import type { GridParameter } from './grid-axis.js';

export const parameterNames: Record<GridParameter, string> = {
  seed: 'Seed',
  prompt: 'Prompt',
  steps: 'Steps',
  textGuidance: 'Text guidance',
  tokenGuidance: 'Token guidance',
  temperature: 'Temperature',
  topK: 'Top-k',
  candidates: 'Candidates',
  keepFrom: 'Keep from',
};

/** Of a grid over edits prompts are instructions. */
export function parameterName(parameter: GridParameter, edits: boolean): string {
  return parameter === 'prompt' && edits ? 'Instruction' : parameterNames[parameter];
}

/** `Steps 16`, `a red circle`. */
export function legendOf(parameter: GridParameter, value: number | string): string {
  return parameter === 'prompt' ? String(value) : `${parameterNames[parameter]} ${value}`;
}
