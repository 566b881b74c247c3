/**
 * In which order the tokens restore attributes: pictures are restored from ever more of their coarse tokens (keep-from-m,
 * m from K down to 0). An attribute locks in at the largest m from which on it stays readable; its t is where token m
 * becomes visible, so 1 means "carried by the coarsest tokens" and 0 "needs the finest".
 */
import { timestepSpan } from '../../../src/shared/tokens/tokens.js';
import { quantile } from '../measures.js';
import { readability, readableAttributes, type ReadableAttribute } from '../judgement.js';
import { forEach, score, type Task } from '../task.js';

const noiseSeed = 7;
/** Those that should part along the tokens; size is read together with kind. */
const orderedAttributes = ['background', 'layout', 'colour', 'kind', 'texture'] as const;

export const attributeOrder: Task = {
  name: 'attribute order',
  run: async (context) => {
    const { data, engine, detector, steps } = context;
    const { count, schedule, keepFromTrained } = engine.pack.manifest.tokens;
    if (!keepFromTrained) return null;
    // All of them, whatever share the others take: the medians of 48 lie two tokens off.
    const indices = data.scenes.map((_, index) => index);
    const lockedAt: Record<ReadableAttribute, number[]> = {
      background: [],
      layout: [],
      colour: [],
      kind: [],
      size: [],
      texture: [],
    };
    const readings = await forEach(context, indices, async (index) => {
      const {
        result: { codes },
      } = await engine.run({ kind: 'encode', image: data.image(index) });
      const pictures = [];
      for (let keepFrom = count; keepFrom >= 0; keepFrom--) {
        const request = { kind: 'decode', codes, t: 1, keepFrom, steps, seed: noiseSeed, tokenGuidance: 1 } as const;
        pictures.push((await engine.run(request)).result.image);
      }
      return (await detector.read(pictures)).map((found) => readability(data.scenes[index]!, found));
    });
    for (const ofScene of readings) {
      for (const attribute of readableAttributes) {
        const kept = lockIn(ofScene.map((reading) => reading[attribute]));
        // `kept` tokens from the coarse end; the newest of them is token count - kept.
        if (kept !== null) lockedAt[attribute].push(kept === 0 ? 1 : timestepSpan(schedule, count, count - kept).from);
      }
    }
    const apart = separatedBy(orderedAttributes.map((attribute) => quantile(lockedAt[attribute], 0.5)));
    const readable = orderedAttributes.map((attribute) => lockedAt[attribute].length / indices.length);
    return {
      scores: [
        ...readableAttributes.flatMap((attribute) => {
          const values = lockedAt[attribute];
          if (values.length === 0) return [score(`attributeOrder.${attribute}.readable`, 0, 'share', indices.length)];
          return [
            score(`attributeOrder.${attribute}.median`, quantile(values, 0.5), 't', values.length),
            score(`attributeOrder.${attribute}.lowerQuartile`, quantile(values, 0.25), 't', values.length),
            score(`attributeOrder.${attribute}.upperQuartile`, quantile(values, 0.75), 't', values.length),
            score(`attributeOrder.${attribute}.readable`, values.length / indices.length, 'share', indices.length),
          ];
        }),
        ...(apart === null ? [] : [score('attributeOrder.leastApart', apart, 't', indices.length)]),
        score('attributeOrder.leastReadable', Math.min(...readable), 'share', indices.length),
      ],
      samples: [],
    };
  },
};

/** The smallest distance between neighbours when the medians are put in order; null when one of them is missing. */
export function separatedBy(medians: readonly number[]): number | null {
  if (medians.some(Number.isNaN)) return null;
  const sorted = medians.toSorted((a, b) => b - a);
  return Math.min(...sorted.slice(1).map((value, index) => sorted[index]! - value));
}

/** The smallest index from which on all values are true; null when the last one is not. */
export function lockIn(values: readonly boolean[]): number | null {
  const lastFalse = values.lastIndexOf(false);
  return lastFalse === values.length - 1 ? null : lastFalse + 1;
}
