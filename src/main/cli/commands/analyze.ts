/** `analyze`: the studies of the papers as figures and tables. */
import type { Command } from 'commander';
import type { Act } from '../context.js';
import { addAttributes } from './analyze-attributes.js';
import { addInterpolate } from './analyze-sheets.js';
import { addStudies } from './analyze-studies.js';

export function addAnalyze(program: Command, act: Act): void {
  const analyze = program.command('analyze').description('studies of the tokens: figures and tables');
  addAttributes(analyze, act);
  addInterpolate(analyze, act);
  addStudies(analyze, act);
}
