/** What a picture is found by, and what somebody typed as a condition on it. Pure. */
import type { Frame } from '../../../shared/document/document.js';
import type { GalleryQuery } from '../../../shared/contract/gallery.js';

export interface Condition {
  sql: string;
  values: (string | number)[];
}

/** Scripts written without spaces: the index splits text at spaces, so words of these are looked for anywhere. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Prompt, instruction or file name. */
export function textOf({ origin }: Pick<Frame, 'origin'>): string | null {
  switch (origin.kind) {
    case 'generated':
      return origin.prompt;
    case 'edited':
      return origin.instruction;
    case 'imported':
      return origin.fileName;
    case 'decoded':
      return null;
  }
}

/** All words of a frame that a search should find, one text per line. */
export function wordsOf(frame: Frame): string[] {
  const answers = frame.answers.flatMap(({ question, answer }) => [question, answer]);
  const earlier = (frame.earlier ?? []).map(textOf);
  return [textOf(frame), frame.name, frame.description, ...answers, ...earlier].filter(
    (text): text is string => text !== null && text !== '',
  );
}

/** The words of a search box, in lower case; everything that is not a letter, a mark or a digit separates them. */
export function searchWords(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])];
}

/** The `WHERE` of a query over `pictures`. */
export function conditionOf(query: GalleryQuery): Condition {
  const parts: string[] = [query.view === 'trash' ? 'trashed = 1' : 'trashed = 0'];
  const values: (string | number)[] = [];
  const add = (sql: string, ...more: (string | number)[]): void => {
    parts.push(sql);
    values.push(...more);
  };
  if (query.view === 'starred') add('starred = 1');
  if (query.pack !== null) add('pack = ?', query.pack);
  if (query.since !== null) add('created_at >= ?', query.since);
  if (query.projectId !== null) {
    add(
      '(project_id = ? OR image_id IN (SELECT image_id FROM uses WHERE project_id = ?))',
      query.projectId,
      query.projectId,
    );
  }
  const words = searchWords(query.text);
  const spaced = words.filter((word) => !unspaced.test(word));
  // Letters and digits only, so there is nothing to escape between the quotes.
  if (spaced.length > 0) {
    const match = spaced.map((word) => `"${word}"*`).join(' AND ');
    add('pictures.id IN (SELECT rowid FROM pictures_words WHERE pictures_words MATCH ?)', match);
  }
  for (const word of words) if (unspaced.test(word)) add('instr(words, ?) > 0', word);
  // Somebody searched for signs only: nothing is called that.
  if (words.length === 0 && query.text.trim() !== '') add('0');
  return { sql: parts.join(' AND '), values };
}
