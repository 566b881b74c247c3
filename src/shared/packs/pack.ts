import type { GenerationSettings } from '../document/document.js';
import type { GenerationOrder, TokenSchedule } from '../tokens/tokens.js';

/** `pack.json`: the contract between training and the studio. `resources/pack.schema.json` is the same contract for both languages. */
export interface PackManifest {
  /** On disk 1 or 2; format 1 lacks the fields marked with 2, and is read as a 2 without them. */
  format: 2;
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
  /** 2: the names of all classes it draws, each a whole prompt; absent: it reads sentences. */
  classNames?: string[];
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
    /** 2: whether the decoder was trained to draw without any token; absent = it was. Otherwise there is no guidance by tokens. */
    withoutTokensTrained?: boolean;
  };
  diffusion: {
    parameterisation: 'x0' | 'velocity';
    /** Standard deviation of the noise: x_t = (1-t)·x_0 + t·noiseScale·ε. */
    noiseScale: number;
    defaultSteps: number;
    /** t' = shift·t / (1 + (shift-1)·t); 1 = none. */
    timestepShift: number;
    defaultGuidance: number;
    /** 2: how a step is made of x0Hat; absent = `euler`. */
    sampler?: SamplerName;
  };
  /** 2: what one evaluation may be asked for at most, where memory or time forbid more. */
  limits?: {
    /** Rows of a batch of any graph but the language model. */
    rows?: number;
    /** Positions of t that the timeline computes for a picture. */
    positions?: number;
    /** Cells on the side of the latents that the VAE works on at once; larger ones pass it in overlapping tiles, in and out. */
    vaeTile?: number;
  };
  /** Absent: a pack that only encodes and decodes. */
  languageModel?: {
    layers: number;
    keyValueHeads: number;
    headSize: number;
    /** Width of the logits. */
    vocabularySize: number;
    contextLength: number;
    /** Where codes start among the logits: code c is predicted at `imageTokenOffset + c`. */
    imageTokenOffset: number;
    /**
     * The id that stands for code c at token index i (0 = finest) where the model reads it: `shared` (also when absent),
     * `imageTokenOffset + c`; `by-position`, `imageTokenOffset + i·codebookSize + c`. Logits are as wide in both.
     */
    imageTokenIds?: 'shared' | 'by-position';
    /**
     * 2: the model itself is no graph of the pack: a server of the OpenAI completions API runs it as `model`, reads and writes ids, and
     * tells the `logprobs` likeliest of them at each place. Which server, a person says.
     */
    completions?: { model: string; logprobs: number };
    maxPromptTokens: number;
    specialTokens: { pad: number; begin: number; end: number; beginImage: number; endImage: number } & Record<
      string,
      number
    >;
    /**
     * Sequences as lists: a string names a special token, `{ slot }` is filled with text ids or image ids (in generation order).
     * Generation starts after the last item. Tasks that are absent cannot be done. With `plan`, the text of `textToImage` is the
     * description the model wrote first; with `editPlan` and `editFromPlan`, an edit goes through the description of the result,
     * with a `description` in `question` an answer through that of the picture.
     */
    templates: Partial<Record<LanguageTask | PlanTemplate, TemplateItem[]>>;
    /** The prefix that stands for "no text" under guidance. */
    unconditional: TemplateItem[];
    defaults: {
      temperature: number;
      topK: number;
      /** Absent = 1, no limit. */
      topP?: number;
      guidance: number;
      maxTextTokens: number;
      /** Of plans; absent = 0, always the likeliest words. Above, every variation plans for itself. */
      planTemperature?: number;
      /** Of plans: no word less likely than this share, 0…1, of the likeliest one there; absent = 0, no limit. */
      planMinP?: number;
    };
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

/** `adams-bashforth-2` looks back one step (D-AR's default); `euler` does not. */
export type SamplerName = 'euler' | 'adams-bashforth-2';
export type LanguageTask = 'textToImage' | 'caption' | 'edit' | 'question';
export type PackPreset = Partial<GenerationSettings>;
/** What comes before a picture where the model writes down first what it will draw. */
export type PlanTemplate = 'plan' | 'editPlan' | 'editFromPlan';
/** `description`: what the model itself says of the source; `plan`: what it says the result will be. */
export type TemplateSlot = 'text' | 'image' | 'description' | 'plan';
export type TemplateItem = string | { slot: TemplateSlot };
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

/** Whether the pack can do a task; an edit may go through a plan or straight from the instruction. */
export function canDo(manifest: Pick<PackManifest, 'languageModel'> | null, task: LanguageTask): boolean {
  const templates = manifest?.languageModel?.templates;
  return templates?.[task] !== undefined || (task === 'edit' && templates?.editFromPlan !== undefined);
}

/** Whether the decoder can be guided by its tokens: away from what it draws without any. */
export function guidesByTokens(manifest: Pick<PackManifest, 'tokens'> | null): boolean {
  return manifest?.tokens.withoutTokensTrained !== false;
}

/** Whether all that the language model expects is at hand, and not only what a server tells of it. */
export function weighsEveryToken(manifest: Pick<PackManifest, 'languageModel'> | null): boolean {
  return manifest?.languageModel?.completions === undefined;
}

/** Pixels on the side of what one latent stands for; null where there are no latents, or not squares of whole pixels. */
export function pixelsOfCell({ width, height, latent }: PackManifest['image']): number | null {
  if (latent === undefined) return null;
  const side = width / latent.width;
  return Number.isInteger(side) && height / latent.height === side ? side : null;
}

/** Whether something has to be put in at `slot`. */
export function fillsSlot(template: readonly TemplateItem[], slot: TemplateSlot): boolean {
  return template.some((item) => typeof item !== 'string' && item.slot === slot);
}

/** Whether the pack writes a description of the picture first, which a person can read and correct. */
export function writesPlan(
  manifest: Pick<PackManifest, 'languageModel'> | null,
  task: 'textToImage' | 'edit',
): boolean {
  const templates = manifest?.languageModel?.templates;
  return templates?.[task === 'edit' ? 'editPlan' : 'plan'] !== undefined;
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
