/** Who reads the restored pane of the timeline, and what is read there at the present t. */
import { captionText } from '../../../shared/tokens/attributes.js';
import { captions, readersOf, type Reader } from '../../state/timeline/readings/timeline-captions.svelte.js';
import type { ComputedPosition } from '../../state/timeline/timeline-pictures.js';
import { timeline } from '../../state/timeline/timeline.svelte.js';
import type { LanePosition } from '../export/timeline-tables.js';
import { phrasesInLine, spokenCaption, spokenReading } from '../timeline-words.js';

export function packReaders(): Reader[] {
  return timeline.source === null ? [] : readersOf(timeline.source.manifest, timeline.positions);
}

export function currentReader(): Reader | null {
  return captions.chosen(packReaders());
}

/** In one line, with who says it and how sure; empty where nothing is read (yet). */
export function readingInWords(): string {
  const { shown } = timeline;
  if (shown === null) return '';
  if (currentReader() === 'probe') return shown.reading === undefined ? '' : spokenReading(shown.reading);
  const caption = captions.at(shown.t);
  return caption === null ? '' : spokenCaption(caption);
}

/** For a table: what the chosen reader reads at a computed position; undefined where it did not (yet). */
export function readingAt({ t, reading }: Pick<ComputedPosition, 't' | 'reading'>): LanePosition['reading'] {
  if (currentReader() === 'probe') {
    return reading === undefined ? undefined : { by: 'probe', words: phrasesInLine(reading), confidence: null };
  }
  const caption = captions.at(t);
  if (caption === null) return undefined;
  return { by: 'language model', words: captionText(caption), confidence: caption.confidence };
}
