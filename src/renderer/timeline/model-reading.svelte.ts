/** Who reads the restored pane of the timeline, and what is read there at the present t. */
import { captions, readersOf, type Reader } from '../state/timeline-captions.svelte.js';
import { timeline } from '../state/timeline.svelte.js';
import { spokenCaption, spokenReading } from './words.js';

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
