/** What a language model says of restored pictures, beside what is true: means at each t, and whether its confidence tells. Pure. */
import { captionText, type CaptionReading } from '../../src/shared/tokens/attributes.js';
import { captionAgreement, f1, type Agreement } from '../evaluation/captions.js';
import { quantile } from '../evaluation/measures.js';
import { mean } from '../../src/shared/mean.js';
import type { Scene } from '../evaluation/scene.js';
import type { Vocabulary } from '../evaluation/vocabulary.js';

/** Means over the captions at one t. `agreement`: F1 of the attributes said and true; only with the truth. */
export interface CaptionRow {
  confidence: number;
  agreement?: number;
}

export interface DescribedPicture {
  positions: readonly { t: number; caption?: CaptionReading }[];
  truth?: Scene;
}

/** Undefined where nothing was described. `world`: the words captions may use. */
export function captionRow(all: readonly DescribedPicture[], index: number, world: Vocabulary): CaptionRow | undefined {
  const captions = all.flatMap(({ positions }) => positions[index]?.caption ?? []);
  if (captions.length === 0) return undefined;
  const judged = all.flatMap((picture) => judge(picture, index, world));
  const agreement = judged.length === 0 ? {} : { agreement: agreementOf(judged.map((one) => one.agreement)) };
  return { confidence: mean(captions.map(({ confidence }) => confidence)), ...agreement };
}

/** F1 of the less and of the more confident half of all captions; null without captions of known scenes. */
export function confidenceTells(
  all: readonly DescribedPicture[],
  world: Vocabulary,
): { below: number; above: number; at: number } | null {
  const judged = all.flatMap((picture) => picture.positions.flatMap((_, index) => judge(picture, index, world)));
  if (judged.length < 2) return null;
  const at = quantile(
    judged.map(({ confidence }) => confidence),
    0.5,
  );
  const half = (side: (confidence: number) => boolean): number =>
    agreementOf(judged.filter(({ confidence }) => side(confidence)).map(({ agreement }) => agreement));
  return { below: half((confidence) => confidence < at), above: half((confidence) => confidence >= at), at };
}

function judge(
  { positions, truth }: DescribedPicture,
  index: number,
  world: Vocabulary,
): { confidence: number; agreement: Agreement }[] {
  const caption = positions[index]?.caption;
  if (truth === undefined || caption === undefined) return [];
  return [{ confidence: caption.confidence, agreement: captionAgreement(captionText(caption), truth, world) }];
}

function agreementOf(all: readonly Agreement[]): number {
  const sum = (pick: (one: Agreement) => number): number => all.reduce((total, one) => total + pick(one), 0);
  return f1({ agreed: sum((one) => one.agreed), claimed: sum((one) => one.claimed), true: sum((one) => one.true) });
}
