/** From a window's request to the engine's and back: images are loaded for the engine, and what it made is kept in the project. */
import type { EditBase, EngineKind, ImageSource, JobRequest } from '../../shared/jobs/jobs.js';
import { StudioError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import type { JobResult } from '../../shared/jobs/job-results.js';
import type { RasterImage, StoredImage } from '../../shared/pictures/images.js';
import type { PackSummary } from '../../shared/packs/pack.js';
import type { EngineBase, EngineImage, EngineRequest, EngineResult } from '../engine/protocol.js';
import type { JobWork } from './job-queue.js';
import { cachedCaptions, cachedTimeline, packHash } from './cached-timeline.js';
import { regionFor } from './region.js';
import { SeenPictures } from './seen-pictures.js';
import type { PictureReader } from '../pictures/picture-tasks.js';
import type { PositionCache } from '../storage/positions/position-cache.js';
import type { ProjectFile } from '../storage/projects/project-file.js';
import type { EngineSupervisor } from '../supervisor/engine-supervisor.js';

export interface JobContext {
  engine: EngineSupervisor;
  project: ProjectFile;
  cache: PositionCache;
  pictures: PictureReader;
}

const seenPictures = new SeenPictures();

/** What becomes one request to the engine in use. */
export type EngineJob = Extract<JobRequest, { kind: EngineKind }>;

/** A picture that was just narrowed for this pack, so that its first job need not decode it again. */
export function pictureSeen(imageId: string, narrow: RasterImage, pack: PackSummary): void {
  seenPictures.keep(imageId, narrow, pack.manifest.image);
}

/** The work runs when the job's turn has come; the pack is the one in use then. */
export function workFor(request: EngineJob, jobId: string, context: JobContext): JobWork {
  const { engine, project, cache, pictures } = context;
  return async ({ signal, onEvent }) => {
    await engine.ready();
    const pack = engine.pack!;
    const toEngine = (asked: EngineJob) => toEngineRequest(asked, { project, pack, pictures, signal });
    if ((request.kind === 'timeline' || request.kind === 'captions') && request.positions !== undefined) {
      const { kind, positions } = request;
      const hash = await packHash(pack);
      if (hash !== null) {
        const compute = async (missing: number[], onMissing: (event: EngineEvent) => void) =>
          engine.run(jobId, await toEngine({ ...request, positions: missing }), { signal, onEvent: onMissing });
        const job = { pack: hash, cache, signal, onEvent, compute };
        if (kind === 'timeline') await cachedTimeline({ ...job, request: { ...request, kind, positions } });
        else await cachedCaptions({ ...job, request: { ...request, kind, positions } });
        return { kind, positions: positions.length };
      }
    }
    const { result } = await engine.run(jobId, await toEngine(request), { signal, onEvent });
    return toJobResult(result, pack.id, async (image) => {
      const { stored } = await pictures.runInto('keep', { image }, project.placeForPictures(), { signal });
      // Images of a job that was cancelled meanwhile are tidied up with everything else that nothing in the project needs.
      signal.throwIfAborted();
      return stored;
    });
  };
}

/** Where a job finds its pictures. */
export interface PictureContext {
  project: ProjectFile;
  pack: PackSummary;
  pictures: PictureReader;
  signal: AbortSignal;
}

/** Throws `tokens-invalid` for codes of another pack, `not-found` for an image the project does not have. */
export async function toEngineRequest(request: EngineJob, context: PictureContext): Promise<EngineRequest> {
  const { project, pack, pictures, signal } = context;
  const load = (imageId: string) => pictures.run('decode', { bytes: imageOf(project, imageId) }, { signal });
  const see = (imageId: string) => pictureFor(imageId, context);
  const convert = async (source: ImageSource): Promise<EngineImage> =>
    'codes' in source
      ? {
          codes: codesOf(source, pack),
          ...(source.imageId === undefined ? {} : { image: await see(source.imageId) }),
        }
      : { image: await see(source.imageId) };
  switch (request.kind) {
    case 'generate': {
      const { base, ...rest } = request;
      return { ...rest, ...(base === undefined ? {} : { base: await loadBase(base, context) }) };
    }
    case 'edit': {
      const { base, source, ...rest } = request;
      return {
        ...rest,
        source: await convert(source),
        ...(base === undefined ? {} : { base: await loadBase(base, context) }),
      };
    }
    case 'ask': {
      const { region, source, ...rest } = request;
      if (region === undefined) return { ...rest, source: await convert(source) };
      return { ...rest, source: { image: regionFor(await load(imageIdOf(source)), region, pack.manifest.image) } };
    }
    case 'entropy':
      return { ...request, sources: await oneByOne(request.sources, convert) };
    case 'encode':
      return { kind: 'encode', image: await see(request.source.imageId) };
    case 'decode': {
      const { kind, t, keepFrom, hidden, steps, seed, tokenGuidance, imageId } = request;
      return {
        kind,
        codes: codesOf(request, pack),
        t,
        keepFrom,
        steps,
        seed,
        tokenGuidance,
        ...(hidden === undefined ? {} : { hidden }),
        ...(imageId === undefined ? {} : { image: await see(imageId) }),
      };
    }
    default:
      return { ...request, source: await convert(request.source) };
  }
}

/** A picture of the project, as an encoder of this pack may be given it. Throws `not-found`. */
export function pictureFor(imageId: string, { project, pack, pictures, signal }: PictureContext): Promise<RasterImage> {
  return seenPictures.of(imageId, () => imageOf(project, imageId), pack.manifest.image, pictures, { signal });
}

/** So that only one picture is on its way at a time. */
export async function oneByOne<From, To>(all: readonly From[], convert: (one: From) => Promise<To>): Promise<To[]> {
  const converted: To[] = [];
  for (const one of all) converted.push(await convert(one));
  return converted;
}

async function loadBase(
  { imageId, mask }: EditBase,
  { project, pictures, signal }: PictureContext,
): Promise<EngineBase> {
  const image = await pictures.run('decode', { bytes: imageOf(project, imageId) }, { signal });
  if (mask === undefined) return { image };
  const { grow, feather } = mask;
  const painted = await pictures.run('mask', { bytes: imageOf(project, mask.imageId) }, { signal });
  return { image, mask: { painted, grow, feather } };
}

function imageIdOf(source: ImageSource): string {
  if (source.imageId !== undefined) return source.imageId;
  throw new StudioError(
    'bad-request',
    'A part of a picture can only be looked at where there is a picture.',
    'Ask about the whole of it.',
  );
}

function codesOf(source: { pack: string; codes: number[] }, pack: PackSummary): number[] {
  const { count, codebookSize } = pack.manifest.tokens;
  if (source.pack !== pack.id) {
    throw new StudioError(
      'tokens-invalid',
      `These tokens belong to the pack ${source.pack}, but ${pack.id} is in use.`,
      'Describe the picture or read its tokens again with this pack, or choose the other pack.',
    );
  }
  const fault =
    source.codes.length !== count
      ? `there are ${source.codes.length} of them where the pack uses ${count}`
      : source.codes.some((code) => code >= codebookSize)
        ? `one lies outside the pack's ${codebookSize} codes`
        : null;
  if (fault === null) return source.codes;
  throw new StudioError(
    'tokens-invalid',
    `These tokens cannot be used: ${fault}.`,
    'Read the tokens of the picture again.',
  );
}

function imageOf(project: ProjectFile, imageId: string): Uint8Array {
  const bytes = project.readImage(imageId);
  if (bytes !== null) return bytes;
  throw new StudioError('not-found', 'That picture is not in this project.', 'Generate or import it again.');
}

async function toJobResult(
  result: EngineResult,
  pack: string,
  store: (image: RasterImage) => Promise<StoredImage>,
): Promise<JobResult> {
  switch (result.kind) {
    case 'generate':
    case 'edit':
      return {
        kind: result.kind,
        pack,
        images: await oneByOne(result.images, async ({ image, ...facts }) => ({ ...(await store(image)), ...facts })),
      };
    case 'encode':
      return { kind: 'encode', pack, codes: result.codes };
    case 'decode':
      return { kind: 'decode', image: await store(result.image) };
    default:
      return result;
  }
}
