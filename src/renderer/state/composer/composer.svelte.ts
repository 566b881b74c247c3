import { isWholeWithin, nearestWhole, seedLimits, variationLimits } from '../../../shared/limits.js';
import { guidesByTokens, weighsEveryToken, type PackSummary } from '../../../shared/packs/pack.js';
import {
  canChoose,
  packDefaults,
  presetNames,
  presetOf,
  presetSettings,
  type PresetName,
} from '../../../shared/jobs/presets.js';
import {
  settingNames,
  settingOf,
  settingTable,
  withPresentNames,
  withSetting,
  type GenerationSettings,
  type SettingName,
} from '../../../shared/jobs/settings.js';
import { preference, setPreference } from '../studio/preferences.js';

export type ComposerTask = 'generate' | 'describe' | 'ask' | 'edit';

const historyKept = 50;

export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** The newest first, each text once. */
export function withHistory(history: readonly string[], text: string): string[] {
  return [text, ...history.filter((past) => past !== text)].slice(0, historyKept);
}

/** What the person is about to run; survives a reload and a restart. */
export class ComposerState {
  task = $state<ComposerTask>('generate');
  prompt = $state(preference('prompt', '', isText));
  #instruction = $state(preference('instruction', '', isText));
  #question = $state(preference('question', '', isText));
  variations = $state(preference('variations', 1, isVariations));
  seed = $state(preference('seed', randomSeed(), isSeed));
  seedLocked = $state(preference('seed-locked', false, isBoolean));
  /** By name, so that another pack brings its own; `custom`: the pack's defaults with `overrides`. */
  preset = $state<PresetName | 'custom'>(preference('preset', initialPreset(), isPreset));
  /** The person's own settings, as far as they differ from the pack's defaults; kept while a preset is chosen. */
  overrides = $state.raw<Partial<GenerationSettings>>(keptOverrides());
  /** Edits without a mask change only the part they concern. */
  keepsRest = $state(preference('edits-keep-rest', true, isBoolean));
  /** Prompts to come back to, the newest first. */
  favourites = $state.raw<string[]>(preference('favourite-prompts', [], isTextList));
  /** Why `words` could not be run as `task`; said at their field as long as they stand there. */
  problem = $state.raw<{ task: ComposerTask; words: string; text: string } | null>(null);
  history = $state.raw<string[]>(preference('history', [], isTextList));

  /** What stands in the field of a task. */
  wordsOf(task: ComposerTask): string {
    return { generate: this.prompt, edit: this.instruction, ask: this.question, describe: '' }[task];
  }

  /** Null: nothing is known to be wrong with the words of `task`. */
  problemOf(task: ComposerTask): string | null {
    const { problem } = this;
    // Two empty fields hold the same words.
    return problem !== null && problem.task === task && problem.words === this.wordsOf(task) ? problem.text : null;
  }

  settingsFor(pack: PackSummary | null): GenerationSettings {
    const manifest = pack?.manifest ?? null;
    if (this.preset !== 'custom') return presetSettings(manifest, this.preset);
    const own = { ...packDefaults(manifest), ...this.overrides };
    // What was set for another pack, and this one cannot do.
    const possible = {
      ...own,
      ...(guidesByTokens(manifest) ? {} : { tokenGuidance: 1 }),
      ...(weighsEveryToken(manifest) ? {} : { textGuidance: 1 }),
    };
    return canChoose(manifest) ? possible : withSetting(possible, 'bestOf', 1);
  }

  choosePreset(preset: PresetName | 'custom'): void {
    this.preset = preset;
    setPreference('preset', preset);
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
    setPreference('settings', this.overrides);
    this.choosePreset('custom');
  }

  /** The pack's own settings; what the person had chosen is forgotten. */
  resetSettings(): void {
    this.overrides = {};
    setPreference('settings', {});
    this.choosePreset('balanced');
  }

  /** Kept, or kept no longer. */
  toggleFavourite(prompt: string): void {
    const { favourites } = this;
    this.favourites = favourites.includes(prompt)
      ? favourites.filter((one) => one !== prompt)
      : withHistory(favourites, prompt);
    setPreference('favourite-prompts', this.favourites);
  }

  setPrompt(prompt: string): void {
    this.prompt = prompt;
    setPreference('prompt', prompt);
  }

  get instruction(): string {
    return this.#instruction;
  }

  set instruction(instruction: string) {
    this.#instruction = instruction;
    setPreference('instruction', instruction);
  }

  get question(): string {
    return this.#question;
  }

  set question(question: string) {
    this.#question = question;
    setPreference('question', question);
  }

  setVariations(count: number): void {
    this.variations = nearestWhole(count, variationLimits);
    setPreference('variations', this.variations);
  }

  setSeed(seed: number): void {
    this.seed = nearestWhole(seed, seedLimits);
    setPreference('seed', this.seed);
  }

  setSeedLocked(locked: boolean): void {
    this.seedLocked = locked;
    setPreference('seed-locked', locked);
  }

  setKeepsRest(keeps: boolean): void {
    this.keepsRest = keeps;
    setPreference('edits-keep-rest', keeps);
  }

  /** The seed of a run that starts now; an unlocked one is thrown anew first. */
  takeSeed(): number {
    if (!this.seedLocked) this.setSeed(randomSeed());
    return this.seed;
  }

  addToHistory(text: string): void {
    this.history = withHistory(this.history, text);
    setPreference('history', this.history);
  }
}

/** Before presets there were overrides only. */
function initialPreset(): PresetName | 'custom' {
  return Object.keys(keptOverrides()).length === 0 ? 'balanced' : 'custom';
}

function keptOverrides(): Partial<GenerationSettings> {
  return preference('settings', {}, isOverrides, withPresentNames);
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

function isSeed(value: unknown): value is number {
  return isWholeWithin(value, seedLimits);
}

function isVariations(value: unknown): value is number {
  return isWholeWithin(value, variationLimits);
}

function isOverrides(value: unknown): value is Partial<GenerationSettings> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([name, setting]) =>
        name in settingTable &&
        typeof setting === 'number' &&
        setting >= settingTable[name as SettingName].accepted.smallest &&
        setting <= settingTable[name as SettingName].accepted.largest,
    )
  );
}

export const composer = new ComposerState();
