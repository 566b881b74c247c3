/** What every picture made for a slide shares: the window's own colours and letters, and its way into a file. */
import { StudioError } from '../../../shared/errors.js';
import { saveFileAndTell } from '../../state/import-export/saving.js';

export interface SlideColours {
  background: string;
  text: string;
  muted: string;
  line: string;
}

export function slideColours(): SlideColours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: colour('--surface-1'),
    text: colour('--text'),
    muted: colour('--text-muted'),
    line: colour('--border-strong'),
  };
}

/** A font list as CSS writes it. */
export function slideFont(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--font').trim();
}

export function slideNotDrawn(): StudioError {
  return new StudioError('internal', 'It could not be drawn.', 'Close other windows to free memory, then try again.');
}

export async function downloadCanvas(canvas: HTMLCanvasElement, fileName: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob === null) throw slideNotDrawn();
  await saveFileAndTell(blob, fileName);
}
