import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attributeNames } from '../../src/shared/tokens/attributes.js';
import { readAttributePairs, separation } from './attribute-pairs.js';

const change = 'a change of one attribute takes most from its own lane, and each lane loses most to its own attribute';
test.each(['attributes-v1', 'attributes-v2'])(`%s: ${change}`, async (name) => {
  const folder = join(import.meta.dirname, '../../resources/evaluation');
  const pairs = await readAttributePairs(join(folder, `${name}.json`));
  const lost = separation(pairs);
  for (const changed of attributeNames) {
    for (const lane of attributeNames.filter((name) => name !== changed)) {
      expect(lost[changed][changed], `${changed} changes its lane more than ${lane}`).toBeGreaterThan(
        lost[changed][lane] + 0.05,
      );
    }
  }
  // Where things are and which colours they have must not be one measure.
  expect(lost.layout.colour).toBeLessThan(0.25);
  expect(lost.colour.layout).toBeLessThan(0.25);
  for (const lane of attributeNames) {
    const others = attributeNames.filter((name) => name !== lane).map((changed) => lost[changed][lane]);
    expect(lost[lane][lane], `the ${lane} lane`).toBeGreaterThanOrEqual(Math.max(...others));
  }
});

test('a missing file says how to write it', async () => {
  await expect(readAttributePairs('/nowhere.json')).rejects.toMatchObject({ code: 'not-found' });
});
