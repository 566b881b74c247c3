/** What a job of the engine is asked and answers, for tests of jobs over fake graphs. */
import type { EngineEvent } from '../../src/shared/contract/events.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { fakeSide } from './engine-parts.js';

/** Never given. */
export const { signal } = new AbortController();
export const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
export const codes = [1, 2, 3, 4, 5, 6, 7, 8];

/** A third of white: the fake encoder makes codes of it that begin with 3. */
export const image: RasterImage = {
  width: fakeSide,
  height: fakeSide,
  data: new Uint8Array(fakeSide * fakeSide * 4).map((_, index) => (index % 4 === 3 ? 255 : 85)),
};

export function ofType<Type extends EngineEvent['type']>(events: EngineEvent[], type: Type) {
  return events.filter((event): event is Extract<EngineEvent, { type: Type }> => event.type === type);
}
