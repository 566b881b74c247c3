/** Do the scores of a quick run and those on the card speak of the same pack? Pure. */
import type { PackScore } from '../../src/shared/packs/pack.js';
import { wilsonInterval } from './measures.js';

/** Sums over categories only: a single category has too few quick samples to contradict anything. */
const compared = [
  'detector.objects',
  'reconstruction.psnr',
  'reconstruction.oneStep',
  'reconstruction.renderer',
  'reconstruction.objects',
  'reconstruction.objectsOneStep',
  'textToImage.mean',
  'textToImage.unseen',
  'edit.success',
  'edit.outsideChange',
  'edit.wholeSuccess',
  'edit.wholeOutsideChange',
  'caption.attributeF1',
  'question.accuracy',
];
const z95 = 1.96;
const z99 = 2.5758;

/**
 * One sentence for every measure whose 99 % interval in the quick run does not touch the card's 95 % interval. For two honest
 * measurements of one pack that happens about once in a thousand comparisons; it never happens twice differently, since
 * prompts and seeds are fixed.
 */
export function disagreements(card: readonly PackScore[], measured: readonly PackScore[]): string[] {
  return compared.flatMap((measure) => {
    const stated = card.find((one) => one.measure === measure);
    const found = measured.find((one) => one.measure === measure);
    if (stated?.interval === undefined || found === undefined || Number.isNaN(found.value)) return [];
    const [low, high] = cautiousInterval(found, stated);
    if (high >= stated.interval[0] && low <= stated.interval[1]) return [];
    return [
      `${measure} is ${stated.value} [${stated.interval.join(', ')}] on the card and ${found.value} [${low.toFixed(3)}, ${high.toFixed(3)}] here, of ${found.count}`,
    ];
  });
}

/**
 * 99 %. A mean of few values gets the wider tails of Student's t, or what the spread of the card's many values makes of so few where that is
 * more: few values seldom hold the rare large ones that a mean such as the outside change is made of.
 */
function cautiousInterval({ value, unit, count, interval }: PackScore, stated: PackScore): [number, number] {
  if (unit === 'share') return wilsonInterval(value * count, count, z99);
  if (count < 3 || interval === undefined) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const freedom = count - 1;
  const tail = z99 + (z99 ** 3 + z99) / (4 * freedom) + (5 * z99 ** 5 + 16 * z99 ** 3 + 3 * z99) / (96 * freedom ** 2);
  const own = (tail / z95) * Math.sqrt(count / freedom);
  const cards = (z99 / z95) * Math.sqrt(stated.count / count);
  const [low, high] = stated.interval!;
  const least = ((high - low) / 2) * cards;
  return [value - Math.max((value - interval[0]) * own, least), value + Math.max((interval[1] - value) * own, least)];
}
