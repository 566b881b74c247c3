/**
 * The settings a picture is made with, each described once. Its type, what may be run, the slider, the option of the command line, the
 * side of a grid and the words for it all follow from its entry here. Pure.
 */
import type { Range } from '../limits.js';

interface SettingDescription {
  /** Which tokens are written depends on it, or only how they are restored to pixels. */
  part: 'writing' | 'restoring';
  /** What can be run; recipes from the command line and from files may go further than the sliders. */
  accepted: Range;
  /** What the window offers; from a step of 1 on only whole numbers mean something. */
  offered: Range & { step: number };
  label: string;
  hint: string;
  /** `--flag <placeholder>` of the command line, and what its help says. */
  flag: string;
  placeholder: '<n>' | '<x>';
  help: string;
  /** Values along the side of a grid: an example for a person, and what stands there at first. */
  gridExample: string;
  gridValues: string;
  /** In a sentence: `16 steps`. */
  phrase: (value: number) => string;
  /** Beside its label. */
  show: (value: number) => string;
  /** What it is where it is left out; a setting without this is always said. */
  absent?: number;
}

export const settingTable = {
  steps: {
    part: 'restoring',
    accepted: { smallest: 1, largest: 200 },
    offered: { smallest: 1, largest: 64, step: 1 },
    label: 'Steps',
    hint: 'Denoising steps of the diffusion decoder: more is finer and slower',
    flag: 'steps',
    placeholder: '<n>',
    help: 'Euler steps of the decoder (default: what the pack states)',
    gridExample: '1, 4, 16 or 4..32 step 4',
    gridValues: '1, 4, 16',
    phrase: (value) => `${value} steps`,
    show: String,
  },
  /** Classifier-free guidance of the language model towards the text, 1 = off. */
  textGuidance: {
    part: 'writing',
    accepted: { smallest: 0, largest: 30 },
    offered: { smallest: 1, largest: 10, step: 0.1 },
    label: 'Text guidance',
    hint: 'How strictly the tokens follow the words; 1 is off',
    flag: 'text-guidance',
    placeholder: '<x>',
    help: 'guidance of the language model towards the text, 1 = off',
    gridExample: '1, 2, 4 or 1..8 step 1.5',
    gridValues: '1, 2, 4, 8',
    phrase: (value) => `text guidance ${value}`,
    show: (value) => value.toFixed(1),
  },
  /** Classifier-free guidance of the decoder towards its tokens, 1 = off. */
  tokenGuidance: {
    part: 'restoring',
    accepted: { smallest: 0, largest: 30 },
    offered: { smallest: 1, largest: 6, step: 0.1 },
    label: 'Token guidance',
    hint: 'How strictly the pixels follow the tokens; 1 is off',
    flag: 'guidance',
    placeholder: '<x>',
    help: 'guidance of the decoder towards its tokens, 1 = off',
    gridExample: '1, 1.5, 2',
    gridValues: '1, 1.5, 2',
    phrase: (value) => `token guidance ${value}`,
    show: (value) => value.toFixed(1),
  },
  temperature: {
    part: 'writing',
    accepted: { smallest: 0, largest: 10 },
    offered: { smallest: 0, largest: 2, step: 0.05 },
    label: 'Temperature',
    hint: 'Higher is bolder, 0 always takes the likeliest token',
    flag: 'temperature',
    placeholder: '<x>',
    help: 'spread of the choice of tokens, 0 = always the likeliest',
    gridExample: '0, 0.5, 1 or 0..1 step 0.25',
    gridValues: '0, 0.5, 1',
    phrase: (value) => `temperature ${value}`,
    show: (value) => value.toFixed(2),
  },
  topK: {
    part: 'writing',
    accepted: { smallest: 0, largest: 1_000_000 },
    offered: { smallest: 0, largest: 500, step: 1 },
    label: 'Top-k',
    hint: 'Choose among this many likeliest tokens; 0 is all',
    flag: 'top-k',
    placeholder: '<n>',
    help: 'choose among the n likeliest tokens, 0 = no limit',
    gridExample: '1, 10, 50; 0 is all',
    gridValues: '1, 10, 50, 0',
    phrase: (value) => `top-k ${value}`,
    show: (value) => (value === 0 ? 'all' : String(value)),
  },
  topP: {
    part: 'writing',
    accepted: { smallest: 0, largest: 1 },
    offered: { smallest: 0.01, largest: 1, step: 0.01 },
    label: 'Top-p',
    hint: 'Choose among the likeliest tokens that together have this probability; 1 is all',
    flag: 'top-p',
    placeholder: '<x>',
    help: 'choose among the likeliest tokens that together reach the probability x, 1 = no limit',
    gridExample: '0.5, 0.9, 1; 1 is all',
    gridValues: '0.5, 0.9, 1',
    phrase: (value) => `top-p ${value}`,
    show: (value) => (value === 1 ? 'all' : value.toFixed(2)),
    absent: 1,
  },
  /**
   * Token sequences written for each picture; the one is restored in which the language model itself best reads its plan again, or,
   * drawn straight from words, the words. Edits without a plan have no such reading and write one.
   */
  bestOf: {
    part: 'writing',
    accepted: { smallest: 1, largest: 8 },
    offered: { smallest: 1, largest: 8, step: 1 },
    label: 'Best of',
    hint: 'Writes every picture so many times and keeps the one in which the model best reads its plan or your words again',
    flag: 'best-of',
    placeholder: '<n>',
    help: 'write each picture n times and keep the one in which the model best reads its plan or its words again',
    gridExample: '1, 2, 4, 8',
    gridValues: '1, 4',
    phrase: (value) => `best of ${value}`,
    show: String,
    absent: 1,
  },
} as const satisfies Record<string, SettingDescription>;

type SettingTable = typeof settingTable;
export type SettingName = keyof SettingTable;
type Unsaid = { [Name in SettingName]: SettingTable[Name] extends { absent: number } ? Name : never }[SettingName];

export type GenerationSettings = { [Name in Exclude<SettingName, Unsaid>]: number } & { [Name in Unsaid]?: number };

/** What settings were called before: projects, records, packs, preferences and scripts of then say so. */
export const formerSettingNames = { candidates: 'bestOf' } as const satisfies Record<string, SettingName>;

/** The present name of a setting; anything else as it is. */
export function presentName(name: unknown): unknown {
  return isFormerName(name) ? formerSettingNames[name] : name;
}

/** Some settings by their present names, which count where both stand; anything else as it is. */
export function withPresentNames(settings: unknown): unknown {
  if (typeof settings !== 'object' || settings === null) return settings;
  const said = Object.entries(settings);
  const former = said.filter(([name]) => isFormerName(name));
  if (former.length === 0) return settings;
  const present = said.filter(([name]) => !isFormerName(name));
  return Object.fromEntries([...former.map(([name, value]) => [presentName(name), value]), ...present]);
}

function isFormerName(name: unknown): name is keyof typeof formerSettingNames {
  return typeof name === 'string' && Object.hasOwn(formerSettingNames, name);
}

/** In the order they are shown. */
export const settingNames = Object.keys(settingTable) as SettingName[];

/** The description of a setting, whichever it is. */
export function describedSetting(name: SettingName): SettingDescription {
  return settingTable[name];
}

export function isWholeSetting(name: SettingName): boolean {
  return settingTable[name].offered.step >= 1;
}

/** One that is left out has the value that stands for its absence. */
export function settingOf(settings: GenerationSettings, name: SettingName): number {
  return settings[name] ?? describedSetting(name).absent ?? Number.NaN;
}

/** With one value changed; a value that goes without saying is left out. */
export function withSetting(settings: GenerationSettings, name: SettingName, value: number): GenerationSettings {
  const others = Object.entries(settings).filter(([other]) => other !== name);
  const changed = value === describedSetting(name).absent ? [] : [[name, value]];
  return Object.fromEntries([...others, ...changed]) as unknown as GenerationSettings;
}

/** With every value changed that is said. */
export function withSettings(
  settings: GenerationSettings,
  said: { readonly [Name in SettingName]?: number | undefined },
): GenerationSettings {
  return settingNames.reduce((changed, name) => {
    const value = said[name];
    return value === undefined ? changed : withSetting(changed, name, value);
  }, settings);
}

/** Of an edit that nothing could be chosen by. */
export function editSettings(settings: GenerationSettings): GenerationSettings {
  return withSetting(settings, 'bestOf', 1);
}

/** Label and value of each that is said, for lists. */
export function settingFacts(settings: GenerationSettings): [label: string, value: string][] {
  return settingNames.flatMap((name): [string, string][] => {
    const value = settings[name];
    return value === undefined ? [] : [[settingTable[name].label, settingTable[name].show(value)]];
  });
}
