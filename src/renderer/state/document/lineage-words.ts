/** What an arrow from a frame to one made of it says: the instruction, or in a few words what was done. Pure. */
import type { Frame } from '../../../shared/document/document.js';

/** `parent` is the frame the arrow starts at; null where the arrow speaks for itself. */
export function lineageWords(
  child: Pick<Frame, 'origin' | 'tokens'>,
  parent: Pick<Frame, 'id' | 'origin'>,
): string | null {
  const { origin } = child;
  switch (origin.kind) {
    case 'imported':
      return null;
    case 'edited':
      return oneLine(origin.instruction);
    case 'generated': {
      const isNewPrompt = parent.origin.kind !== 'generated' || parent.origin.prompt !== origin.prompt;
      if (isNewPrompt && origin.prompt !== '') return oneLine(origin.prompt);
      return rewrittenWords(child);
    }
    case 'decoded':
      if (origin.transplant !== undefined) {
        const { donorId, from, to } = origin.transplant;
        return parent.id === donorId ? tokenRange(from, to) : null;
      }
      return origin.t < 1 ? `from t ${origin.t.toFixed(2)}` : keptWords(origin.keepFrom);
  }
}

function rewrittenWords({ origin, tokens }: Pick<Frame, 'origin' | 'tokens'>): string | null {
  if (origin.kind !== 'generated' || origin.branch === undefined || tokens === null) return null;
  const count = tokens.codes.length - origin.branch.kept.length;
  return `${count} token${count === 1 ? '' : 's'} anew`;
}

function keptWords(keepFrom: number): string | null {
  return keepFrom === 0 ? null : `from V${keepFrom + 1} on`;
}

function tokenRange(from: number, to: number): string {
  return from === to ? `V${from + 1}` : `V${from + 1} to V${to + 1}`;
}

function oneLine(text: string): string | null {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? null : line;
}
