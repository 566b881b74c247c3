/** For tests: a gallery in memory, the base of the fake studio. Searching is "the words contain the text". */
import type { Frame } from '../../../src/shared/document/document.js';
import { StudioError } from '../../../src/shared/errors.js';
import type {
  AdoptedPicture,
  GalleryItem,
  GalleryMark,
  GalleryOverview,
  GalleryPage,
  GalleryPicture,
  GalleryQuery,
} from '../../../src/shared/contract/gallery.js';

export function fakePicture(imageId: string, change: Partial<GalleryItem> = {}): GalleryItem {
  return {
    imageId,
    width: 128,
    height: 128,
    name: imageId,
    kind: 'generated',
    text: imageId,
    description: null,
    pack: 'fake@1',
    seed: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    starred: false,
    trashed: false,
    uses: 1,
    projectId: 'p1',
    projectName: 'Fake',
    ...change,
  };
}

export class FakeGallery {
  pictures: GalleryItem[] = [];
  /** Frames behind the pictures, by image id. */
  readonly galleryFrames = new Map<string, Frame>();
  /** What the next change of the gallery is refused with. */
  galleryRefusal: Error | null = null;
  readonly searches: { query: GalleryQuery; offset: number; limit: number }[] = [];

  searchGallery = async (request: { query: GalleryQuery; offset: number; limit: number }): Promise<GalleryPage> => {
    this.searches.push(request);
    const { query, offset, limit } = request;
    const found = this.pictures.filter(
      (one) =>
        one.trashed === (query.view === 'trash') &&
        (query.view !== 'starred' || one.starred) &&
        (query.projectId === null || one.projectId === query.projectId) &&
        (one.text ?? '').includes(query.text),
    );
    return { total: found.length, items: found.slice(offset, offset + limit) };
  };

  galleryOverview = async (): Promise<GalleryOverview> => {
    const trash = this.pictures.filter(({ trashed }) => trashed).length;
    const starred = this.pictures.filter((one) => one.starred && !one.trashed).length;
    return {
      counts: { all: this.pictures.length - trash, starred, trash },
      projects: [{ id: 'p1', name: 'Fake', pictures: this.pictures.length }],
      packs: [{ id: 'fake@1', pictures: this.pictures.length }],
      reading: false,
      problem: null,
    };
  };

  galleryPicture = async ({ imageId }: { imageId: string }): Promise<GalleryPicture> => {
    const item = this.pictures.find((one) => one.imageId === imageId)!;
    const uses = item.uses === 0 ? [] : [{ projectId: 'p1', projectName: 'Fake', frameId: 'f1' }];
    const frame = this.galleryFrames.get(imageId);
    if (frame === undefined) throw new StudioError('not-found', 'It is gone.', 'Put its project back.');
    return { item, frame, uses };
  };

  markPictures = async ({ imageIds, mark }: { imageIds: string[]; mark: GalleryMark }) => {
    if (this.galleryRefusal !== null) throw this.galleryRefusal;
    const change = {
      star: { starred: true },
      unstar: { starred: false },
      trash: { trashed: true },
      restore: { trashed: false },
    }[mark];
    this.pictures = this.pictures.map((one) => (imageIds.includes(one.imageId) ? { ...one, ...change } : one));
    return { changed: imageIds.length };
  };

  emptyTrash = async ({ imageIds }: { imageIds?: string[] }) => {
    const isDoomed = (one: GalleryItem) => one.trashed && (imageIds === undefined || imageIds.includes(one.imageId));
    const inUse = this.pictures.filter((one) => isDoomed(one) && one.uses > 0).length;
    const before = this.pictures.length;
    this.pictures = this.pictures.filter((one) => !isDoomed(one) || one.uses > 0);
    return { deleted: before - this.pictures.length, inUse };
  };

  adoptPicture = async ({ imageId }: { imageId: string; frameId?: string }): Promise<AdoptedPicture> => {
    const frame = this.galleryFrames.get(imageId);
    if (frame === undefined) {
      throw new StudioError('not-found', 'This picture is no longer in the gallery.', 'Look for another one.');
    }
    return { image: { imageId, width: 128, height: 128 }, frame };
  };

  readonly exportedPictures: { imageId: string; metadata: boolean }[] = [];
  exportPicture = async (parameters: { imageId: string; metadata: boolean }) => {
    this.exportedPictures.push(parameters);
    return { bytes: new Uint8Array([1, 2, 3]) };
  };
}
