/** Example texts of a pack with what the evaluation measured of them. */
import type { PackManifest, PackScore } from './pack.js';

export type ExampleKind = keyof PackManifest['examples'];

/** From this share of trials on an example counts as one that works. */
export const workingShare = 0.75;

export interface RatedExample {
  text: string;
  /** Share of trials that came out right, 0…1; null: never measured. */
  rate: number | null;
  trials: number;
}

/** The name under which an example's share stands among the scores. */
export function exampleMeasure(kind: ExampleKind, text: string): string {
  return `example.${kind}.${text}`;
}

/** The pack's own examples of a kind, in its order: the best first once they are measured. */
export function ratedExamples(
  manifest: { examples: PackManifest['examples']; provenance: { scores: readonly PackScore[] } },
  kind: ExampleKind,
): RatedExample[] {
  return manifest.examples[kind].map((text) => {
    const found = manifest.provenance.scores.find(({ measure }) => measure === exampleMeasure(kind, text));
    return { text, rate: found?.value ?? null, trials: found?.count ?? 0 };
  });
}

/** True when every example was measured and none falls short. */
export function allWork(examples: readonly RatedExample[]): boolean {
  return examples.every(({ rate }) => rate !== null && rate >= workingShare);
}
