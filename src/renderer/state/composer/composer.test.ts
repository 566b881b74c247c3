import {
  array,
  assert,
  commands,
  constant,
  constantFrom,
  integer,
  modelRun,
  oneof,
  property,
  tuple,
  type Command,
} from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GenerationSettings } from '../../../shared/document/document.js';
import type { PackManifest, PackSummary } from '../../../shared/packs/pack.js';
import { canChoose, packDefaults, presetNames, presetSettings, type PresetName } from '../../../shared/jobs/presets.js';
import { alternativesProblem, countAlternatives } from '../../../shared/grids/prompt-alternatives.js';
import { describedSetting, settingNames, withSetting } from '../../../shared/jobs/settings.js';
import { ComposerState, withHistory } from './composer.svelte.js';

function packOf(defaultSteps: number, defaultGuidance: number, templates: object = {}): PackSummary {
  const manifest = {
    tokens: {},
    diffusion: { defaultSteps, defaultGuidance },
    languageModel: { templates, defaults: { temperature: 0.5, topK: 50, guidance: 4, maxTextTokens: 80 } },
  } as unknown as PackManifest;
  return { id: `${defaultSteps}`, directory: '', bytes: 1, manifest };
}

const packs = [packOf(16, 1), packOf(50, 1.5), packOf(1, 1)];
/** It can draw from words and read them in what it drew. */
const reader = packOf(8, 1, { textToImage: [], caption: [] });

let stored: Map<string, string>;

beforeEach(() => {
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

/** What a person has in mind: the values they see. */
interface Model {
  pack: PackSummary;
  shown: GenerationSettings;
}

type Step = Command<Model, { composer: ComposerState }>;

function step(name: string, act: (model: Model, composer: ComposerState) => void): Step {
  return {
    check: () => true,
    run: (model, real) => {
      act(model, real.composer);
      expect(real.composer.settingsFor(model.pack)).toEqual(model.shown);
      const { preset } = real.composer;
      if (preset !== 'custom') expect(model.shown).toEqual(presetSettings(model.pack.manifest, preset));
      // Whoever changed something and then something else finds the window as it was.
      expect(new ComposerState().settingsFor(model.pack)).toEqual(model.shown);
    },
    toString: () => name,
  };
}

const choices = constantFrom<PresetName>(...presetNames).map((name) =>
  step(name, (model, composer) => {
    composer.choosePreset(name);
    model.shown = presetSettings(model.pack.manifest, name);
  }),
);
/** A pack that cannot read what it wrote has nothing to choose the best by. */
function able({ pack }: Model, name: keyof GenerationSettings): boolean {
  return name !== 'bestOf' || canChoose(pack.manifest);
}

const changes = tuple(constantFrom(...settingNames), integer({ min: 1, max: 8 })).map(([name, eighths]) => {
  const { largest } = describedSetting(name).accepted;
  const value = largest < 8 ? (largest * eighths) / 8 : eighths;
  return step(`${name} = ${value}`, (model, composer) => {
    composer.setSetting(name, value, model.pack);
    model.shown = withSetting(model.shown, name, able(model, name) ? value : 1);
  });
});
const resets = constant(
  step('reset', (model, composer) => {
    composer.resetSettings();
    model.shown = packDefaults(model.pack.manifest);
  }),
);
const returns = constant(
  step('back to custom', (model, composer) => {
    const before = composer.overrides;
    composer.choosePreset('custom');
    const own = { ...packDefaults(model.pack.manifest), ...before };
    model.shown = able(model, 'bestOf') ? own : withSetting(own, 'bestOf', 1);
  }),
);

it('shows what was chosen last, whatever came before, and after a reload', () => {
  assert(
    property(
      constantFrom(...packs, reader),
      commands<Model, { composer: ComposerState }>([choices, changes, resets, returns], { maxCommands: 30 }),
      (pack, steps) => {
        stored.clear();
        modelRun(
          () => ({ model: { pack, shown: packDefaults(pack.manifest) }, real: { composer: new ComposerState() } }),
          steps,
        );
      },
    ),
  );
});

it('keeps a preset by name, so that another pack brings its own values', () => {
  const composer = new ComposerState();
  composer.choosePreset('best');
  expect(packs.map((pack) => composer.settingsFor(pack).steps)).toEqual([48, 64, 3]);
  expect(composer.settingsFor(reader)).toEqual({ ...packDefaults(reader.manifest), bestOf: 4 });
});

it('keeps the person’s own values while a preset is chosen, until they are reset', () => {
  const composer = new ComposerState();
  composer.setSetting('topK', 7, packs[0]!);
  expect(composer.preset).toBe('custom');
  composer.choosePreset('fast');
  composer.choosePreset('custom');
  expect(composer.settingsFor(packs[0]!).topK).toBe(7);
  composer.resetSettings();
  expect(composer).toMatchObject({ preset: 'balanced', overrides: {} });
});

it('asks a pack that cannot choose for no more than one, and the next that can for the best of as many as before', () => {
  const composer = new ComposerState();
  composer.setSetting('bestOf', 3, reader);
  expect(composer.settingsFor(packs[0]!).bestOf).toBeUndefined();
  expect(composer.settingsFor(reader).bestOf).toBe(3);
});

it('guides by tokens only where the decoder was trained without', () => {
  const composer = new ComposerState();
  composer.setSetting('tokenGuidance', 3, packs[0]!);
  const unguided: PackSummary = structuredClone(packs[0]!);
  unguided.manifest.tokens.withoutTokensTrained = false;
  expect(composer.settingsFor(packs[0]!).tokenGuidance).toBe(3);
  expect(composer.settingsFor(unguided).tokenGuidance).toBe(1);
});

it('guides by text only where the language model is at hand', () => {
  const composer = new ComposerState();
  composer.setSetting('textGuidance', 3, packs[0]!);
  const elsewhere: PackSummary = structuredClone(packs[0]!);
  elsewhere.manifest.languageModel!.completions = { model: 'lab/model', logprobs: 20 };
  expect(composer.settingsFor(packs[0]!).textGuidance).toBe(3);
  expect(composer.settingsFor(elsewhere).textGuidance).toBe(1);
});

it('keeps a recipe that goes further than the sliders', () => {
  const settings = { ...packDefaults(packs[0]!.manifest), steps: 200, topK: 5000 };
  new ComposerState().setSettings(settings, packs[0]!);
  expect(new ComposerState().settingsFor(packs[0]!)).toEqual(settings);
});

it('takes over values of before there were presets, and nothing that is out of range', () => {
  stored.set('ddt-studio:settings', '{"steps":20}');
  expect(new ComposerState().settingsFor(packs[0]!).steps).toBe(20);
  stored.set('ddt-studio:settings', '{"steps":2000}');
  expect(new ComposerState()).toMatchObject({ preset: 'balanced', overrides: {} });
  stored.set('ddt-studio:preset', '"finest"');
  expect(new ComposerState().preset).toBe('balanced');
});

it('takes over values that were kept when settings had other names', () => {
  stored.set('ddt-studio:settings', '{"candidates":3}');
  const composer = new ComposerState();
  expect(composer).toMatchObject({ preset: 'custom', overrides: { bestOf: 3 } });
  expect(composer.settingsFor(reader).bestOf).toBe(3);
});

it('keeps each prompt of the history once, the newest first', () => {
  expect(withHistory(['b', 'a'], 'a')).toEqual(['a', 'b']);
  expect(withHistory(Array.from({ length: 60 }, String), 'x')).toHaveLength(50);
  assert(
    property(array(oneof(constantFrom('a', 'b', 'c'), integer().map(String))), (texts) => {
      const history = texts.reduce<string[]>(withHistory, []);
      expect(new Set(history).size).toBe(history.length);
      if (texts.length > 0) expect(history[0]).toBe(texts.at(-1));
    }),
  );
});

it('says what is wrong with words only as long as they stand there', () => {
  const composer = new ComposerState();
  composer.setPrompt('{a|b');
  composer.problem = { task: 'generate', words: '{a|b', text: 'A brace is not closed.' };
  expect(composer.problemOf('generate')).toBe('A brace is not closed.');
  expect(composer.problemOf('edit')).toBeNull();
  composer.setPrompt('{a|b}');
  expect(composer.problemOf('generate')).toBeNull();
});

it('says nothing of an empty prompt at the other fields that are empty too', () => {
  const composer = new ComposerState();
  composer.problem = { task: 'generate', words: '', text: 'There is no prompt yet.' };
  expect(composer.problemOf('generate')).toBe('There is no prompt yet.');
  expect(composer.problemOf('edit')).toBeNull();
  expect(composer.problemOf('ask')).toBeNull();
});

it('keeps favourite prompts, the newest first, until they are none any more', () => {
  const composer = new ComposerState();
  composer.toggleFavourite('a boat');
  composer.toggleFavourite('a house');
  expect(new ComposerState().favourites).toEqual(['a house', 'a boat']);
  composer.toggleFavourite('a boat');
  expect(new ComposerState().favourites).toEqual(['a house']);
});

it('a prompt with thousands of braces in each other is remembered, and named instead of ending the next start', () => {
  const deep = `${'{a|'.repeat(3000)}b${'}'.repeat(3000)}`;
  const before = new ComposerState();
  before.setPrompt(deep);
  before.addToHistory(deep);
  const { prompt, history } = new ComposerState();
  expect([prompt, history]).toEqual([deep, [deep]]);
  // What the composer shows of it as it opens.
  expect(alternativesProblem(prompt)).toMatch(/3000 deep/);
  expect(countAlternatives(prompt)).toBe(1);
});
