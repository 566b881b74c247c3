/** Files leave the studio: through the browser's downloads, or, in the desktop program, to where one dialog says. */
import { safeFileName } from '../../../shared/text/file-names.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

export interface LeavingFile {
  fileName: string;
  /** Asked for once it is known that it will be kept. Throws what making it throws. */
  content: () => Blob | Promise<Blob>;
}

export interface SavedFiles {
  /** Files that were saved. */
  count: number;
  /** For the end of a sentence: where to, with a space before it; empty where the browser decides. */
  where: string;
}

/** One question for all of them. One that cannot be had is reported, the others go on. Null: cancelled. */
export async function saveFiles(files: readonly LeavingFile[]): Promise<SavedFiles | null> {
  const place = studio.status?.host === 'electron' ? await choosePlace(files) : null;
  if (place === 'cancelled') return null;
  let count = 0;
  let last = '';
  for (const { fileName, content } of files) {
    try {
      const blob = await content();
      if (place === null) downloadBlob(blob, fileName);
      else last = await saveTo(place.ticket, fileName, blob);
      count++;
    } catch (thrown) {
      notices.report(thrown);
    }
  }
  if (place === null) return { count, where: '' };
  return { count, where: ` to ${files.length === 1 ? last : place.path}` };
}

/** One file; what it says of itself in the desktop program is where it went. */
export async function saveFile(content: Blob, fileName: string): Promise<SavedFiles | null> {
  const saved = await saveFiles([{ fileName, content: () => content }]);
  return saved?.count === 1 ? saved : null;
}

/** The same, told where the browser would not tell it. */
export async function saveFileAndTell(content: Blob, fileName: string): Promise<void> {
  const saved = await saveFile(content, fileName);
  if (saved !== null && saved.where !== '') notices.tell(`Saved${saved.where}`, 'success');
}

/** The browser's own download of an address. */
export function download(address: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
}

/** What every file system accepts of a name with its ending. */
export function plainFileName(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  const [stem, ending] = dot <= 0 ? [fileName, ''] : [fileName.slice(0, dot), fileName.slice(dot)];
  return safeFileName(stem, ending, 'image');
}

async function choosePlace(files: readonly LeavingFile[]): Promise<{ ticket: string; path: string } | 'cancelled'> {
  const fileNames = files.map(({ fileName }) => plainFileName(fileName));
  return (await studio.api.chooseSavingPlace({ fileNames })) ?? 'cancelled';
}

async function saveTo(ticket: string, fileName: string, blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return (await studio.api.saveFile({ ticket, fileName: plainFileName(fileName), bytes })).path;
}

function downloadBlob(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  download(address, plainFileName(fileName));
  // The browser reads the blob after the click returns.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
