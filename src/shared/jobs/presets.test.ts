import { constant, assert, integer, option, property, record, constantFrom, double } from 'fast-check';
import { expect, it } from 'vitest';
import type { PackManifest } from '../packs/pack.js';
import { canChoose, packDefaults, presetNames, presetOf, presetSettings, settingsForEdit } from './presets.js';
import {
  describedSetting,
  editSettings,
  settingNames,
  settingOf,
  settingTable,
  withSetting,
  withSettings,
} from './settings.js';

const manifests = record({
  diffusion: record({ defaultSteps: integer({ min: 1, max: 200 }), defaultGuidance: constantFrom(1, 1.5, 3) }),
  languageModel: option(
    record({
      defaults: record({
        temperature: double({ min: 0, max: 2, noNaN: true }),
        topK: integer({ min: 0, max: 500 }),
        topP: constantFrom(undefined, 1, 0.9),
        guidance: constantFrom(1, 4),
        maxTextTokens: constant(80),
      }),
      templates: constantFrom({}, { textToImage: [] }, { textToImage: [], caption: [] }),
    }),
    { nil: undefined },
  ),
}).map((parts) => parts as unknown as PackManifest);

const statedPresets = record(
  {
    steps: integer({ min: 1, max: 200 }),
    tokenGuidance: constantFrom(1, 2),
    temperature: constantFrom(0, 0.7),
    topP: constantFrom(0.5, 1),
    bestOf: integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
);

it('a server that writes cannot weigh what it wrote', () => {
  const templates = { textToImage: [], caption: [] };
  const here = { languageModel: { templates } } as unknown as PackManifest;
  const there = {
    languageModel: { templates, completions: { model: 'lab/model', logprobs: 20 } },
  } as unknown as PackManifest;
  expect([canChoose(here), canChoose(there)]).toEqual([true, false]);
});

it('derives presets from any pack: balanced is its own, fast is never slower, best never faster', () => {
  assert(
    property(manifests, (manifest) => {
      const [fast, balanced, best] = presetNames.map((name) => presetSettings(manifest, name));
      expect(balanced).toEqual(packDefaults(manifest));
      expect(fast!.steps).toBeGreaterThanOrEqual(1);
      expect(fast!.steps).toBeLessThanOrEqual(balanced!.steps);
      expect(best!.steps).toBeGreaterThanOrEqual(balanced!.steps);
      expect(best!.steps).toBeLessThanOrEqual(Math.max(settingTable.steps.offered.largest, balanced!.steps));
      // The model chooses where it can read; where it cannot, there is nothing but steps to spend time on.
      expect(best).toEqual(canChoose(manifest) ? { ...balanced, bestOf: 4 } : { ...balanced, steps: best!.steps });
      for (const settings of [fast, best]) {
        const { textGuidance, temperature, topK } = balanced!;
        expect(settings).toMatchObject({ textGuidance, temperature, topK });
      }
    }),
  );
});

it('takes what a pack states over what would be derived, the rest from its defaults', () => {
  assert(
    property(manifests, constantFrom('fast' as const, 'best' as const), statedPresets, (manifest, name, stated) => {
      const settings = presetSettings({ ...manifest, presets: { [name]: stated } }, name);
      for (const setting of settingNames) {
        const expected = { ...packDefaults(manifest), ...stated }[setting] ?? describedSetting(setting).absent;
        expect(settingOf(settings, setting)).toBe(expected);
      }
      // What goes without saying is not said, so that equal settings have one form.
      for (const setting of settingNames) {
        if (setting in settings) expect(settings[setting]).not.toBe(describedSetting(setting).absent);
      }
      const other = name === 'fast' ? 'best' : 'fast';
      expect(presetSettings({ ...manifest, presets: { [name]: stated } }, other)).toEqual(
        presetSettings(manifest, other),
      );
    }),
  );
});

it('changes one setting, and leaves the best of one unsaid', () => {
  const before = { steps: 4, tokenGuidance: 1, textGuidance: 4, temperature: 0.4, topK: 50 };
  expect(withSetting(before, 'steps', 9)).toEqual({ ...before, steps: 9 });
  const several = withSetting(before, 'bestOf', 3);
  expect(several).toEqual({ ...before, bestOf: 3 });
  expect(withSetting(several, 'bestOf', 1)).toStrictEqual(before);
  expect(editSettings(several)).toStrictEqual(before);
  expect(withSettings(several, { bestOf: 1, topP: 0.9, topK: undefined })).toStrictEqual({ ...before, topP: 0.9 });
  const planning = { languageModel: { templates: { editPlan: [], editFromPlan: [] } } } as unknown as PackManifest;
  expect(settingsForEdit(several, planning)).toStrictEqual(several);
  expect(settingsForEdit(several, null)).toStrictEqual(before);
});

it('recognises a preset by its values, and nothing else as one', () => {
  assert(
    property(manifests, constantFrom(...presetNames), (manifest, name) => {
      const settings = presetSettings(manifest, name);
      const recognised = presetOf(settings, manifest);
      expect(recognised).not.toBeNull();
      expect(presetSettings(manifest, recognised!)).toEqual(settings);
      expect(presetOf({ ...settings, topK: settings.topK + 1 }, manifest)).toBeNull();
    }),
  );
});

it('says what the shipped kind of pack gets', () => {
  const manifest = {
    diffusion: { defaultSteps: 16, defaultGuidance: 1.5 },
    languageModel: {
      defaults: { temperature: 0.4, topK: 50, guidance: 4, maxTextTokens: 80 },
      templates: { textToImage: [], caption: [] },
    },
  } as unknown as PackManifest;
  const shared = { textGuidance: 4, temperature: 0.4, topK: 50 };
  expect(presetSettings(manifest, 'fast')).toEqual({ ...shared, steps: 4, tokenGuidance: 1 });
  expect(presetSettings(manifest, 'balanced')).toEqual({ ...shared, steps: 16, tokenGuidance: 1.5 });
  expect(presetSettings(manifest, 'best')).toEqual({ ...shared, steps: 16, tokenGuidance: 1.5, bestOf: 4 });
  expect(presetSettings(null, 'balanced').steps).toBe(16);
});

it('offers nothing that cannot be run', () => {
  for (const name of settingNames) {
    expect(settingTable[name].offered.smallest).toBeGreaterThanOrEqual(settingTable[name].accepted.smallest);
    expect(settingTable[name].offered.largest).toBeLessThanOrEqual(settingTable[name].accepted.largest);
  }
});
