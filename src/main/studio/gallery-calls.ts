/** The gallery's part of the contract: what windows may ask of it, and what reaches it from the projects they change. */
import type { ExportedFile } from '../../shared/contract/import-export.js';
import type { GalleryMethods, ThumbnailSize } from '../../shared/contract/gallery.js';
import type { Calls } from './calls.js';
import type { ProjectView } from './open-projects.js';
import { adoptPicture, exportGalleryPicture } from './image-import-export.js';
import type { PictureReader } from '../pictures/picture-tasks.js';
import { Gallery } from '../storage/gallery/gallery.js';

export interface GalleryCallsOptions<Client> {
  dataDirectory: string;
  /** Name and version, as they are written into files. */
  program: string;
  pictures: PictureReader;
  /** The project a window may write. Throws `project-read-only`. */
  writable: (client: Client) => Pick<ProjectView, 'file'>;
  /** PNG bytes from a project that is open in this process. */
  readOpenImage: (imageId: string) => Uint8Array | null;
  /** Every window is told at most every `changeInterval`. */
  onChange: () => void;
}

/** Milliseconds: a slider that commits often must not make every window search again each time. */
const changeInterval = 120;

export class GalleryCalls<Client> {
  readonly methods: Calls<Client, keyof GalleryMethods>;
  readonly #gallery: Gallery;
  #announcement: NodeJS.Timeout | undefined;

  constructor(private readonly options: GalleryCallsOptions<Client>) {
    const gallery = new Gallery(options.dataDirectory, { onChange: () => this.#announce() });
    this.#gallery = gallery;
    this.methods = {
      searchGallery: (_client, { query, offset, limit }) => gallery.search(query, offset, limit),
      galleryOverview: () => gallery.overview(),
      galleryPicture: (_client, { imageId }) => gallery.picture(imageId),
      markPictures: (_client, { imageIds, mark }) => ({ changed: gallery.mark(imageIds, mark) }),
      emptyTrash: (_client, { imageIds }) => gallery.emptyTrash(imageIds ?? null),
      adoptPicture: (client, parameters) =>
        adoptPicture(gallery, () => options.writable(client).file, parameters, options.pictures),
      exportPicture: async (_client, parameters) => ({ bytes: await this.exportPicture(parameters) }),
    };
    void gallery.refresh();
  }

  /**
   * Runs what changes the project of a window and lets the gallery follow. Throws what `change` throws; the gallery itself
   * never fails a change.
   */
  following<Result>({ id, file }: ProjectView, change: () => Result): Result {
    const before = file.document;
    const result = change();
    if (file.document !== before) {
      this.#gallery.projectChanged({
        projectId: id,
        revision: file.revision,
        before,
        after: file.document,
        readImage: (imageId) => file.readImage(imageId),
      });
    }
    return result;
  }

  /** PNG bytes, with the picture's record where it is wanted. Throws `not-found`. */
  exportPicture(picture: { imageId: string } & ExportedFile): Promise<Uint8Array> {
    return exportGalleryPicture(this.#gallery, picture, this.options);
  }

  /** Also of pictures that no board shows yet, as long as their project is open. */
  readThumbnail(imageId: string, size: ThumbnailSize): Promise<Uint8Array | null> {
    const make = (bytes: Uint8Array, side: number) => this.options.pictures.run('thumbnail', { bytes, side });
    return this.#gallery.readThumbnail(imageId, size, make, () => this.options.readOpenImage(imageId));
  }

  close(): void {
    clearTimeout(this.#announcement);
    this.#gallery.close();
  }

  #announce(): void {
    this.#announcement ??= setTimeout(() => {
      this.#announcement = undefined;
      this.options.onChange();
    }, changeInterval);
  }
}
