import { largestAskedSeed } from '../../shared/seeds.js';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { GenerationSettings } from '../../shared/document.js';
import {
  acceptedSettings,
  presetNames,
  presetSettings,
  withSetting,
  type PackRecommendation,
  type PresetName,
} from '../../shared/presets.js';
import type { TokenRange } from '../../shared/tokens.js';

/** Options every command has. */
export interface CommonOptions {
  json: boolean;
  verbose: boolean;
}

export interface EngineOptions extends CommonOptions {
  pack?: string;
  provider?: string;
  threads?: number;
}

export interface SamplingOptions extends SettingOptions {
  variations: number;
}

export interface SettingOptions {
  seed: number;
  preset?: PresetName;
  steps?: number;
  guidance?: number;
  textGuidance?: number;
  temperature?: number;
  topK?: number;
  candidates?: number;
}

export const limits = {
  seed: { minimum: 0, maximum: largestAskedSeed },
  variations: { minimum: 1, maximum: 16 },
  steps: { minimum: 1, maximum: 200 },
} as const;

export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON lines: progress events, then the result', false)
    .option('--verbose', 'with an error, print its details too', false);
}

export function withEngineOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('--pack <id or folder>', 'model pack to use (default: the one the studio uses)')
    .option('--provider <name>', 'only this execution provider: cuda, dml, coreml, webgpu or cpu')
    .option('--threads <n>', 'threads of the engine on the CPU', whole(1, 256));
}

export function withSamplingOptions(command: Command): Command {
  return withSettingOptions(command).option(
    '--variations <n>',
    'how many pictures; the seed of each next one is 1 more',
    whole(limits.variations.minimum, limits.variations.maximum),
    1,
  );
}

/** What one picture is made with. */
export function withSettingOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of the picture', whole(limits.seed.minimum, limits.seed.maximum), 7)
    .addOption(
      new Option(
        '--preset <name>',
        'what the pack states; fast: fewer steps, best: chosen from more candidates',
      ).choices(presetNames),
    )
    .addOption(stepsOption())
    .option('--guidance <x>', 'guidance of the decoder towards its tokens, 1 = off', number(0, 30))
    .option('--text-guidance <x>', 'guidance of the language model towards the text, 1 = off', number(0, 30))
    .option('--temperature <x>', 'spread of the choice of tokens, 0 = always the likeliest', number(0, 5))
    .option('--top-k <n>', 'choose among the n likeliest tokens, 0 = no limit', whole(0, 1_000_000));
}

export function stepsOption(): Option {
  return new Option('--steps <n>', 'Euler steps of the decoder (default: what the pack states)').argParser(
    whole(limits.steps.minimum, limits.steps.maximum),
  );
}

export function candidatesOption(): Option {
  return new Option(
    '--candidates <n>',
    'write each picture drawn from words n times and keep the one in which the model best reads them again',
  ).argParser(whole(acceptedSettings.candidates.smallest, acceptedSettings.candidates.largest));
}

/** What was not said is what the preset says, or what the pack's maker found best. */
export function generationSettings(
  options: SettingOptions | SamplingOptions,
  manifest: PackRecommendation,
): GenerationSettings {
  const preset = presetSettings(manifest, options.preset ?? 'balanced');
  const settings = {
    steps: options.steps ?? preset.steps,
    tokenGuidance: options.guidance ?? preset.tokenGuidance,
    textGuidance: options.textGuidance ?? preset.textGuidance,
    temperature: options.temperature ?? preset.temperature,
    topK: options.topK ?? preset.topK,
  };
  return withSetting(settings, 'candidates', options.candidates ?? preset.candidates ?? 1);
}

export function whole(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/** `7` or `3-9`, collected over repetitions. */
export function tokenRange(text: string, previous: TokenRange[] = []): TokenRange[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match !== null && from <= to) return [...previous, { from, to }];
  throw new InvalidArgumentError('It must be a token such as 7 or a run such as 3-9, its lower end first.');
}

export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
  };
}
