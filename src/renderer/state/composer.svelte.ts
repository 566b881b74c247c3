import type { GenerationSettings } from '../../shared/document.js';
import type { PackSummary } from '../../shared/pack.js';
import { recall, remember } from './remembered.js';

export type ComposerTask = 'generate' | 'describe' | 'ask' | 'edit';

export const settingLimits = {
  steps: { smallest: 1, largest: 64, step: 1 },
  textGuidance: { smallest: 1, largest: 10, step: 0.1 },
  tokenGuidance: { smallest: 1, largest: 6, step: 0.1 },
  temperature: { smallest: 0, largest: 2, step: 0.05 },
  topK: { smallest: 0, largest: 500, step: 1 },
} as const satisfies Record<keyof GenerationSettings, { smallest: number; largest: number; step: number }>;

export const variationLimits = { smallest: 1, largest: 16 } as const;
/** Seeds are unsigned 32-bit integers. */
export const largestSeed = 0xffff_ffff;
const historyKept = 50;

/** The settings the pack's own card recommends. */
export function packDefaults(pack: PackSummary | null): GenerationSettings {
  const diffusion = pack?.manifest.diffusion;
  const language = pack?.manifest.languageModel?.defaults;
  return {
    steps: diffusion?.defaultSteps ?? 16,
    tokenGuidance: diffusion?.defaultGuidance ?? 1,
    textGuidance: language?.guidance ?? 1,
    temperature: language?.temperature ?? 1,
    topK: language?.topK ?? 0,
  };
}

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
  /** Only what differs from the pack's defaults, so that another pack brings its own. */
  overrides = $state.raw<Partial<GenerationSettings>>(recall('settings', {}, isOverrides));
  history = $state.raw<string[]>(recall('history', [], isTextList));

  settingsFor(pack: PackSummary | null): GenerationSettings {
    return { ...packDefaults(pack), ...this.overrides };
  }

  setSetting(name: keyof GenerationSettings, value: number, pack: PackSummary | null): void {
    const next = { ...this.overrides, [name]: value };
    if (packDefaults(pack)[name] === value) delete next[name];
    this.overrides = next;
    remember('settings', next);
  }

  resetSettings(): void {
    this.overrides = {};
    remember('settings', {});
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
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largestSeed;
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
        name in settingLimits &&
        typeof setting === 'number' &&
        setting >= settingLimits[name as keyof GenerationSettings].smallest &&
        setting <= settingLimits[name as keyof GenerationSettings].largest,
    )
  );
}

export const composer = new ComposerState();
