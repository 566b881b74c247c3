/**
 * Settings of a run: what a pack's maker recommends, how far each may go, and three named sets derived from the two. Pure.
 *
 * The presets differ only where time goes without changing what the words mean: the steps of the diffusion decoder and its
 * guidance, which evaluates the decoder twice a step. How tokens are chosen stays what the pack was measured with.
 */
import type { GenerationSettings } from './document.js';
import type { PackManifest } from './pack.js';

/** What the window offers; steps of sliders and decimals of number fields follow `step`. */
export const settingLimits = {
  steps: { smallest: 1, largest: 64, step: 1 },
  textGuidance: { smallest: 1, largest: 10, step: 0.1 },
  tokenGuidance: { smallest: 1, largest: 6, step: 0.1 },
  temperature: { smallest: 0, largest: 2, step: 0.05 },
  topK: { smallest: 0, largest: 500, step: 1 },
} as const satisfies Record<keyof GenerationSettings, { smallest: number; largest: number; step: number }>;

/** What can be run: recipes from the command line and from files may go further than the sliders. */
export const acceptedSettings = {
  steps: { smallest: 1, largest: 200 },
  textGuidance: { smallest: 0, largest: 20 },
  tokenGuidance: { smallest: 0, largest: 20 },
  temperature: { smallest: 0, largest: 10 },
  topK: { smallest: 0, largest: 1_000_000 },
} as const satisfies Record<keyof GenerationSettings, { smallest: number; largest: number }>;

export const settingNames = ['steps', 'textGuidance', 'tokenGuidance', 'temperature', 'topK'] as const;

export const presetNames = ['fast', 'balanced', 'best'] as const;
export type PresetName = (typeof presetNames)[number];

/** Of a manifest, only what settings depend on. */
export type PackRecommendation = Pick<PackManifest, 'diffusion' | 'languageModel'>;

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

/** Balanced is the pack's own recommendation; fast takes a quarter of its steps unguided, best three times its steps. */
export function presetSettings(manifest: PackRecommendation | null, name: PresetName): GenerationSettings {
  const defaults = packDefaults(manifest);
  switch (name) {
    case 'fast':
      return { ...defaults, steps: Math.max(1, Math.round(defaults.steps / 4)), tokenGuidance: 1 };
    case 'balanced':
      return defaults;
    case 'best':
      // A pack that recommends more than the limit keeps what it recommends.
      return {
        ...defaults,
        steps: Math.max(defaults.steps, Math.min(settingLimits.steps.largest, defaults.steps * 3)),
      };
  }
}

/** The preset whose settings these are, null for any other; balanced where presets coincide. */
export function presetOf(settings: GenerationSettings, manifest: PackRecommendation | null): PresetName | null {
  const candidates = ['balanced', 'fast', 'best'] as const;
  return candidates.find((name) => sameSettings(settings, presetSettings(manifest, name))) ?? null;
}

function sameSettings(one: GenerationSettings, other: GenerationSettings): boolean {
  return settingNames.every((name) => one[name] === other[name]);
}
