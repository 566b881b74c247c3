/** The desktop program around this window: what it hands over, and what it should know to behave well. */
import type { OfferedFile, WindowState } from '../../../shared/contract/desktop.js';
import { importFiles } from '../import-export/importing.js';
import { notices } from './notices.svelte.js';
import { openOfferedProject } from './projects.js';
import { attempt } from './start.js';
import { studio } from './studio.svelte.js';

/** Files opened with the program or dropped on its icon, and what it has to say. Never rejects. */
export async function takeNews(): Promise<void> {
  await attempt(async () => {
    const news = await studio.api.takeNews({});
    for (const notice of news.notices) notices.tell(notice);
    for (const file of news.files) if (file.kind === 'project') await openOfferedProject(file);
    const pictures = news.files.flatMap((file) => (file.kind === 'image' ? [asFile(file)] : []));
    if (pictures.length > 0) await importFiles(pictures, null);
  });
}

/** Nothing depends on it being heard. */
export function tellHost(state: WindowState): void {
  studio.api.tellHost(state).catch(() => {});
}

/** Without a type: what it is, its content says. */
function asFile({ bytes, fileName }: Extract<OfferedFile, { kind: 'image' }>): File {
  return new File([bytes as Uint8Array<ArrayBuffer>], fileName);
}
