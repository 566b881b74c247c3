/** What does not work in a gallery at present, the gravest first. */
import { StudioError } from '../../../shared/errors.js';

export interface GalleryState {
  /** Where a damaged file of stars and trash was put. */
  setAside: string | null;
  /** Why stars, trash or index are not on the disk. */
  failure: Error | null;
  /** Project files that cannot be read. */
  unreadable: number;
}

/** Null when all is well. */
export function galleryProblem({ setAside, failure, unreadable }: GalleryState): StudioError | null {
  if (setAside !== null) {
    return new StudioError(
      'gallery-unwritable',
      'The gallery’s stars and trash were damaged; they begin anew.',
      'All projects are untouched. The damaged file was kept beside the new one, in the folder “gallery” of the data folder.',
      { detail: setAside },
    );
  }
  if (failure !== null) {
    return new StudioError(
      'gallery-unwritable',
      'The gallery’s folder cannot be written: searching works, stars and the trash cannot be saved.',
      'Make the folder “gallery” in the data folder writable, or free some space, then start DDT Studio again.',
      { detail: String(failure) },
    );
  }
  if (unreadable === 0) return null;
  return new StudioError(
    'project-damaged',
    unreadable === 1
      ? 'One project cannot be read, so its pictures may be missing here.'
      : `${unreadable} projects cannot be read, so their pictures may be missing here.`,
    'Restore the project file from a backup; everything else works.',
  );
}
