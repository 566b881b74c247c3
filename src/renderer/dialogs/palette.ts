import type { Command } from '../commands/commands.js';

/** Best match first: at the start of the label, at the start of a word, letters in order; what does not match is left out. */
export function rankCommands<Item extends Pick<Command, 'label' | 'group'>>(
  commands: readonly Item[],
  query: string,
): Item[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [...commands];
  return commands
    .map((command) => ({ command, score: scoreOf(command.label.toLowerCase(), command.group.toLowerCase(), wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
}

function scoreOf(label: string, group: string, wanted: string): number {
  if (label.startsWith(wanted)) return 4;
  if (label.split(/\s+/).some((word) => word.startsWith(wanted))) return 3;
  if (label.includes(wanted) || group.startsWith(wanted)) return 2;
  return isSubsequence(wanted, label) ? 1 : 0;
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === wanted[at]) at++;
  return at === wanted.length;
}
