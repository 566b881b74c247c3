/**
 * Settings of a run: what a pack's maker recommends, how far each may go, and three named sets. Pure.
 *
 * Balanced is the pack's own recommendation. Fast and Best are what the pack states; where it states none, they differ from
 * Balanced only where time goes: Fast in the steps of the diffusion decoder and its guidance, which evaluates the decoder twice
 * a step; Best in how many candidates the model may choose from, or in steps for a pack that cannot read what it wrote.
 */
import type { GenerationSettings } from './document.js';
import { writesPlan, type PackManifest } from './pack.js';

/** What the window offers; steps of sliders and decimals of number fields follow `step`. */
export const settingLimits = {
  steps: { smallest: 1, largest: 64, step: 1 },
  textGuidance: { smallest: 1, largest: 10, step: 0.1 },
  tokenGuidance: { smallest: 1, largest: 6, step: 0.1 },
  temperature: { smallest: 0, largest: 2, step: 0.05 },
  topK: { smallest: 0, largest: 500, step: 1 },
  candidates: { smallest: 1, largest: 8, step: 1 },
} as const satisfies Record<keyof GenerationSettings, { smallest: number; largest: number; step: number }>;

/** What can be run: recipes from the command line and from files may go further than the sliders. */
export const acceptedSettings = {
  steps: { smallest: 1, largest: 200 },
  textGuidance: { smallest: 0, largest: 20 },
  tokenGuidance: { smallest: 0, largest: 20 },
  temperature: { smallest: 0, largest: 10 },
  topK: { smallest: 0, largest: 1_000_000 },
  candidates: { smallest: 1, largest: 8 },
} as const satisfies Record<keyof GenerationSettings, { smallest: number; largest: number }>;

export const settingNames = ['steps', 'textGuidance', 'tokenGuidance', 'temperature', 'topK', 'candidates'] as const;

/** An absent number of candidates is 1. */
export function settingOf(settings: GenerationSettings, name: keyof GenerationSettings): number {
  return settings[name] ?? 1;
}

/** With one value changed; a single candidate is left unsaid. */
export function withSetting(
  settings: GenerationSettings,
  name: keyof GenerationSettings,
  value: number,
): GenerationSettings {
  return name === 'candidates' ? withCandidates(settings, value) : { ...settings, [name]: value };
}

/** Of an edit, which has nothing to choose candidates by unless its pack plans edits. */
export function editSettings(
  settings: GenerationSettings,
  manifest: PackRecommendation | null = null,
): GenerationSettings {
  return withCandidates(settings, writesPlan(manifest, 'edit') ? settingOf(settings, 'candidates') : 1);
}

function withCandidates(
  { candidates: _before, ...others }: GenerationSettings,
  candidates: number,
): GenerationSettings {
  return candidates === 1 ? others : { ...others, candidates };
}

export const presetNames = ['fast', 'balanced', 'best'] as const;
export type PresetName = (typeof presetNames)[number];

/** Of a manifest, only what settings depend on. */
export type PackRecommendation = Pick<PackManifest, 'diffusion' | 'languageModel' | 'presets'>;

/** Candidates of Best where the pack does not say. */
const usualCandidates = 4;

/** What the pack's own card recommends; without a pack, values any pack can run. */
export function packDefaults(manifest: PackRecommendation | null): GenerationSettings {
  const language = manifest?.languageModel?.defaults;
  return {
    steps: manifest?.diffusion.defaultSteps ?? 16,
    tokenGuidance: manifest?.diffusion.defaultGuidance ?? 1,
    textGuidance: language?.guidance ?? 1,
    temperature: language?.temperature ?? 1,
    topK: language?.topK ?? 0,
  };
}

/** What the pack states for the preset, else what is derived from its recommendation. */
export function presetSettings(manifest: PackRecommendation | null, name: PresetName): GenerationSettings {
  const defaults = packDefaults(manifest);
  if (name === 'balanced') return defaults;
  const stated = manifest?.presets?.[name];
  if (stated !== undefined) {
    return withCandidates({ ...defaults, ...stated }, stated.candidates ?? 1);
  }
  if (name === 'fast') return { ...defaults, steps: Math.max(1, Math.round(defaults.steps / 4)), tokenGuidance: 1 };
  if (canChoose(manifest)) return withCandidates(defaults, usualCandidates);
  // A pack that recommends more than the limit keeps what it recommends.
  return { ...defaults, steps: Math.max(defaults.steps, Math.min(settingLimits.steps.largest, defaults.steps * 3)) };
}

/** Whether the pack can draw from words and read the words in what it drew. */
export function canChoose(manifest: PackRecommendation | null): boolean {
  const templates = manifest?.languageModel?.templates;
  return templates?.textToImage !== undefined && templates.caption !== undefined;
}

/** The preset whose settings these are, null for any other; balanced where presets coincide. */
export function presetOf(settings: GenerationSettings, manifest: PackRecommendation | null): PresetName | null {
  const candidates = ['balanced', 'fast', 'best'] as const;
  return candidates.find((name) => sameSettings(settings, presetSettings(manifest, name))) ?? null;
}

function sameSettings(one: GenerationSettings, other: GenerationSettings): boolean {
  return settingNames.every((name) => settingOf(one, name) === settingOf(other, name));
}
