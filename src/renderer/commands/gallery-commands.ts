/** The gallery's part of the list of commands; what is done with pictures in it are its own keys. */
import { command, type Command } from './command.js';
import { gallery } from '../state/gallery/gallery.svelte.js';

export const galleryCommands: readonly Command[] = [
  command({
    id: 'gallery',
    label: 'Look through the gallery',
    group: 'View',
    shortcuts: ['G'],
    run: () => gallery.show(!gallery.wide),
  }),
  command({
    id: 'gallery-panel',
    label: 'Show or hide the gallery panel',
    group: 'View',
    shortcuts: ['Shift+G'],
    run: () => gallery.setOpen(!gallery.open),
  }),
];
