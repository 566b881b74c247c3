/** The pack's one-step renderer: pictures straight from tokens, without noise. Optional; the decoder stands in for it. */
import { StudioError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/events.js';
import type { RasterImage } from '../../shared/images.js';
import { checkpoint } from './cancellation.js';
import { codesTensor } from './decoder.js';
import { bool, floatsOf, int64, type Graph } from './graph.js';
import { checkCodes, type EngineParts } from './parts.js';
import type { EngineRequest, EngineResult } from './protocol.js';

/** Whether half a sequence can be drawn: only a renderer that takes a mask can be told what is not known yet. */
export function takesMask(renderer: Graph): boolean {
  return renderer.inputs.some((input) => input.name === 'visible');
}

/** codes [B·K], visible [B·K] of 0 and 1 → B pictures. A renderer without a mask must be shown everything. */
export async function drawAtOnce(
  { manifest, space }: EngineParts,
  renderer: Graph,
  codes: BigInt64Array,
  visible: Uint8Array,
): Promise<RasterImage[]> {
  const { count } = manifest.tokens;
  const batch = codes.length / count;
  const dims = [batch, count];
  const outputs = await renderer.run({
    tokens: int64(codes, dims),
    ...(takesMask(renderer) ? { visible: bool(visible, dims) } : {}),
  });
  return space.imagesOf(floatsOf(outputs, 'image'), batch);
}

/** The render job. Throws `task-unsupported` when the pack has no renderer, and `tokens-invalid`. */
export async function* render(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'render' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest, renderer } = parts;
  if (renderer === undefined) {
    throw new StudioError(
      'task-unsupported',
      `The pack ${manifest.name} has no one-step renderer.`,
      'Decode the tokens instead, or choose another pack.',
    );
  }
  checkCodes(manifest, request.codes);
  yield { type: 'progress', phase: 'restoring', done: 0, total: 1 };
  await checkpoint(signal);
  const visible = new Uint8Array(manifest.tokens.count).fill(1);
  const [image] = await drawAtOnce(parts, renderer, codesTensor([request.codes]), visible);
  yield { type: 'progress', phase: 'restoring', done: 1, total: 1 };
  return { kind: 'render', image: image! };
}
