import { InvalidArgumentError, Option, type Command } from 'commander';
import { seedLimits, textLimits, variationLimits, type Range } from '../../shared/limits.js';
import { serverAddress } from '../engine/remote/address.js';
import { presetNames, presetSettings, type PackRecommendation, type PresetName } from '../../shared/jobs/presets.js';
import {
  isWholeSetting,
  settingNames,
  settingTable,
  withSetting,
  type GenerationSettings,
  type SettingName,
} from '../../shared/jobs/settings.js';
import type { TokenRange } from '../../shared/tokens/tokens.js';

/** Options every command has. */
export interface CommonOptions {
  json: boolean;
  verbose: boolean;
  force: boolean;
}

export interface EngineOptions extends CommonOptions {
  pack?: string;
  provider?: string;
  threads?: number;
  remote?: string[];
}

export type SamplingOptions = SettingOptions & { variations: number };

/** `text-guidance` of the command line is `textGuidance` in its options, as commander has it. */
type OptionOf<Flag extends string> = Flag extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Rest>}` : Flag;

export type SettingOptions = { seed: number; preset?: PresetName } & {
  [Name in SettingName as OptionOf<(typeof settingTable)[Name]['flag']>]?: number;
};

export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON lines: progress events, then the result', false)
    .option('--verbose', 'with an error, print its details too', false)
    .option('--force', 'write over a file that the command reads', false);
}

export function withEngineOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('--pack <id or folder>', 'model pack to use (default: the one the studio uses)')
    .option(
      '--provider <name>',
      'only this execution provider: cuda, dml, coreml, webgpu or cpu; cuda:1 is its second device',
    )
    .option('--threads <n>', 'threads of the engine on the CPU', whole({ smallest: 1, largest: 256 }))
    .addOption(remoteOption());
}

/** A token would stand in the list of processes and in the shell's history, so it has no option. */
export function remoteOption(): Option {
  return new Option(
    '--remote <url>',
    'run encoder, decoder and VAE on this KServe v2 server (Triton); again for each further one; tokens: docs/remote.md',
  ).argParser(remoteServer);
}

function remoteServer(written: string, before: string[] = []): string[] {
  try {
    return [...before, serverAddress(written)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

export function withSamplingOptions(command: Command): Command {
  return withSettingOptions(command).option(
    '--variations <n>',
    'how many pictures; the seed of each next one is 1 more',
    whole(variationLimits),
    1,
  );
}

/** What one picture is made with, but for `--best-of`: not every command can choose. */
export function withSettingOptions(command: Command): Command {
  command
    .addOption(seedOption('seed of the picture'))
    .addOption(
      new Option('--preset <name>', 'what the pack states; fast: fewer steps, best: the best of several').choices(
        presetNames,
      ),
    );
  for (const name of settingNames) if (name !== 'bestOf') command.addOption(settingOption(name));
  return command;
}

export function seedOption(description: string, usual = 7): Option {
  return new Option('--seed <n>', description).argParser(whole(seedLimits)).default(usual);
}

export function settingOption(name: SettingName, flag: string = settingTable[name].flag): Option {
  const { placeholder, help, accepted } = settingTable[name];
  return new Option(`--${flag} ${placeholder}`, help).argParser(
    isWholeSetting(name) ? whole(accepted) : number(accepted),
  );
}

export function stepsOption(): Option {
  return settingOption('steps');
}

/** `--best-of`, and what it was called before, for scripts that still say so. */
export function withBestOf(command: Command): Command {
  const former = settingOption('bestOf', 'candidates').hideHelp();
  const option = settingOption('bestOf');
  former.attributeName = () => option.attributeName();
  return command.addOption(option).addOption(former);
}

/** What was not said is what the preset says, or what the pack's maker found best. */
export function generationSettings(
  options: SettingOptions | SamplingOptions,
  manifest: PackRecommendation,
): GenerationSettings {
  const said = options as Record<string, unknown>;
  return settingNames.reduce(
    (settings, name) => {
      const value = said[settingOption(name).attributeName()];
      return typeof value === 'number' ? withSetting(settings, name, value) : settings;
    },
    presetSettings(manifest, options.preset ?? 'balanced'),
  );
}

export function whole({ smallest, largest }: Range): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${smallest} to ${largest}.`);
  };
}

/** What to draw, what to change, what to ask. */
export function promptText(text: string): string {
  if (text.length <= textLimits.prompt) return text;
  throw new InvalidArgumentError(`It has ${text.length} characters; the most is ${textLimits.prompt}.`);
}

/** `7` or `3-9`, collected over repetitions. */
export function tokenRange(text: string, previous: TokenRange[] = []): TokenRange[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match !== null && from <= to) return [...previous, { from, to }];
  throw new InvalidArgumentError('It must be a token such as 7 or a run such as 3-9, its lower end first.');
}

export function number({ smallest, largest }: Range): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(`It must be a number from ${smallest} to ${largest}.`);
  };
}
