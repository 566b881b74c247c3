/**
 * What the model writes down before it draws: the full description of the picture to come, which a person can read and correct.
 * A plan is drawn from by its text: what is stored with a picture draws it again.
 */
import type { PlanChoice } from '../../../shared/jobs/jobs.js';
import type { EngineEvent, JobPhase } from '../../../shared/contract/events.js';
import type { PlanTemplate } from '../../../shared/packs/pack.js';
import { prefixFor, requireTask, type EngineParts, type Filling } from '../pack/open-pack.js';
import { Random } from '../model/random.js';
import { writeTexts, type TextsWriting } from '../model/generate-tokens.js';

export interface Plan {
  text: string;
  /** Vocabulary ids of the text. */
  ids: number[];
}

interface Planning {
  plan?: PlanChoice;
  seed: number;
  variations: number;
}

/**
 * One plan for all variations, or one for each where chance has a part in them; null where the model had nothing to say, and none at
 * all where the pack does not plan or nobody wants it to. Throws `task-unsupported` for a given plan the pack cannot draw from,
 * and what is wrong with its text.
 */
export async function* plansFor(
  parts: EngineParts,
  template: Exclude<PlanTemplate, 'editFromPlan'>,
  filling: Filling,
  request: Planning,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, (Plan | null)[]> {
  if (!plans(parts, template, request.plan)) return [];
  if (request.plan === undefined || request.plan === 'none') {
    return yield* writePlans(parts, template, filling, request, signal);
  }
  const { language } = requireTask(parts, template);
  const { maxPromptTokens, defaults } = parts.manifest.languageModel!;
  const ids = language.tokenizer.encodePrompt(
    request.plan.text,
    Math.max(maxPromptTokens, defaults.maxTextTokens),
    'plan',
  );
  const text = request.plan.text.trim();
  for (let variation = 0; variation < request.variations; variation++) yield { type: 'plan', variation, text };
  return [{ text, ids }];
}

/** Whether there will be a plan. Throws `task-unsupported` for a given one the pack cannot draw from. */
export function plans(
  parts: EngineParts,
  template: Exclude<PlanTemplate, 'editFromPlan'>,
  choice: PlanChoice | undefined,
): boolean {
  if (choice === 'none') return false;
  if (choice !== undefined) requireTask(parts, template);
  return parts.manifest.languageModel?.templates[template] !== undefined;
}

/** What the model says of the picture an edit or a question is about, as it would describe it to a person: the likeliest words. */
export async function* sourceDescription(
  parts: EngineParts,
  codes: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, number[]> {
  const { language, template } = requireTask(parts, 'caption');
  const prefix = prefixFor(parts.manifest, template, { codes }, 1);
  const ids: number[] = [];
  for await (const { written, progress } of texts(parts, 'reading-image', { prefixes: [prefix] }, signal)) {
    ids.splice(0, ids.length, ...written[0]!);
    yield progress;
  }
  return language.tokenizer.encode(language.tokenizer.decode(ids));
}

async function* writePlans(
  parts: EngineParts,
  template: PlanTemplate,
  filling: Filling,
  { seed, variations }: Planning,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, (Plan | null)[]> {
  const { language, template: items } = requireTask(parts, template);
  const { planTemperature: temperature = 0, planMinP: minP = 0 } = parts.manifest.languageModel!.defaults;
  const prefix = prefixFor(parts.manifest, items, filling, 1);
  const rows = temperature === 0 ? 1 : variations;
  const prefixes = Array.from({ length: rows }, () => prefix);
  // A prompt leaves things open, an instruction hardly any: the first variation of an edit is what the model thinks was meant.
  const isLikeliest = (row: number): boolean => template === 'editPlan' && row === 0;
  const randoms = prefixes.map((_, row) => (isLikeliest(row) ? null : new Random(seed + row, 'plan')));
  const told = prefixes.map(() => '');
  for await (const { written, progress } of texts(
    parts,
    'planning',
    { prefixes, sampling: { temperature, minP, randoms } },
    signal,
  )) {
    yield progress;
    for (const [row, ids] of written.entries()) {
      const text = language.tokenizer.decode(ids);
      if (text === told[row]) continue;
      told[row] = text;
      for (let variation = row; variation < variations; variation += rows) yield { type: 'plan', variation, text };
    }
  }
  // From the text, not the ids that were written: given the same text, the same picture.
  return told.map((text) => (text === '' ? null : { text, ids: language.tokenizer.encode(text) }));
}

/** Texts as they grow, without their ends: ids of each row, and how far it is. */
async function* texts(
  { manifest, language }: EngineParts,
  phase: JobPhase,
  { prefixes, sampling }: { prefixes: readonly number[][]; sampling?: TextsWriting['sampling'] },
  signal: AbortSignal,
): AsyncGenerator<{ written: number[][]; progress: EngineEvent }, void> {
  const { model, textIds } = language!;
  const { defaults, specialTokens } = manifest.languageModel!;
  const written = prefixes.map((): number[] => []);
  const progress = (done: number): EngineEvent => ({
    type: 'progress',
    phase,
    done,
    total: defaults.maxTextTokens,
  });
  yield { written, progress: progress(0) };
  let done = 0;
  const writing = { model, manifest, prefixes, textIds, signal, ...(sampling === undefined ? {} : { sampling }) };
  for await (const next of writeTexts(writing)) {
    for (const [row, chosen] of next.entries()) {
      if (chosen !== null && chosen.id !== specialTokens.end) written[row]!.push(chosen.id);
    }
    yield { written, progress: progress(++done) };
  }
}
