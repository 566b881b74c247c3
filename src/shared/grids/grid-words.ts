/** How parameters of a grid are called and their values written, in the window, on sheets and in the command line. Pure. */
import { settingTable, type SettingName } from '../jobs/settings.js';
import type { GridParameter } from './grid-axis.js';

const otherNames = { seed: 'Seed', prompt: 'Prompt', keepFrom: 'Keep from' } as const;

function nameOf(parameter: GridParameter): string {
  return parameter in settingTable
    ? settingTable[parameter as SettingName].label
    : otherNames[parameter as keyof typeof otherNames];
}

/** Of a grid over edits prompts are instructions. */
export function parameterName(parameter: GridParameter, edits: boolean): string {
  return parameter === 'prompt' && edits ? 'Instruction' : nameOf(parameter);
}

/** `Steps 16`, `a red circle`. */
export function legendOf(parameter: GridParameter, value: number | string): string {
  return parameter === 'prompt' ? String(value) : `${nameOf(parameter)} ${value}`;
}
