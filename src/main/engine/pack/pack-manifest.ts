/**
 * `pack.json` as a value: `resources/pack.schema.json` decides its form, this file the rules that join its fields.
 */
import { z } from 'zod';
import schema from '../../../../resources/pack.schema.json' with { type: 'json' };
import { parseJson } from '../../../shared/json.js';
import {
  fillsSlot,
  pixelsOfCell,
  type LanguageTask,
  type PackManifest,
  type PlanTemplate,
  type TemplateItem,
  type TemplateSlot,
} from '../../../shared/packs/pack.js';
import { withPresentNames } from '../../../shared/jobs/settings.js';
import { damaged, type PackFinding } from './pack-files.js';

export const manifestFile = 'pack.json';
/** Twenty times the largest there is: every list of packs reads them all. */
export const manifestLimits = { bytes: 1024 * 1024, depth: 32 };
/** Format 1 is read as a 2 without what came with it. */
export const supportedFormats = [1, 2];

let form: z.ZodType | undefined;

/** The manifest, or everything that is wrong with it. */
export function parseManifest(text: string): PackManifest | PackFinding[] {
  let value: unknown;
  try {
    value = withPresentPresets(parseJson(text, { characters: manifestLimits.bytes, depth: manifestLimits.depth }));
  } catch (error) {
    return [damaged(manifestFile, `cannot be read: ${error instanceof Error ? error.message : String(error)}`)];
  }
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && !supportedFormats.includes(format)) {
    const rule = `has format ${format}, this studio reads formats ${supportedFormats.join(' and ')}`;
    return [{ code: 'pack-unsupported', file: manifestFile, rule }];
  }
  form ??= z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const parsed = form.safeParse(value);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) =>
      damaged(manifestFile, `breaks the schema at ${issue.path.join('.') || 'the top'}: ${issue.message}`),
    );
  }
  // The schema states exactly the fields of PackManifest; pack-manifest.test.ts holds the two together.
  const { manifest, tooNew } = migrated(value as StoredManifest);
  const broken = [...tooNew, ...brokenRules(manifest)];
  return broken.length > 0 ? broken.map((rule) => damaged(manifestFile, rule)) : manifest;
}

/** Presets may name settings as they were called before; what is no preset the schema refuses as it stands. Pure. */
function withPresentPresets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('presets' in value)) return value;
  const { presets } = value;
  if (typeof presets !== 'object' || presets === null || Array.isArray(presets)) return value;
  const present = Object.entries(presets).map(([name, preset]) => [name, withPresentNames(preset)]);
  return { ...value, presets: Object.fromEntries(present) as unknown };
}

/** As the schema lets it through. */
type StoredManifest = Omit<PackManifest, 'format'> & { format: 1 | 2 };

/** Any format as the newest one, and what a manifest of format 1 must not know of yet. Pure. */
function migrated(stored: StoredManifest): { manifest: PackManifest; tooNew: string[] } {
  const manifest: PackManifest = { ...stored, format: 2 };
  if (stored.format === 2) return { manifest, tooNew: [] };
  const { tokens, diffusion, limits } = stored;
  const { schedule } = tokens;
  const stages = schedule.kind === 'stages' ? schedule : null;
  const found: [string, boolean][] = [
    ['tokens.withoutTokensTrained', tokens.withoutTokensTrained !== undefined],
    ['diffusion.sampler', diffusion.sampler !== undefined],
    ['limits', limits !== undefined],
    ['classNames', stored.classNames !== undefined],
    ['the schedule all', schedule.kind === 'all'],
    ['tokens.schedule.rounding', stages?.rounding !== undefined],
    ['tokens.schedule.resolution', stages?.resolution !== undefined],
    ['languageModel.completions', stored.languageModel?.completions !== undefined],
  ];
  const tooNew = found
    .filter(([, stated]) => stated)
    .map(([field]) => `is of format 1 but states ${field} of format 2`);
  return { manifest, tooNew };
}

/** Rules between fields, which a schema cannot state. */
function brokenRules(manifest: PackManifest): string[] {
  const { files, graphs, image, tokens } = manifest;
  const broken: string[] = [];
  const require = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  const listed = new Set(files.map((file) => file.path));
  require(listed.size === files.length, 'lists a file twice');
  const named = [...Object.values(graphs), manifest.tokenizer, manifest.golden].filter((path) => path !== undefined);
  for (const path of named) require(listed.has(path), `names ${path}, which its files do not list`);
  require(image.range[0] < image.range[1], 'has an empty pixel range');
  require(manifest.limits?.vaeTile === undefined ||
    pixelsOfCell(image) !== null, 'states tiles of latents but none that stand for squares of whole pixels');
  if (image.space === 'latents') {
    require(image.latent !== undefined, 'works on latents but does not state their shape');
    require(graphs.vaeDecoder !== undefined, 'works on latents but has no vaeDecoder graph');
  }
  if (tokens.schedule.kind === 'raster') {
    const { columns, rows } = tokens.schedule;
    require(columns * rows === tokens.count, 'has a raster whose cells are not as many as its tokens');
    require(!tokens.keepFromTrained, 'keeps tokens from a coarse end, which a raster does not have');
  }
  require(tokens.withoutTokensTrained !== false ||
    manifest.diffusion.defaultGuidance ===
      1, 'is guided by tokens by default, but was not trained to draw without them');
  for (const [name, preset] of Object.entries(manifest.presets ?? {})) {
    require(tokens.withoutTokensTrained !== false ||
      (preset.tokenGuidance ?? 1) ===
        1, `is guided by tokens in presets.${name}, but was not trained to draw without them`);
  }
  if (tokens.schedule.kind === 'stages') {
    const { bounds, tokensPerStage, rounding, resolution } = tokens.schedule;
    require(resolution === undefined ||
      rounding === 'floor-plus-one', 'states the resolution of a schedule that is not rounded down');
    require(bounds.length === tokensPerStage.length, 'has a schedule with unlike numbers of bounds and stages');
    require(bounds.every(
      (bound, index) => index === 0 || bound > bounds[index - 1]!,
    ), 'has schedule bounds that do not rise');
    require(bounds.at(-1) === 1, 'has a schedule that does not end at t = 1');
    require(tokensPerStage.reduce((sum, count) => sum + count, 0) ===
      tokens.count, 'has stages that do not add up to K');
  }
  const isRunHere = manifest.languageModel !== undefined && manifest.languageModel.completions === undefined;
  require(isRunHere ===
    (graphs.lm !==
      undefined), 'must state languageModel and the lm graph together, or languageModel.completions without that graph');
  require(manifest.attributes === undefined || graphs.probe !== undefined, 'states attributes but has no probe graph');
  for (const [name, preset] of Object.entries(manifest.presets ?? {})) {
    require((preset.bestOf ?? 1) === 1 ||
      manifest.languageModel?.templates.caption !==
        undefined, `keeps the best of several in presets.${name} but has no caption task to choose by`);
  }
  if (manifest.languageModel !== undefined) broken.push(...brokenLanguageRules(manifest, manifest.languageModel));
  return broken;
}

/** What may be filled besides. */
const optionalSlotsOf: Partial<Record<LanguageTask | PlanTemplate, TemplateSlot[]>> = {
  question: ['description'],
  editPlan: ['image'],
};
const slotsOf: Record<LanguageTask | PlanTemplate, TemplateSlot[]> = {
  textToImage: ['text'],
  caption: ['image'],
  edit: ['image', 'text'],
  question: ['image', 'text'],
  plan: ['text'],
  editPlan: ['description', 'text'],
  editFromPlan: ['image', 'description', 'text', 'plan'],
};

function brokenLanguageRules(manifest: PackManifest, model: NonNullable<PackManifest['languageModel']>): string[] {
  const broken: string[] = [];
  if (manifest.tokenizer === undefined) broken.push('has a language model but no tokenizer');
  if (model.imageTokenOffset + manifest.tokens.codebookSize > model.vocabularySize) {
    broken.push('has a codebook that does not fit behind imageTokenOffset in the vocabulary');
  }
  // Ids by position go on where the logits end, so nothing else may stand behind the codes.
  if (
    model.imageTokenIds === 'by-position' &&
    model.imageTokenOffset + manifest.tokens.codebookSize < model.vocabularySize
  ) {
    broken.push('has image ids by position but a vocabulary that goes on behind the codes');
  }
  for (const [name, id] of Object.entries(model.specialTokens)) {
    if (id >= model.vocabularySize) broken.push(`has the special token ${name} outside the vocabulary`);
  }
  const checkNames = (where: string, items: TemplateItem[]): void => {
    for (const item of items) {
      if (typeof item === 'string' && !Object.hasOwn(model.specialTokens, item)) {
        broken.push(`names the unknown special token ${item} in ${where}`);
      }
    }
  };
  for (const [task, items] of Object.entries(model.templates)) {
    checkNames(`templates.${task}`, items);
    const filled = items.flatMap((item) => (typeof item === 'string' ? [] : [item.slot]));
    // Every word of a description that is read a second time knows the whole of it (decision 107).
    const slots = filled.filter((slot, place) => slot !== 'description' || filled.indexOf(slot) === place).sort();
    const optional = optionalSlotsOf[task as LanguageTask | PlanTemplate] ?? [];
    const wanted = [
      ...slotsOf[task as LanguageTask | PlanTemplate],
      ...optional.filter((slot) => slots.includes(slot)),
    ].sort();
    if (slots.join() !== wanted.join()) broken.push(`must fill ${wanted.join(' and ')} once in templates.${task}`);
  }
  checkNames('unconditional', model.unconditional);
  const { plan, textToImage, editPlan, editFromPlan, caption, question } = model.templates;
  if (plan !== undefined && textToImage === undefined) broken.push('plans pictures it cannot draw: no textToImage');
  if ((editPlan === undefined) !== (editFromPlan === undefined)) {
    broken.push('must state templates.editPlan and templates.editFromPlan together');
  }
  if (editPlan !== undefined && caption === undefined) {
    broken.push('plans edits from a description but has no caption task to write one');
  }
  if (question !== undefined && fillsSlot(question, 'description') && caption === undefined) {
    broken.push('answers from a description but has no caption task to write one');
  }
  if (model.unconditional.some((item) => typeof item !== 'string')) broken.push('has a slot in unconditional');
  if (model.completions !== undefined) broken.push(...brokenCompletionRules(manifest, model));
  return broken;
}

/** A server of completions tells of each place what was likeliest, reads what it wrote itself, and knows of no second row beside it. */
function brokenCompletionRules(manifest: PackManifest, model: NonNullable<PackManifest['languageModel']>): string[] {
  const broken: string[] = [];
  const { plan, editPlan, question } = model.templates;
  if (plan !== undefined || editPlan !== undefined || (question !== undefined && fillsSlot(question, 'description'))) {
    broken.push('writes plans or descriptions first, which completions do not');
  }
  if (model.imageTokenIds === 'by-position') broken.push('has image ids by position, which completions cannot read');
  const presets = Object.values(manifest.presets ?? {});
  if (model.defaults.guidance !== 1 || presets.some(({ textGuidance = 1 }) => textGuidance !== 1)) {
    broken.push('is guided by text, which completions cannot be');
  }
  if (presets.some(({ bestOf = 1 }) => bestOf !== 1))
    broken.push('keeps the best of several, which completions cannot tell');
  return broken;
}
