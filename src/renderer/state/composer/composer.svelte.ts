import type { GenerationSettings } from '../../../shared/document.js';
import type { PackSummary } from '../../../shared/pack.js';
import {
  acceptedSettings,
  canChoose,
  packDefaults,
  presetNames,
  presetOf,
  presetSettings,
  settingNames,
  settingOf,
  withSetting,
  type PresetName,
} from '../../../shared/presets.js';
import { isSeed, largestAskedSeed } from '../../../shared/seeds.js';
import { recall, remember } from '../studio/preferences.js';

export type ComposerTask = 'generate' | 'describe' | 'ask' | 'edit';

export const variationLimits = { smallest: 1, largest: 16 } as const;
/** Of what is asked for; other programs draw with more than 32 bits. */
export const largestSeed = largestAskedSeed;
const historyKept = 50;

export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** The newest first, each text once. */
export function withHistory(history: readonly string[], text: string): string[] {
  return [text, ...history.filter((past) => past !== text)].slice(0, historyKept);
}

/** What the person is about to run; survives a reload. */
export class ComposerState {
  task = $state<ComposerTask>('generate');
  prompt = $state(recall('prompt', '', isText));
  instruction = $state('');
  question = $state('');
  variations = $state(recall('variations', 1, isVariations));
  seed = $state(recall('seed', randomSeed(), isSeed));
  seedLocked = $state(recall('seed-locked', false, isBoolean));
  /** By name, so that another pack brings its own; `custom`: the pack's defaults with `overrides`. */
  preset = $state<PresetName | 'custom'>(recall('preset', initialPreset(), isPreset));
  /** The person's own settings, as far as they differ from the pack's defaults; kept while a preset is chosen. */
  overrides = $state.raw<Partial<GenerationSettings>>(recall('settings', {}, isOverrides));
  history = $state.raw<string[]>(recall('history', [], isTextList));

  settingsFor(pack: PackSummary | null): GenerationSettings {
    const manifest = pack?.manifest ?? null;
    if (this.preset !== 'custom') return presetSettings(manifest, this.preset);
    const own = { ...packDefaults(manifest), ...this.overrides };
    return canChoose(manifest) ? own : withSetting(own, 'candidates', 1);
  }

  choosePreset(preset: PresetName | 'custom'): void {
    this.preset = preset;
    remember('preset', preset);
  }

  setSetting(name: keyof GenerationSettings, value: number, pack: PackSummary | null): void {
    this.setSettings(withSetting(this.settingsFor(pack), name, value), pack);
  }

  /** Values that are a preset's choose that preset; others become the person's own. */
  setSettings(settings: GenerationSettings, pack: PackSummary | null): void {
    const manifest = pack?.manifest ?? null;
    const preset = presetOf(settings, manifest);
    if (preset !== null) return this.choosePreset(preset);
    const defaults = packDefaults(manifest);
    const changed = settingNames.filter((name) => settingOf(settings, name) !== settingOf(defaults, name));
    this.overrides = Object.fromEntries(changed.map((name) => [name, settingOf(settings, name)]));
    remember('settings', this.overrides);
    this.choosePreset('custom');
  }

  /** The pack's own settings; what the person had chosen is forgotten. */
  resetSettings(): void {
    this.overrides = {};
    remember('settings', {});
    this.choosePreset('balanced');
  }

  setPrompt(prompt: string): void {
    this.prompt = prompt;
    remember('prompt', prompt);
  }

  setVariations(count: number): void {
    this.variations = Math.min(variationLimits.largest, Math.max(variationLimits.smallest, Math.round(count)));
    remember('variations', this.variations);
  }

  setSeed(seed: number): void {
    this.seed = Math.min(largestSeed, Math.max(0, Math.round(seed)));
    remember('seed', this.seed);
  }

  setSeedLocked(locked: boolean): void {
    this.seedLocked = locked;
    remember('seed-locked', locked);
  }

  /** The seed of a run that starts now; an unlocked one is thrown anew first. */
  takeSeed(): number {
    if (!this.seedLocked) this.setSeed(randomSeed());
    return this.seed;
  }

  rememberPrompt(text: string): void {
    this.history = withHistory(this.history, text);
    remember('history', this.history);
  }
}

/** Before presets there were overrides only. */
function initialPreset(): PresetName | 'custom' {
  return Object.keys(recall('settings', {}, isOverrides)).length === 0 ? 'balanced' : 'custom';
}

function isPreset(value: unknown): value is PresetName | 'custom' {
  return value === 'custom' || presetNames.some((name) => name === value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isVariations(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= variationLimits.largest;
}

function isOverrides(value: unknown): value is Partial<GenerationSettings> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([name, setting]) =>
        name in acceptedSettings &&
        typeof setting === 'number' &&
        setting >= acceptedSettings[name as keyof GenerationSettings].smallest &&
        setting <= acceptedSettings[name as keyof GenerationSettings].largest,
    )
  );
}

export const composer = new ComposerState();
