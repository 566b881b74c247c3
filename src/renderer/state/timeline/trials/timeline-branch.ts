/** Branching at t: the coarse tokens stay, the model writes the finer ones anew; what comes of it is chosen like any change. */
import { assertOnBoard } from '../on-board.js';
import type { JobRequest, KeptTokens, PlanChoice } from '../../../../shared/jobs/jobs.js';
import type { Frame, GenerationSettings } from '../../../../shared/document/document.js';
import { StudioError } from '../../../../shared/errors.js';
import { editSettings } from '../../../../shared/jobs/settings.js';
import { composer } from '../../composer/composer.svelte.js';
import { documentState } from '../../document/document.svelte.js';
import { staging } from '../../jobs/staging.svelte.js';
import { studio } from '../../studio/studio.svelte.js';
import { timeline } from '../timeline.svelte.js';
import { view } from '../../board/view.svelte.js';

type BranchRequest = Extract<JobRequest, { kind: 'generate' | 'edit' }>;

/** What the words say: the whole picture, or what changes in the one the branch leaves. */
export type BranchGuide = 'prompt' | 'instruction';

export interface BranchChoice {
  /** Tokens from this index on, the coarse ones, are kept. */
  keepFrom: number;
  /** Finer ones that are kept too. */
  locked: ReadonlySet<number>;
  guide: BranchGuide;
  /** An empty prompt: nothing but the kept tokens guides the others. */
  words: string;
  seed: number;
  variations: number;
}

/** A code where it stays, null where it is rewritten; index 0 = finest. */
export function keptTokens(codes: readonly number[], keepFrom: number, locked: ReadonlySet<number>): KeptTokens {
  return codes.map((code, index) => (index >= keepFrom || locked.has(index) ? code : null));
}

/** What a branch of this frame is prompted with at first: its own prompt, or what the model said it shows. */
export function branchPrompt(frame: Frame): string {
  return frame.origin.kind === 'generated' ? frame.origin.prompt : (frame.description ?? '');
}

/**
 * The request for tokens known to be `codes` of `pack`. Throws `tokens-invalid` when all of them are kept, `prompt-empty`
 * for an instruction without words.
 */
export function branchRequest(
  pack: string,
  codes: readonly number[],
  { keepFrom, locked, guide, words, seed, variations }: BranchChoice,
  settings: GenerationSettings,
): BranchRequest & { kept: KeptTokens } {
  const kept = keptTokens(codes, keepFrom, locked);
  if (!kept.includes(null)) {
    throw new StudioError(
      'tokens-invalid',
      'Every token is kept, so there is nothing to rewrite.',
      'Move t towards noise, or unlock some tokens.',
    );
  }
  const text = words.trim();
  const common = { seed, variations, settings, kept };
  if (guide === 'prompt') return { kind: 'generate', prompt: text, ...common };
  if (text === '') {
    throw new StudioError(
      'prompt-empty',
      'There is no instruction yet.',
      'Say what should change, for example “make the circle blue”, or branch with a prompt, which may be empty.',
    );
  }
  return {
    kind: 'edit',
    source: { pack, codes: [...codes] },
    instruction: text,
    ...common,
    settings: editSettings(settings),
    // Composed pictures have tokens of their own; what is kept shall come back identical.
    region: 'whole',
  };
}

/** Branches the frame the timeline shows at its t. */
export async function branchFromHere(choice: BranchChoice): Promise<void> {
  const { source, codes, t } = timeline;
  const parent = source === null ? null : documentState.frame(source.frameId);
  if (source !== null) assertOnBoard(source);
  if (parent !== null && codes !== null) await branchFrame(parent, codes, t, choice);
}

/**
 * Candidates of the branch wait under the frame it leaves. Resolves when they are there; rejects with what the job failed
 * with. `codes` are the frame's tokens in the pack in use, `t` is where it leaves.
 */
export async function branchFrame(
  parent: Frame,
  codes: readonly number[],
  t: number,
  choice: BranchChoice,
): Promise<void> {
  documentState.assertWritable();
  const request = branchRequest(studio.packId ?? '', codes, choice, composer.settingsFor(studio.pack));
  const kept = request.kept.flatMap((code, index) => (code === null ? [] : [index]));
  const common = { settings: request.settings, branch: { parentId: parent.id, kept } };
  view.select([parent.id]);
  await staging.run(
    parent,
    { ...request, ...planFor(parent, request), base: { imageId: parent.imageId } },
    `Branch at t ${t.toFixed(2)}: ${choice.words.trim() || parent.name}`,
    request.kind === 'generate'
      ? { kind: 'generated', prompt: request.prompt, ...common }
      : { kind: 'edited', instruction: request.instruction, parentId: parent.id, ...common },
  );
}

/** A branch along the same words keeps to what was planned for them. */
function planFor({ origin }: Frame, request: BranchRequest): { plan?: PlanChoice } {
  const same = origin.kind === 'generated' && request.kind === 'generate' && request.prompt === origin.prompt;
  return same && origin.plan !== undefined && studio.plans('generate') ? { plan: { text: origin.plan } } : {};
}
