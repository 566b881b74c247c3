/**
 * Settings of a run: what a pack's maker recommends, and three named sets. Pure.
 *
 * Balanced is the pack's own recommendation. Fast and Best are what the pack states; where it states none, they differ from
 * Balanced only where time goes: Fast in the steps of the diffusion decoder and its guidance, which evaluates the decoder twice
 * a step; Best in how many token sequences the best is kept of, or in steps for a pack that cannot read what it wrote.
 */
import { weighsEveryToken, writesPlan, type PackManifest } from '../packs/pack.js';
import {
  editSettings,
  settingNames,
  settingOf,
  settingTable,
  withSetting,
  withSettings,
  type GenerationSettings,
} from './settings.js';

export const presetNames = ['fast', 'balanced', 'best'] as const;
export type PresetName = (typeof presetNames)[number];

/** Of a manifest, only what settings depend on. */
export type PackRecommendation = Pick<PackManifest, 'diffusion' | 'languageModel' | 'presets'>;

/** Of Best, where the pack does not say. */
const usualBestOf = 4;

/** What the pack's own card recommends; without a pack, values any pack can run. */
export function packDefaults(manifest: PackRecommendation | null): GenerationSettings {
  const language = manifest?.languageModel?.defaults;
  const always = {
    steps: manifest?.diffusion.defaultSteps ?? 16,
    tokenGuidance: manifest?.diffusion.defaultGuidance ?? 1,
    textGuidance: language?.guidance ?? 1,
    temperature: language?.temperature ?? 1,
    topK: language?.topK ?? 0,
  };
  return withSettings(always, { topP: language?.topP });
}

/** What the pack states for the preset, else what is derived from its recommendation. */
export function presetSettings(manifest: PackRecommendation | null, name: PresetName): GenerationSettings {
  const defaults = packDefaults(manifest);
  if (name === 'balanced') return defaults;
  const stated = manifest?.presets?.[name];
  if (stated !== undefined) return withSettings(defaults, stated);
  if (name === 'fast') return { ...defaults, steps: Math.max(1, Math.round(defaults.steps / 4)), tokenGuidance: 1 };
  if (canChoose(manifest)) return withSetting(defaults, 'bestOf', usualBestOf);
  // A pack that recommends more than the limit keeps what it recommends.
  return {
    ...defaults,
    steps: Math.max(defaults.steps, Math.min(settingTable.steps.offered.largest, defaults.steps * 3)),
  };
}

/** Whether the pack can draw from words and read the words in what it drew. */
export function canChoose(manifest: PackRecommendation | null): boolean {
  const templates = manifest?.languageModel?.templates;
  return templates?.textToImage !== undefined && templates.caption !== undefined && weighsEveryToken(manifest);
}

/** What an edit may keep of the settings: a pack that plans edits can choose the best by the plan. */
export function settingsForEdit(settings: GenerationSettings, manifest: PackRecommendation | null): GenerationSettings {
  return writesPlan(manifest, 'edit') ? settings : editSettings(settings);
}

/** The preset whose settings these are, null for any other; balanced where presets coincide. */
export function presetOf(settings: GenerationSettings, manifest: PackRecommendation | null): PresetName | null {
  const inOrder = ['balanced', 'fast', 'best'] as const;
  return inOrder.find((name) => sameSettings(settings, presetSettings(manifest, name))) ?? null;
}

function sameSettings(one: GenerationSettings, other: GenerationSettings): boolean {
  return settingNames.every((name) => settingOf(one, name) === settingOf(other, name));
}
