/** `analyze`: the analyses of the papers as figures and tables. */
import type { Command } from 'commander';
import type { Act } from '../context.js';
import { addAttributes } from './analyze-attributes.js';
import { addInterpolate } from './analyze-sheets.js';
import { addModelAnalyses } from './analyze-model.js';

export function addAnalyze(program: Command, act: Act): void {
  const analyze = program.command('analyze').description('analyses of the tokens: figures and tables');
  addAttributes(analyze, act);
  addInterpolate(analyze, act);
  addModelAnalyses(analyze, act);
}
