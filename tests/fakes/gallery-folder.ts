/** For tests: a data folder with projects whose changes a gallery follows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, FrameOrigin } from '../../src/shared/document/document.js';
import { everything, type GalleryQuery } from '../../src/shared/contract/gallery.js';
import { ProjectLibrary, type OpenedFile } from '../../src/main/storage/projects/library.js';
import { Gallery } from '../../src/main/storage/gallery/gallery.js';

export const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

export function generated(prompt: string, pack = 'scenes@1'): FrameOrigin {
  return { kind: 'generated', prompt, seed: 7, settings, pack };
}

export class GalleryFolder {
  readonly data = mkdtempSync(join(tmpdir(), 'ddt-gallery-'));
  readonly library = new ProjectLibrary(this.data);
  gallery = new Gallery(this.data);
  readonly #open: OpenedFile[] = [];

  /** A project of this process; `follow` false = its changes are another process's. */
  newProject(name = 'One', follow = true): TestProject {
    const id = this.library.create(name);
    const file = this.library.open(id);
    this.#open.push(file);
    return new TestProject(id, file, () => (follow ? this.gallery : null));
  }

  closeProjects(): void {
    for (const file of this.#open.splice(0)) file.close();
  }

  names(change: Partial<GalleryQuery> = {}): string[] {
    return this.gallery.search({ ...everything, ...change }, 0, 100).items.map(({ name }) => name);
  }

  /** Closes the gallery, lets `meanwhile` happen to its files, and opens it again. */
  async reopen(meanwhile: () => void = () => {}): Promise<void> {
    this.gallery.close();
    meanwhile();
    this.gallery = new Gallery(this.data);
    await this.gallery.refresh();
  }

  path(...parts: string[]): string {
    return join(this.data, ...parts);
  }

  remove(): void {
    this.gallery.close();
    this.closeProjects();
    rmSync(this.data, { recursive: true, force: true });
  }
}

export class TestProject {
  constructor(
    readonly id: string,
    readonly file: OpenedFile,
    private readonly follower: () => Gallery | null,
  ) {}

  put(id: string, origin: FrameOrigin, change: Partial<Frame> & { shade?: number } = {}): Frame {
    const { shade = [...id].reduce((sum, letter, at) => sum + letter.charCodeAt(0) * (at + 3), 0), ...fields } = change;
    const image = this.file.project.addImage({
      width: 4,
      height: 4,
      data: new Uint8Array(64).map((_, at) => (at % 4 === 3 ? 255 : (shade * 37 + at) % 251)),
    });
    const frame: Frame = {
      id,
      name: id,
      x: 0,
      y: 0,
      width: 4,
      height: 4,
      imageId: image.imageId,
      pixelWidth: 4,
      pixelHeight: 4,
      origin,
      tokens: null,
      description: null,
      answers: [],
      createdAt: new Date(Date.UTC(2026) + 1000 * this.file.project.document.frames.length).toISOString(),
      ...fields,
    };
    this.change(() => this.file.project.commit({ label: 'Put', operations: [{ type: 'put-frame', frame }] }));
    return frame;
  }

  remove(frameId: string): void {
    this.change(() => this.file.project.commit({ label: 'Delete', operations: [{ type: 'remove-frame', frameId }] }));
  }

  rename(name: string): void {
    this.change(() => this.file.project.commit({ label: 'Rename', operations: [{ type: 'rename', name }] }));
  }

  change(act: () => unknown): void {
    const { project } = this.file;
    const before = project.document;
    act();
    this.follower()?.projectChanged({
      projectId: this.id,
      revision: project.revision,
      before,
      after: project.document,
      readImage: (imageId) => project.readImage(imageId),
    });
  }
}
