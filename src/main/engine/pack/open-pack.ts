/** An opened pack: what every job works with, and the checks they share. */
import type { LanguageTask, PackManifest, PlanTemplate, TemplateItem } from '../../../shared/packs/pack.js';
import { StudioError } from '../../../shared/errors.js';
import { Decoder } from '../model/decoder.js';
import type { TokenServer } from '../model/generate-tokens.js';
import type { Graph, Graphs } from '../model/graph.js';
import { ImageSpace } from '../model/image-space.js';
import { imageTokenId } from '../model/image-ids.js';
import { fillTemplate, LanguageModel, type SlotIds } from '../model/language-model.js';
import { Probe } from '../model/probe.js';
import { Renderer } from '../model/renderer.js';
import { limitRows } from '../model/row-limit.js';
import { TextTokenizer } from '../model/text-tokenizer.js';

export interface LanguagePart {
  /** A graph of the pack, or a server's. */
  model: LanguageModel | TokenServer;
  tokenizer: TextTokenizer;
  /** Ids an answer may be made of. */
  textIds: number[];
}

export interface EngineParts {
  manifest: PackManifest;
  encoder: Graph;
  decoder: Decoder;
  space: ImageSpace;
  renderer: Renderer | undefined;
  /** Undefined: a pack whose probe names no objects, or that has none. */
  probe: Probe | undefined;
  /** Undefined: a pack that only encodes and decodes. */
  language: LanguagePart | undefined;
}

/** `tokenizer`: the text of tokenizer.json, needed with a language model; `server`: who writes where that is no graph of the pack. */
export function assembleParts(
  manifest: PackManifest,
  graphs: Graphs,
  tokenizer: string | undefined,
  server?: TokenServer,
): EngineParts {
  let language: LanguagePart | undefined;
  if (manifest.languageModel !== undefined) {
    const text = new TextTokenizer(tokenizer!);
    const { imageTokenOffset, vocabularySize } = manifest.languageModel;
    const lastImage = imageTokenOffset + manifest.tokens.codebookSize;
    const special = new Set(Object.values(manifest.languageModel.specialTokens));
    language = {
      model: server ?? new LanguageModel(graphs.lm!, manifest.languageModel),
      tokenizer: text,
      textIds: text
        .textIds()
        .filter((id) => id < vocabularySize && (id < imageTokenOffset || id >= lastImage) && !special.has(id)),
    };
  }
  const limited = (graph: Graph | undefined) => graph && limitRows(graph, manifest.limits?.rows);
  const space = new ImageSpace(manifest, limited(graphs.vaeEncoder), limited(graphs.vaeDecoder));
  const renderer = limited(graphs.renderer);
  return {
    manifest,
    encoder: limited(graphs.encoder)!,
    decoder: new Decoder(limited(graphs.decoder)!, manifest),
    space,
    renderer: renderer && new Renderer(renderer, space, manifest.tokens.count),
    probe: Probe.for(limited(graphs.probe), manifest),
    language,
  };
}

const taskNames: Record<LanguageTask | PlanTemplate, string> = {
  textToImage: 'draw from text',
  caption: 'describe images',
  edit: 'edit by instruction',
  question: 'answer questions',
  plan: 'plan what it draws',
  editPlan: 'plan an edit',
  editFromPlan: 'edit by a plan',
};

/** The language model and the task's template. Throws `task-unsupported`. */
export function requireTask(
  parts: EngineParts,
  task: LanguageTask | PlanTemplate,
): { language: LanguagePart; template: TemplateItem[] } {
  const template = parts.manifest.languageModel?.templates[task];
  if (parts.language === undefined || template === undefined) {
    throw new StudioError(
      'task-unsupported',
      `The pack ${parts.manifest.name} cannot ${taskNames[task]}.`,
      'Choose a pack that can; its card lists its tasks.',
    );
  }
  return { language: parts.language, template };
}

/** The model with all that it expects at every place. Throws `task-unsupported` where a server tells only what was likeliest. */
export function requireLogits({ manifest }: EngineParts, { model }: LanguagePart): LanguageModel {
  if (model instanceof LanguageModel) return model;
  throw new StudioError(
    'task-unsupported',
    `The language model of ${manifest.name} runs on a server, which tells only what was likeliest at each place.`,
    'Choose a pack whose language model is one of its graphs.',
  );
}

/** Throws `task-unsupported` when fine tokens cannot be left out. */
export function requireKeepFrom(manifest: PackManifest): void {
  if (manifest.tokens.keepFromTrained) return;
  throw new StudioError(
    'task-unsupported',
    `The pack ${manifest.name} was not trained to decode from its coarse tokens alone.`,
    'Decode with all tokens, or choose another pack.',
  );
}

/** Throws `tokens-invalid` unless there are K codes of the codebook. */
export function checkCodes(manifest: PackManifest, codes: readonly number[]): void {
  const { count, codebookSize } = manifest.tokens;
  const remedy = 'Use the pack the tokens were made with, or encode the image again.';
  if (codes.length !== count) {
    throw new StudioError('tokens-invalid', `There are ${codes.length} tokens; this pack works with ${count}.`, remedy);
  }
  const wrong = codes.find((code) => !Number.isInteger(code) || code < 0 || code >= codebookSize);
  if (wrong !== undefined) {
    throw new StudioError(
      'tokens-invalid',
      `Token ${wrong} is not one of this pack’s codes 0 to ${codebookSize - 1}.`,
      remedy,
    );
  }
}

/** Throws `tokens-invalid` unless `kept` names a code of the codebook, or null, for each of the K tokens. */
export function checkKept(manifest: PackManifest, kept: readonly (number | null)[] | undefined): void {
  if (kept !== undefined)
    checkCodes(
      manifest,
      kept.map((code) => code ?? 0),
    );
}

/** What fills a template: ids of texts, and the K codes of an image, index 0 = finest. */
export interface Filling extends Omit<SlotIds, 'image'> {
  codes?: readonly number[];
}

/** The filled template. Throws `prompt-too-long` when it and `room` more ids do not fit the model's context. */
export function prefixFor(
  manifest: PackManifest,
  template: readonly TemplateItem[],
  { codes = [], ...texts }: Filling,
  room: number,
): number[] {
  const language = manifest.languageModel!;
  const ids = codes.map((code, index) => imageTokenId(manifest, index, code));
  const image = manifest.tokens.generationOrder === 'coarse-to-fine' ? ids.toReversed() : ids;
  const prefix = fillTemplate(template, language, { ...texts, image });
  const excess = prefix.length + room - language.contextLength;
  if (excess > 0) {
    const length = Object.values(texts).reduce((sum, text) => sum + text.length, 0);
    const planned = texts.plan === undefined && texts.description === undefined ? '' : ' with its plan';
    throw new StudioError(
      'prompt-too-long',
      `The text${planned} is ${length} tokens long; here this pack reads at most ${Math.max(0, length - excess)}.`,
      'Shorten the text.',
    );
  }
  return prefix;
}
