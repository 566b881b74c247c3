/** From a window's request to the engine's and back: images are loaded for the engine, and what it made is kept in the project. */
import type { EditBase, ImageSource, JobRequest } from '../../shared/jobs.js';
import { StudioError } from '../../shared/errors.js';
import type { EngineEvent, JobResult } from '../../shared/events.js';
import type { RasterImage } from '../../shared/images.js';
import { maskFromImage } from '../../shared/pictures/mask.js';
import type { PackSummary } from '../../shared/pack.js';
import type { EngineBase, EngineImage, EngineRequest, EngineResult } from '../engine/protocol.js';
import type { JobWork } from './job-queue.js';
import { cachedCaptions, cachedTimeline, packHash } from './cached-timeline.js';
import { regionFor } from './region.js';
import { SeenPictures } from './seen-pictures.js';
import { decodeImage } from '../storage/images/images.js';
import type { PositionCache } from '../storage/positions/position-cache.js';
import type { ProjectFile } from '../storage/projects/project-file.js';
import type { EngineSupervisor } from '../supervisor/engine-supervisor.js';

export interface JobContext {
  engine: EngineSupervisor;
  project: ProjectFile;
  cache: PositionCache;
}

const seenPictures = new SeenPictures();

/** What becomes one request to the engine in use. */
export type EngineJob = Exclude<JobRequest, { kind: 'pack-view' }>;

/** A picture that was just decoded, so that its first job need not decode it again. */
export function pictureDecoded(imageId: string, image: RasterImage, pack: PackSummary | null): void {
  if (pack !== null) seenPictures.keep(imageId, image, pack.manifest.image);
}

/** The work runs when the job's turn has come; the pack is the one in use then. */
export function workFor(request: EngineJob, jobId: string, { engine, project, cache }: JobContext): JobWork {
  return async ({ signal, onEvent }) => {
    await engine.ready();
    const pack = engine.pack!;
    if ((request.kind === 'timeline' || request.kind === 'captions') && request.positions !== undefined) {
      const { kind, positions } = request;
      const hash = await packHash(pack);
      if (hash !== null) {
        const compute = (missing: number[], onMissing: (event: EngineEvent) => void) =>
          engine.run(jobId, toEngineRequest({ ...request, positions: missing }, project, pack), {
            signal,
            onEvent: onMissing,
          });
        const job = { pack: hash, cache, signal, onEvent, compute };
        if (kind === 'timeline') await cachedTimeline({ ...job, request: { ...request, kind, positions } });
        else await cachedCaptions({ ...job, request: { ...request, kind, positions } });
        return { kind, positions: positions.length };
      }
    }
    const { result } = await engine.run(jobId, toEngineRequest(request, project, pack), { signal, onEvent });
    // Images of a job that was cancelled meanwhile are not worth keeping.
    signal.throwIfAborted();
    return toJobResult(result, project, pack.id);
  };
}

/** Throws `tokens-invalid` for codes of another pack, `not-found` for an image the project does not have. */
export function toEngineRequest(request: EngineJob, project: ProjectFile, pack: PackSummary): EngineRequest {
  const load = (imageId: string) => decodeImage(imageOf(project, imageId));
  const see = (imageId: string) => pictureFor(imageId, project, pack);
  const convert = (source: ImageSource): EngineImage =>
    'codes' in source
      ? {
          codes: codesOf(source, pack),
          ...(source.imageId === undefined ? {} : { image: see(source.imageId) }),
        }
      : { image: see(source.imageId) };
  switch (request.kind) {
    case 'generate': {
      const { base, ...rest } = request;
      return { ...rest, ...(base === undefined ? {} : { base: loadBase(base, load) }) };
    }
    case 'edit': {
      const { base, source, ...rest } = request;
      return { ...rest, source: convert(source), ...(base === undefined ? {} : { base: loadBase(base, load) }) };
    }
    case 'ask': {
      const { region, source, ...rest } = request;
      if (region === undefined) return { ...rest, source: convert(source) };
      return { ...rest, source: { image: regionFor(load(imageIdOf(source)), region, pack.manifest.image) } };
    }
    case 'entropy':
      return { ...request, sources: request.sources.map(convert) };
    case 'encode':
      return { kind: 'encode', image: see(request.source.imageId) };
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
        ...(imageId === undefined ? {} : { image: see(imageId) }),
      };
    }
    default:
      return { ...request, source: convert(request.source) };
  }
}

/** A picture of the project, as an encoder of this pack may be given it. Throws `not-found`. */
export function pictureFor(imageId: string, project: ProjectFile, pack: PackSummary): RasterImage {
  return seenPictures.of(imageId, () => imageOf(project, imageId), pack.manifest.image);
}

function loadBase({ imageId, mask }: EditBase, load: (imageId: string) => RasterImage): EngineBase {
  const image = load(imageId);
  if (mask === undefined) return { image };
  const { grow, feather } = mask;
  return { image, mask: { painted: maskFromImage(load(mask.imageId)), grow, feather } };
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
      'Describe the image or read its tokens again with this pack, or choose the other pack.',
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
    'Read the tokens of the image again.',
  );
}

function imageOf(project: ProjectFile, imageId: string): Uint8Array {
  const bytes = project.readImage(imageId);
  if (bytes !== null) return bytes;
  throw new StudioError('not-found', 'That image is not in this project.', 'Generate or import it again.');
}

function toJobResult(result: EngineResult, project: ProjectFile, pack: string): JobResult {
  switch (result.kind) {
    case 'generate':
    case 'edit':
      return {
        kind: result.kind,
        pack,
        images: result.images.map(({ image, ...facts }) => ({ ...project.addImage(image), ...facts })),
      };
    case 'encode':
      return { kind: 'encode', pack, codes: result.codes };
    case 'decode':
      return { kind: 'decode', image: project.addImage(result.image) };
    default:
      return result;
  }
}
