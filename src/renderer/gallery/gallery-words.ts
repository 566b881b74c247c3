/** The gallery in words: what a screen reader hears and what the panel shows. Pure. */
import type { GalleryItem, GalleryOverview, GalleryQuery } from '../../shared/contract/gallery.js';
import type { Period } from '../state/gallery/gallery-pages.js';

const kinds: Record<GalleryItem['kind'], string> = {
  generated: 'generated',
  edited: 'edited',
  decoded: 'decoded',
  imported: 'imported',
};

export const periodNames: Record<Period, string> = {
  any: 'Any time',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  month: 'Last 30 days',
  year: 'Last year',
};

/** What it is, how it was made, what it carries; for those who do not see it. */
export function pictureLabel(item: GalleryItem): string {
  const what = item.description ?? item.text ?? item.name;
  const marks = [item.starred ? 'starred' : '', item.uses === 0 ? 'on no board' : ''].filter((mark) => mark !== '');
  return [what, kinds[item.kind], `project ${item.projectName}`, ...marks].join(', ');
}

/** The line above a picture's actions. */
export function whereItIs({ uses, projectName }: GalleryItem, here: boolean): string {
  if (uses === 0) return `Not on a board · was in ${projectName}`;
  const place = here ? 'On this board' : projectName;
  return uses === 1 ? place : `${place} · ${uses} frames`;
}

export function emptyReason(query: GalleryQuery, isFiltered: boolean): { title: string; text: string } {
  if (isFiltered) return { title: 'Nothing found', text: 'No picture fits these words and filters.' };
  switch (query.view) {
    case 'all':
      return { title: 'No pictures yet', text: 'What you make or import, in any project, gathers here.' };
    case 'starred':
      return { title: 'No stars yet', text: 'Select a picture and press S to find it here again.' };
    case 'trash':
      return { title: 'The trash is empty', text: 'Pictures you delete wait here until you empty it.' };
  }
}

/** Announced after a search. */
export function foundWords(total: number, { view }: GalleryQuery): string {
  const what = { all: '', starred: ' with a star', trash: ' in the trash' }[view];
  return `${total === 0 ? 'No' : total.toLocaleString()} ${total === 1 ? 'picture' : 'pictures'}${what}`;
}

export function viewCount(overview: GalleryOverview | null, view: GalleryQuery['view']): string {
  const count = overview?.counts[view] ?? 0;
  return count === 0 ? '' : count.toLocaleString();
}
