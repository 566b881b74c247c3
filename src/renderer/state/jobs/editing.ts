/** Changes of a frame: an edit by instruction, or a variation without words. Both may keep to the frame's mask. */
import type { EditBase, KeptTokens, PlanChoice } from '../../../shared/jobs/jobs.js';
import type { Frame, FrameMask } from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import type { TokenInfluence } from '../../../shared/contract/events.js';
import { tokensThatMatter } from '../masks/mask-tokens.js';
import { settingsForEdit } from '../../../shared/jobs/presets.js';
import { composer } from '../composer/composer.svelte.js';
import { plans } from '../composer/plans.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { frameName } from '../document/frames.js';
import { generation } from './generation.svelte.js';
import { jobs } from './jobs.svelte.js';
import { masks } from '../masks/masks.svelte.js';
import { imageSourceOf } from '../board/selection.svelte.js';
import { staging } from './staging.svelte.js';
import { studio } from '../studio/studio.svelte.js';

/** Candidates for `parent` changed by the composer's instruction, drawn from `plan` where the person has one. */
export async function editFrame(parent: Frame, plan: string | null = plans.own('edit')): Promise<void> {
  const instruction = composer.instruction.trim();
  if (instruction === '') {
    throw new StudioError(
      'prompt-empty',
      'There is no instruction yet.',
      'Say what should change, for example “make the circle blue”.',
    );
  }
  documentState.assertWritable();
  const settings = settingsForEdit(composer.settingsFor(studio.pack), studio.pack?.manifest ?? null);
  const mask = masks.limitOf(parent);
  const kept = mask !== null && masks.rewritesOnlyMatter ? await keptOutside(parent, mask) : null;
  if (plan === null) plans.begin('edit', { words: instruction, frameId: parent.id });
  await staging.run(
    parent,
    {
      kind: 'edit',
      source: imageSourceOf(parent),
      instruction,
      seed: composer.takeSeed(),
      variations: composer.variations,
      settings,
      base: baseOf(parent, mask),
      ...(composer.keepsRest ? {} : { region: 'whole' }),
      ...(plan === null ? {} : { plan: { text: plan } }),
      ...(kept === null ? {} : { kept }),
    },
    instruction,
    {
      kind: 'edited',
      instruction,
      settings,
      ...(mask === null ? {} : { mask }),
      parentId: parent.id,
      ...(kept === null ? {} : { branch: { parentId: parent.id, kept: indicesOf(kept) } }),
    },
  );
}

/**
 * Candidates that keep what the frame is: under a mask the tokens that matter there are written anew, without one the finer
 * half of all tokens.
 */
export async function varyFrame(parent: Frame): Promise<void> {
  documentState.assertWritable();
  const mask = masks.limitOf(parent);
  const kept = mask === null ? coarser(await codesOf(parent), 1 / 2) : await keptOutside(parent, mask);
  await vary(parent, mask, kept, `Variation of ${frameName(parent.name)}`);
}

/** Candidates that differ only in detail: the finest quarter of the tokens is written anew, everything coarser is kept. */
export async function varySlightly(parent: Frame): Promise<void> {
  documentState.assertWritable();
  const kept = coarser(await codesOf(parent), 3 / 4);
  await vary(parent, null, kept, `Slight variation of ${frameName(parent.name)}`);
}

async function vary(parent: Frame, mask: FrameMask | null, kept: KeptTokens, title: string): Promise<void> {
  const settings = composer.settingsFor(studio.pack);
  const prompt = parent.origin.kind === 'generated' ? parent.origin.prompt : (parent.description ?? '');
  await staging.run(
    parent,
    {
      kind: 'generate',
      prompt,
      seed: composer.takeSeed(),
      variations: Math.max(composer.variations, leastVariations),
      settings,
      kept,
      base: baseOf(parent, mask),
      ...planOf(parent),
    },
    title,
    {
      kind: 'generated',
      prompt,
      settings,
      ...(mask === null ? {} : { mask }),
      branch: { parentId: parent.id, kept: indicesOf(kept) },
    },
  );
}

/** A picture that was planned keeps its plan while it is varied. */
function planOf({ origin }: Frame): { plan?: PlanChoice } {
  if (origin.kind !== 'generated' || origin.plan === undefined || !studio.plans('generate')) return {};
  return { plan: { text: origin.plan } };
}

/** One variation is no choice. */
const leastVariations = 3;

function baseOf({ imageId }: Frame, mask: FrameMask | null): EditBase {
  return { imageId, ...(mask === null ? {} : { mask }) };
}

/** Tokens run from the finest, V_1, to the coarsest: this share of them, from the coarse end. */
function coarser(codes: readonly number[], share: number): KeptTokens {
  return codes.map((code, index) => (index >= codes.length * (1 - share) ? code : null));
}

function indicesOf(kept: KeptTokens): number[] {
  return kept.flatMap((code, index) => (code === null ? [] : [index]));
}

/** All tokens but those that matter most under the mask, measured by leaving each out in turn. */
async function keptOutside(frame: Frame, settings: FrameMask): Promise<KeptTokens> {
  const [codes, mask] = await Promise.all([codesOf(frame), masks.effectiveOf(frame, settings)]);
  const groups: TokenInfluence[] = [];
  const job = await jobs.submit(
    { kind: 'ablate', source: { pack: studio.packId!, codes }, seed: composer.seed },
    (event) => {
      if (event.type === 'influence') groups.push(event.influence);
    },
  );
  const end = generation.track(job, frame.name);
  try {
    await job.finished;
  } finally {
    end();
  }
  const anew = new Set(tokensThatMatter(groups, mask!, masks.rewriteShare));
  if (anew.size === 0) {
    throw new StudioError(
      'tokens-invalid',
      'No token changes anything under the mask.',
      'Paint a larger part of the picture, or write all tokens anew.',
    );
  }
  return codes.map((code, index) => (anew.has(index) ? null : code));
}

/** The frame's tokens in the pack in use; an image without them is read first. */
async function codesOf(frame: Frame): Promise<number[]> {
  if (frame.tokens !== null && frame.tokens.pack === studio.packId) return [...frame.tokens.codes];
  const job = await jobs.submit({ kind: 'encode', source: { imageId: frame.imageId } });
  const end = generation.track(job, frame.name);
  try {
    const result = await job.finished;
    return result.kind === 'encode' ? result.codes : [];
  } finally {
    end();
  }
}
