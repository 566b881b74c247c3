/** Whatever one part of the studio accepts, every other one does: settings, seeds and words go from the command line into a file's record and back. */
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../resources/pack.schema.json' with { type: 'json' };
import { generationSettings, withBestOf, withSamplingOptions, type SamplingOptions } from '../src/main/cli/options.js';
import { recordOfNew } from '../src/main/cli/picture-files.js';
import { encodePng } from '../src/main/storage/images/images.js';
import { readMetadata, withMetadata } from '../src/main/storage/records/png-metadata.js';
import { parseParameters } from '../src/main/validation/validation.js';
import type { FrameOrigin } from '../src/shared/document/document.js';
import { escapeAlternatives, expandAlternatives } from '../src/shared/grids/prompt-alternatives.js';
import { seedLimits, textLimits, variationLimits, type Range } from '../src/shared/limits.js';
import {
  isWholeSetting,
  settingNames,
  settingOf,
  settingTable,
  type SettingName,
} from '../src/shared/jobs/settings.js';
import { fakeManifest } from './fakes/engine-parts.js';

const image = { width: 2, height: 1, data: Uint8Array.from([1, 2, 3, 255, 4, 5, 6, 255]) };
const png = encodePng(image);

function whole({ smallest, largest }: Range): fc.Arbitrary<number> {
  const any = fc.integer({ min: smallest, max: largest });
  return fc.oneof(any, fc.constantFrom(smallest, largest));
}

function valueOf(name: SettingName): fc.Arbitrary<number> {
  const { accepted } = settingTable[name];
  if (isWholeSetting(name)) return whole(accepted);
  const { smallest: min, largest: max } = accepted;
  // No exponents: people write numbers out, and −0 is 0.
  return fc
    .oneof(fc.constantFrom(min, max), fc.double({ min, max, noNaN: true }))
    .map((value) => Number(value.toFixed(6)) + 0);
}

/** Settings as a person might give them: each said or not. */
const said = fc.record(
  Object.fromEntries(settingNames.map((name) => [name, valueOf(name)])) as Record<SettingName, fc.Arbitrary<number>>,
  { requiredKeys: [] },
);
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
  fc.constant('a'.repeat(textLimits.prompt)),
);

function parsed(settings: Partial<Record<SettingName, number>>, seed: number, variations: number): SamplingOptions {
  const command = withBestOf(withSamplingOptions(new Command('generate')))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const flags = Object.entries(settings).map(([name, value]) => `--${settingTable[name as SettingName].flag}=${value}`);
  return command.parse([`--seed=${seed}`, `--variations=${variations}`, ...flags], { from: 'user' }).opts();
}

describe('a prompt', () => {
  const settings = { steps: 8, tokenGuidance: 1, textGuidance: 3, temperature: 0.5, topK: 10 };

  it.each([
    [String.raw`a \{red\|blue\} circle`, ['a {red|blue} circle']],
    ['a {red|blue} circle', ['a red circle', 'a blue circle']],
    ['a {red} circle', ['a {red} circle']],
    [String.raw`{a|\{b\|c\}}`, ['a', '{b|c}']],
  ])('that was drawn, exported and recalled is drawn again as it was: %s', (written, drawn) => {
    expect(expandAlternatives(written, 9)).toEqual(drawn);
    for (const prompt of drawn) {
      // The record keeps what was drawn and, where it differs, what was written.
      const template = prompt === written ? {} : { template: written };
      const origin: FrameOrigin = { kind: 'generated', prompt, ...template, seed: 5, settings, pack: 'fake@1.0.0' };
      const record = recordOfNew({ name: prompt, origin, tokens: { pack: 'fake@1.0.0', codes: [1, 2] } });
      const back = readMetadata(withMetadata(png, image, record, 'DDT Studio'), image)!;
      expect(back.record?.picture.origin).toEqual(origin);
      expect(expandAlternatives(escapeAlternatives(back.recipe!.text), 9)).toEqual([prompt]);
    }
  });
});

describe('all legal settings', () => {
  it('go from the command line into a record and back, and a window may ask for the same', () => {
    fc.assert(
      fc.property(said, whole(seedLimits), whole(variationLimits), words, (given, first, variations, prompt) => {
        const options = parsed(given, first, variations);
        const settings = generationSettings(options, fakeManifest());
        for (const [name, value] of Object.entries(given)) {
          expect(settingOf(settings, name as SettingName)).toBe(value);
        }
        const request = { kind: 'generate' as const, prompt, seed: first, variations, settings };
        if (prompt.trim() !== '') expect(parseParameters('submit', { request })).toEqual({ request });
        const seed = options.seed + variations - 1;
        const origin: FrameOrigin = { kind: 'generated', prompt, seed, settings, pack: 'fake@1.0.0' };
        const record = recordOfNew({ name: prompt, origin, tokens: { pack: 'fake@1.0.0', codes: [1, 2] } });
        const back = readMetadata(withMetadata(png, image, record, 'DDT Studio'), image);
        expect(back?.faults).toEqual([]);
        expect(back?.record).toEqual(record);
      }),
    );
  });

  it.each(settingNames)('%s is refused beyond its limits, wherever it is said', (name) => {
    const { smallest, largest } = settingTable[name].accepted;
    for (const value of [smallest - 1, largest + 1]) {
      expect(() => parsed({ [name]: value }, 1, 1)).toThrow();
      const settings = { steps: 1, textGuidance: 1, tokenGuidance: 1, temperature: 1, topK: 0, [name]: value };
      const request = { kind: 'generate' as const, prompt: 'a', seed: 1, variations: 1, settings };
      expect(() => parseParameters('submit', { request })).toThrow(name);
    }
  });

  it('a pack may state what can be run, and nothing else', () => {
    const { diffusion, languageModel, presets } = schema.properties;
    const defaults = languageModel.properties.defaults.properties;
    const stated = schema.$defs.preset.properties;
    for (const name of settingNames) expect(rangeOf(stated[name])).toEqual(settingTable[name].accepted);
    expect(presets).toBeDefined();
    expect(rangeOf(diffusion.properties.defaultSteps)).toEqual(settingTable.steps.accepted);
    expect(rangeOf(diffusion.properties.defaultGuidance)).toEqual(settingTable.tokenGuidance.accepted);
    expect(rangeOf(defaults.guidance)).toEqual(settingTable.textGuidance.accepted);
    expect(rangeOf(defaults.temperature)).toEqual(settingTable.temperature.accepted);
    expect(rangeOf(defaults.topK)).toEqual(settingTable.topK.accepted);
    expect(rangeOf(defaults.topP)).toEqual(settingTable.topP.accepted);
  });
});

function rangeOf({ minimum, maximum }: { minimum: number; maximum: number }): Range {
  return { smallest: minimum, largest: maximum };
}
