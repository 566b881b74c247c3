/**
 * How property tests run: always with the same seed in `npm test`, so that a green run says something about the change and not
 * about chance; with a seed and a number of runs from outside in `npm run fuzz` (scripts/fuzz.mjs).
 */
/** The window's tests use it too, whose types know no Node. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
const { DDT_FUZZ_SEED, DDT_FUZZ_RUNS } = process.env;

/** Any number does; it stays the same until somebody has a reason to change it. */
export const seed = DDT_FUZZ_SEED === undefined ? 20_261_101 : Number(DDT_FUZZ_SEED);

/**
 * The runs of a property: `usual` in `npm test`, in `npm run fuzz` its share of those asked for. One whose single run takes long says
 * fewer than the usual hundred, and gets as much less of the others.
 */
export function runs(usual: number, share = Math.min(1, usual / 100)): number {
  return fuzzRuns === null ? usual : Math.max(1, Math.round(fuzzRuns * share));
}

/** Null in `npm test`. */
export const fuzzRuns = DDT_FUZZ_RUNS === undefined ? null : Number(DDT_FUZZ_RUNS);
