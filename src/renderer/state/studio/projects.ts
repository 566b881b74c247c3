/** Changing the project of this window. What this window has under way is cancelled first; the queue of the old one goes on without it. */
import type { OfferedFile } from '../../../shared/contract/desktop.js';
import type { OpenedProject } from '../../../shared/contract/projects.js';
import { StudioError } from '../../../shared/errors.js';
import { daysInBin } from '../../../shared/contract/import-export.js';
import { documentState } from '../document/document.svelte.js';
import { attempt } from './start.js';
import { download } from '../import-export/saving.js';
import { generation } from '../jobs/generation.svelte.js';
import { notices } from './notices.svelte.js';
import { staging } from '../jobs/staging.svelte.js';
import { studio } from './studio.svelte.js';
import { view } from '../board/view.svelte.js';

const projectExtension = '.ddt';
/** What one message to the localhost host may hold. */
const largestUpload = 64 * 1024 * 1024;

export async function openProject(id: string): Promise<void> {
  await change(() => studio.api.openProject({ id }));
}

export async function createProject(): Promise<void> {
  await change(() => studio.api.createProject({ name: 'Untitled' }));
}

/** As a file of its own: downloaded, or to where the system's dialog says. */
export async function saveCopy(): Promise<void> {
  const saved = await studio.api.saveCopy({});
  if (saved.kind === 'download') {
    download(saved.address, saved.fileName);
    notices.tell(`“${saved.fileName}” is being downloaded`, 'success');
  } else if (saved.kind === 'saved') notices.tell(`Copy saved to ${saved.path}`, 'success');
}

/** Takes a project file into the library and opens it. Throws `project-damaged`, `project-newer`, `disk-full`. */
export async function openProjectFile(file: File): Promise<void> {
  if (studio.status?.host === 'web' && file.size > largestUpload) {
    throw new StudioError(
      'bad-request',
      `“${file.name}” has more than ${largestUpload / 2 ** 20} MB, too much to be sent through the browser.`,
      'Open it in the desktop program instead.',
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  await change(() => studio.api.addProject({ bytes, fileName: file.name }));
  notices.tell(`“${documentState.document.name}” is among your projects now`, 'success');
}

/** A file the system handed over; it never passes through the window. */
export async function openOfferedProject({
  ticket,
  fileName,
}: Extract<OfferedFile, { kind: 'project' }>): Promise<void> {
  await change(() => studio.api.openOffered({ ticket }));
  notices.tell(`“${documentState.document.name}” is open, from ${fileName}`, 'success');
}

/** What is chosen in the desktop program's dialog comes as news: its menu gives a page no right to a chooser of its own. */
export async function chooseProjectFile(): Promise<void> {
  if (studio.status?.host === 'electron') await studio.api.chooseFiles({});
  else chooseInBrowser();
}

function chooseInBrowser(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = projectExtension;
  input.onchange = () => {
    const file = input.files?.[0];
    if (file !== undefined) void attempt(() => openProjectFile(file));
  };
  input.click();
}

export function isProjectFile(file: Pick<File, 'name'>): boolean {
  return file.name.toLowerCase().endsWith(projectExtension);
}

export async function deleteProject({ id, name }: { id: string; name: string }): Promise<void> {
  await studio.api.deleteProject({ id });
  notices.tell(`“${name}” is in the trash for ${daysInBin} days`);
}

export async function restoreProject({ id, name }: { id: string; name: string }): Promise<void> {
  await studio.api.restoreProject({ id });
  notices.tell(`“${name}” is among your projects again`, 'success');
}

async function change(open: () => Promise<OpenedProject>): Promise<void> {
  await generation.cancelOwn();
  const project = await open();
  staging.clear();
  notices.clear();
  view.select([]);
  documentState.load(project);
}
