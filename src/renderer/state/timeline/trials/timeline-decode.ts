/** “Decode from here”: the whole denoising run from the present t down to 0, as a new frame beside its parent. */
import { assertOnBoard } from '../on-board.js';
import type { DecodeRequest } from '../../../../shared/jobs/jobs.js';
import { StudioError } from '../../../../shared/errors.js';
import { documentState } from '../../document/document.svelte.js';
import { newFrame, putAll } from '../../document/frames.js';
import { displaySize, placeFrames } from '../../board/geometry.js';
import { jobs } from '../../jobs/jobs.svelte.js';
import { timeline, type TimelineState } from '../timeline.svelte.js';
import { view } from '../../board/view.svelte.js';

export interface DecodeChoice {
  /** The decoder sees tokens `keepFrom <= i < k(t)`; finer ones stay masked. */
  keepFrom: number;
  steps: number;
}

/** The request for what the timeline shows now. Throws `tokens-invalid` before the image was read into tokens. */
export function decodeRequest(
  { source, codes, t, seed }: Pick<TimelineState, 'source' | 'codes' | 't' | 'seed'>,
  { keepFrom, steps }: DecodeChoice,
): DecodeRequest {
  if (source === null || codes === null) {
    throw new StudioError(
      'tokens-invalid',
      'This picture has not been read into tokens yet.',
      'Wait until the timeline shows its codes, then decode.',
    );
  }
  return {
    kind: 'decode',
    pack: source.pack,
    codes: [...codes],
    imageId: source.imageId,
    t,
    keepFrom,
    steps,
    seed,
    tokenGuidance: source.manifest.diffusion.defaultGuidance,
  };
}

/** Resolves when the new frame is on the board and selected; rejects with what the job or the commit failed with. */
export async function decodeFromHere(choice: DecodeChoice): Promise<void> {
  documentState.assertWritable();
  const request = decodeRequest(timeline, choice);
  const { frameId: parentId } = timeline.source!;
  assertOnBoard(timeline.source!);
  const documentId = documentState.document.id;
  const selected = view.selection;
  const job = await jobs.submit(request);
  try {
    const result = await job.finished;
    const parent = documentState.frame(parentId);
    if (result.kind !== 'decode' || parent === null || documentState.document.id !== documentId) return;
    const { image } = result;
    const { t, keepFrom, seed, steps, pack } = request;
    const [place] = placeFrames(documentState.frames, displaySize(image.width, image.height), 1, parent);
    const frame = newFrame({
      name: `${parent.name} from t ${t.toFixed(2)}`,
      place: place!,
      image,
      origin: { kind: 'decoded', parentId, t, keepFrom, seed, steps, pack },
      tokens: null,
    });
    await documentState.commit(`Decode “${parent.name}” from t ${t.toFixed(2)}`, putAll([frame]));
    view.reveal(frame);
    if (view.selection === selected) view.select([frame.id]);
  } finally {
    jobs.forget(job);
  }
}
