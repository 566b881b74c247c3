import { expect, it, vi } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { documentState } from '../document/document.svelte.js';
import { fakePicture } from '../../../../tests/fakes/window/fake-gallery.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { gallery } from '../gallery/gallery.svelte.js';
import { notices } from './notices.svelte.js';
import { startStudio } from './start.js';
import { studio } from './studio.svelte.js';

it('a project that cannot be opened at the start is said to be; the window stays connected and its gallery works', async () => {
  const fake = new FakeStudio();
  fake.pictures = [fakePicture('a'.repeat(64))];
  fake.openProject = () => Promise.reject(new StudioError('project-damaged', 'It is damaged.', 'Open another one.'));
  gallery.setOpen(true);
  await startStudio(fake);
  expect(studio.connection).toBe('connected');
  expect(documentState).toMatchObject({ open: false, opening: false });
  expect(documentState.problem).toMatchObject({ code: 'project-damaged', remedy: 'Open another one.' });
  expect(notices.list).toEqual([]);
  await vi.waitFor(() => expect(gallery.total).toBe(1));
});
