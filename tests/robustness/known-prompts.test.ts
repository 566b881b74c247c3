/**
 * Damaged files whose prompt is known never tell another one: `npm run fuzz -- prompts` runs this long. Where the text itself was
 * hit in a container without checksums, letters of the prompt may be others; words that stood elsewhere in the file still never
 * become part of it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMetadata } from '../../src/main/storage/records/png-metadata.js';
import { runs } from '../property-runs.js';
import { change, changed } from './changes.js';
import { foreignWords, knownFiles, knownPrompt, type KnownFile } from './known-files.js';

/** The pixels do not matter: what says that they were others says the prompt all the same. */
const nothing = { width: 0, height: 0, data: new Uint8Array() };
const told = (bytes: Uint8Array): string | null => readMetadata(bytes, nothing)?.recipe?.text ?? null;
const damage = fc.array(change, { minLength: 1, maxLength: 6 });
const share = 1 / knownFiles.length;

test.each(knownFiles)('$name', ({ bytes, text, isChecked, isGraph }: KnownFile) => {
  expect(told(bytes)).toBe(knownPrompt);
  const outcomes = { same: 0, none: 0, other: 0 };
  fc.assert(
    fc.property(damage, (changes) => {
      const damaged = changed(bytes, changes);
      const words = told(damaged);
      outcomes[words === null ? 'none' : words === knownPrompt ? 'same' : 'other']++;
      if (words === null) return;
      if (isChecked || Buffer.from(damaged).includes(Buffer.from(text))) expect(words).toBe(knownPrompt);
      else if (!isGraph) expect(strangeIn(words)).toBeNull();
    }),
    { numRuns: runs(200, share) },
  );
  // Damage that always ended in silence would show nothing.
  expect(outcomes.same).toBeGreaterThan(0);
});

/** What stands in no prompt: three letters and more of a word from elsewhere, names of settings, JSON. */
function strangeIn(words: string): string | null {
  const parts = foreignWords.flatMap((word) =>
    Array.from({ length: word.length - 3 }, (_, at) => word.slice(at, at + 4)),
  );
  const strange = [...parts, 'Negative prompt', 'Sampler:', 'CFG scale', '":', '{"'];
  return strange.find((one) => words.includes(one)) ?? null;
}
