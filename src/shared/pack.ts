import type { GenerationSettings } from './document.js';
import type { GenerationOrder, TokenSchedule } from './tokens.js';

/** `pack.json`: the contract between training and the studio. `resources/pack.schema.json` is the same contract for both languages. */
export interface PackManifest {
  format: 1;
  name: string;
  version: string;
  license: string;
  description: string;
  /** One side of a comparison of the studies: listed behind the others, so that the studio starts with one of those. */
  purpose?: 'study';
  /** What it can draw, for the composer's card: short lines a person reads. */
  canDraw: string[];
  examples: { prompts: string[]; instructions: string[]; questions: string[] };
  /** Words the training texts contain; anything else is underlined in the composer. Empty: unknown. */
  knownWords: string[];
  image: {
    width: number;
    height: number;
    channels: 3;
    /** The range the graphs use for pixels, e.g. [-1, 1]. */
    range: [number, number];
    space: 'pixels' | 'latents';
    /** Only with `latents`: z = (vae(image) - shift) * scale; shape of one latent [C, h, w]. */
    latent?: { channels: number; width: number; height: number; scale: number; shift: number };
  };
  tokens: {
    count: number;
    codebookSize: number;
    schedule: TokenSchedule;
    generationOrder: GenerationOrder;
    keepFromTrained: boolean;
  };
  diffusion: {
    parameterisation: 'x0' | 'velocity';
    /** Standard deviation of the noise: x_t = (1-t)·x_0 + t·noiseScale·ε. */
    noiseScale: number;
    defaultSteps: number;
    /** t' = shift·t / (1 + (shift-1)·t); 1 = none. */
    timestepShift: number;
    defaultGuidance: number;
  };
  /** Absent: a pack that only encodes and decodes. */
  languageModel?: {
    layers: number;
    keyValueHeads: number;
    headSize: number;
    vocabularySize: number;
    contextLength: number;
    /** Vocabulary id of code 0; code c is `imageTokenOffset + c`. */
    imageTokenOffset: number;
    maxPromptTokens: number;
    specialTokens: { pad: number; begin: number; end: number; beginImage: number; endImage: number } & Record<
      string,
      number
    >;
    /**
     * Sequences as lists: a string names a special token, `{ slot }` is filled with text ids or image ids (in generation order).
     * Generation starts after the last item. Tasks that are absent cannot be done.
     */
    templates: Partial<Record<LanguageTask, TemplateItem[]>>;
    /** The prefix that stands for "no text" under guidance. */
    unconditional: TemplateItem[];
    defaults: { temperature: number; topK: number; guidance: number; maxTextTokens: number };
  };
  /**
   * Settings its maker measured for the window's presets; what is not named is as in `diffusion` and `languageModel.defaults`,
   * which are Balanced. A preset that is absent is derived by the studio.
   */
  presets?: { fast?: PackPreset; best?: PackPreset };
  attributes?: { graph: 'probe'; names: string[]; labels: Record<string, string[]> };
  files: PackFile[];
  graphs: Partial<Record<GraphName, string>>;
  tokenizer?: string;
  golden?: string;
  parameters: Record<string, number>;
  precision: string;
  /** Estimate of resident bytes with every graph open. */
  memory: number;
  provenance: {
    recipe: string;
    data: string;
    seed: number;
    commit: string;
    date: string;
    /** Filled by `npm run eval`. */
    scores: PackScore[];
    evaluation?: string;
  };
}

export type LanguageTask = 'textToImage' | 'caption' | 'edit' | 'question';
export type PackPreset = Partial<GenerationSettings>;
export type TemplateItem = string | { slot: 'text' | 'image' };
export type GraphName = 'encoder' | 'decoder' | 'lm' | 'renderer' | 'probe' | 'vaeEncoder' | 'vaeDecoder';

export interface PackFile {
  path: string;
  bytes: number;
  sha256: string;
}

export interface PackScore {
  measure: string;
  value: number;
  unit: string;
  count: number;
  /** 95 % confidence interval. */
  interval?: [number, number];
}

/** What the window shows of a pack. */
/** A graphics device that can be chosen. */
export interface EngineDevice {
  /** As it is asked for: `cuda:1`. */
  id: string;
  name: string;
}

export interface PackSummary {
  id: string;
  directory: string;
  manifest: Omit<PackManifest, 'files' | 'golden'>;
  bytes: number;
}
