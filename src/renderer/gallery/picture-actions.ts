/** What can be done with pictures of the gallery, as data: the menu and the bar under the grid are made from this list. */
import type { GalleryItem } from '../../shared/contract/gallery.js';
import { keysOf } from '../commands/commands.js';
import { copyPictureImage, exportPictures } from '../state/gallery/gallery-export.js';
import {
  copyPictureText,
  moveToTrash,
  placePictures,
  recallPicture,
  restorePictures,
  showOnBoard,
  toggleStars,
} from '../state/gallery/gallery-actions.js';
import { gallery } from '../state/gallery/gallery.svelte.js';

export type PictureActionId =
  'place' | 'recall' | 'show' | 'copy-image' | 'copy-text' | 'export' | 'star' | 'restore' | 'trash' | 'delete';

export interface PictureAction {
  id: PictureActionId;
  label: string;
  /** A key of the grid. */
  shortcut?: string | undefined;
  hint?: string;
  enabled: boolean;
  /** Failures are thrown. */
  run: () => unknown;
}

export interface PictureSurroundings {
  /** The project of this window. */
  projectId: string;
  /** Whether this window may change it. */
  writable: boolean;
  inTrash: boolean;
  /** Asks before pictures are deleted for good. */
  ondelete: (items: readonly GalleryItem[]) => void;
}

/** In the order of the menu; what cannot be done with these pictures is left out. */
export function pictureActions(items: readonly GalleryItem[], surroundings: PictureSurroundings): PictureAction[] {
  const single = items.length === 1 ? items[0]! : null;
  const { projectId, writable, inTrash, ondelete } = surroundings;
  const isHere = single?.projectId === projectId;
  const many = items.length.toLocaleString();
  const actions: (PictureAction | false)[] = [
    {
      id: 'place',
      label: single === null ? `Place ${many}` : 'Place',
      shortcut: keysOf('gallery-place'),
      hint: 'Puts a copy on this board; double click or drag does too',
      enabled: writable,
      run: () => place(items),
    },
    single !== null &&
      single.uses > 0 && {
        id: 'show',
        label: isHere ? 'Show on the board' : `Open its project, “${single.projectName}”`,
        enabled: true,
        run: () => showOnBoard(single),
      },
    single !== null &&
      (single.kind === 'generated' || single.kind === 'edited') && {
        id: 'recall',
        label: 'Use prompt and seed again',
        enabled: true,
        run: () => recallPicture(single),
      },
    single !== null && {
      id: 'copy-image',
      label: 'Copy picture',
      enabled: true,
      run: () => copyPictureImage(single),
    },
    single !== null &&
      single.text !== null && {
        id: 'copy-text',
        label: 'Copy text',
        shortcut: keysOf('gallery-copy-text'),
        enabled: true,
        run: () => copyPictureText(single),
      },
    {
      id: 'export',
      label: single === null ? `Export ${many} as PNG` : 'Export as PNG',
      enabled: true,
      run: () => exportPictures(items),
    },
    {
      id: 'star',
      label: items.every(({ starred }) => starred) ? 'Take the star away' : 'Star',
      shortcut: keysOf('gallery-star'),
      enabled: true,
      run: () => toggleStars(items),
    },
    inTrash && {
      id: 'restore',
      label: 'Restore',
      shortcut: keysOf('gallery-restore'),
      enabled: true,
      run: () => restorePictures(items),
    },
    inTrash
      ? {
          id: 'delete',
          label: 'Delete for good',
          shortcut: keysOf('gallery-trash'),
          enabled: true,
          run: () => ondelete(items),
        }
      : {
          id: 'trash',
          label: 'Move to the trash',
          shortcut: keysOf('gallery-trash'),
          enabled: true,
          run: () => moveToTrash(items),
        },
  ];
  return actions.filter((action) => action !== false);
}

/** The board is looked at afterwards. */
export async function place(items: readonly GalleryItem[]): Promise<void> {
  await placePictures(items.map(({ imageId }) => imageId));
  gallery.wide = false;
}
