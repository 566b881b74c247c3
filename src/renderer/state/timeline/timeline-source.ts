/** What the timeline of a frame is computed from. Pure. */
import type { ImageSource } from '../../../shared/jobs/jobs.js';
import type { Frame, TokenCertainty } from '../../../shared/document/document.js';
import type { PackManifest, PackSummary } from '../../../shared/packs/pack.js';

/** Why there is nothing to show; each needs its own way out. */
export type TimelineObstacle = 'nothing-selected' | 'no-pack' | 'no-decoder' | 'no-encoder';

export interface TimelineSource {
  frameId: string;
  pack: string;
  manifest: Omit<PackManifest, 'files' | 'golden'>;
  imageId: string;
  /** width / height of the images the pack makes. */
  aspect: number;
  /** null: the image has to be read into tokens first. */
  codes: readonly number[] | null;
  certainty: readonly TokenCertainty[] | null;
}

/** Tokens count only in the pack that wrote them and in its number; other images are read by the pack's encoder. */
export function timelineSource(frame: Frame | null, pack: PackSummary | null): TimelineSource | TimelineObstacle {
  if (pack === null) return 'no-pack';
  if (frame === null) return 'nothing-selected';
  const { manifest } = pack;
  if (manifest.graphs.decoder === undefined) return 'no-decoder';
  const packId = `${manifest.name}@${manifest.version}`;
  const { tokens } = frame;
  const own = tokens !== null && tokens.pack === packId && tokens.codes.length === manifest.tokens.count;
  if (!own && manifest.graphs.encoder === undefined) return 'no-encoder';
  return {
    frameId: frame.id,
    pack: packId,
    manifest,
    imageId: frame.imageId,
    aspect: manifest.image.width / manifest.image.height,
    codes: own ? tokens.codes : null,
    certainty: own ? (tokens.certainty ?? null) : null,
  };
}

/** Two sources with the same key have the same pictures at the same seed. */
export function contentKey(source: TimelineSource): string {
  return `${source.pack}|${source.imageId}|${source.codes?.join(',') ?? ''}`;
}

/** x_0 is the picture as it stands on the board; `codes` are those the pack wrote for it or reads in it. */
export function imageSource({ pack, imageId }: TimelineSource, codes: readonly number[]): ImageSource {
  return { pack, codes: [...codes], imageId };
}
