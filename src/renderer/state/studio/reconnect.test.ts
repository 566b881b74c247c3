import { expect, it, vi } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { documentState } from '../document/document.svelte.js';
import { addFrame, openFakeWindow } from '../../../../tests/fakes/window/fake-window.js';
import { studio } from './studio.svelte.js';

it('a project that cannot be read after the connection came back stays in sight, unchanged, until it can or another is open', async () => {
  const fake = await openFakeWindow();
  const frame = await addFrame();
  const openProject = fake.openProject;
  fake.openProject = () => Promise.reject(new StudioError('project-damaged', 'It is damaged.', 'Open another one.'));
  fake.connection('lost');
  fake.connection('connected');
  await vi.waitFor(() => expect(studio.connection).toBe('connected'));
  expect(documentState).toMatchObject({ open: true, problem: { code: 'project-damaged' } });
  expect(documentState.frames).toEqual([frame]);
  await expect(documentState.commit('Delete', [])).rejects.toMatchObject({ code: 'project-read-only' });
  await documentState.reload();
  expect(documentState.problem).not.toBeNull();

  fake.openProject = openProject;
  await documentState.reload();
  expect(documentState).toMatchObject({ problem: null, readOnly: null });
  await documentState.commit('Delete', [{ type: 'remove-frame', frameId: frame.id }]);
  expect(documentState.frames).toEqual([]);
});

it('a connection that is lost again while the project is read is no problem of the project', async () => {
  const fake = await openFakeWindow();
  fake.openProject = () => Promise.reject(new StudioError('disconnected', 'It is gone.', 'Wait.'));
  await documentState.reload();
  expect(documentState).toMatchObject({ problem: null, readOnly: null });
});
