/** Changing the project of this window. What is under way belongs to the old one and is cancelled first. */
import type { OpenedProject } from '../../shared/api.js';
import { documentState } from './document.svelte.js';
import { generation } from './generation.svelte.js';
import { staging } from './staging.svelte.js';
import { studio } from './studio.svelte.js';
import { view } from './view.svelte.js';

export async function openProject(id: string): Promise<void> {
  await change(() => studio.api.openProject({ id }));
}

export async function createProject(): Promise<void> {
  await change(() => studio.api.createProject({ name: 'Untitled' }));
}

async function change(open: () => Promise<OpenedProject>): Promise<void> {
  await generation.cancelAll();
  const project = await open();
  staging.clear();
  view.select([]);
  documentState.load(project);
}
