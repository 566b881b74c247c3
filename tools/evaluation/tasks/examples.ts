/** Which candidates for example texts this pack can be trusted with. Nothing of it uses the test set. */
import type { PackManifest, PackScore } from '../../../src/shared/packs/pack.js';
import { exampleMeasure, workingShare, type ExampleKind } from '../../../src/shared/packs/examples.js';
import type { ExampleData } from '../data.js';
import { describeScene, editFailures, unmetExpectations } from '../explanation.js';
import { forEach, proportion, type Sample, type TaskContext } from '../task.js';
import { editOnce } from './edits.js';
import { drawPrompt } from './pictures.js';
import { askOnce, isAnswer } from './understanding.js';

/** A pack offers so many of a kind at most, and so many when fewer work. */
const most = 12;
const fewest = 6;

export interface ExampleOutcome {
  scores: PackScore[];
  samples: Sample[];
  /** What the pack should offer, best first. */
  chosen: PackManifest['examples'];
}

/** Every candidate, once for each seed or picture of the data. */
export async function tryExamples(context: TaskContext, data: ExampleData): Promise<ExampleOutcome> {
  const templates = context.engine.pack.manifest.languageModel?.templates ?? {};
  const trials: Record<ExampleKind, Sample[]> = {
    prompts: templates.textToImage === undefined ? [] : await tryPrompts(context, data),
    instructions: templates.edit === undefined ? [] : await tryInstructions(context, data),
    questions: templates.question === undefined ? [] : await tryQuestions(context, data),
  };
  const kinds = ['prompts', 'instructions', 'questions'] as const;
  return {
    scores: kinds.flatMap((kind) =>
      textsOf(trials[kind]).map((text) =>
        proportion(
          exampleMeasure(kind, text),
          trials[kind].filter(({ asked }) => asked === text).map(({ failures }) => failures.length === 0),
        ),
      ),
    ),
    samples: trials.prompts,
    chosen: {
      prompts: chooseExamples(trials.prompts),
      instructions: chooseExamples(trials.instructions),
      questions: chooseExamples(trials.questions),
    },
  };
}

/**
 * Those that work, best first; where too few do, the best there are. Equal shares: the one with fewer wrong facts, then the
 * earlier candidate. `trials` holds every trial of every candidate.
 */
export function chooseExamples(trials: readonly Pick<Sample, 'asked' | 'failures' | 'badness'>[]): string[] {
  const rated = textsOf(trials).map((text) => {
    const own = trials.filter(({ asked }) => asked === text);
    return {
      text,
      share: own.filter(({ failures }) => failures.length === 0).length / own.length,
      wrong: own.reduce((sum, { badness }) => sum + badness, 0) / own.length,
    };
  });
  const best = rated.toSorted((a, b) => b.share - a.share || a.wrong - b.wrong);
  const working = best.filter(({ share }) => share >= workingShare);
  return best.slice(0, Math.min(most, Math.max(fewest, working.length))).map(({ text }) => text);
}

function textsOf(trials: readonly Pick<Sample, 'asked'>[]): string[] {
  return [...new Set(trials.map(({ asked }) => asked))];
}

async function tryPrompts(context: TaskContext, { prompts, seeds }: ExampleData): Promise<Sample[]> {
  const trials = context.take(prompts).flatMap((prompt) => seeds.map((seed) => ({ ...prompt, seed })));
  const images = await forEach(context, trials, ({ text, seed }) => drawPrompt(context, text, seed));
  const readings = await context.detector.read(images);
  return trials.map(({ text, expectation }, at): Sample => {
    const failures = unmetExpectations(expectation, readings[at]!);
    const read = describeScene(readings[at]!);
    return { image: images[at]!, group: 'prompts', asked: text, read, failures, badness: failures.length };
  });
}

async function tryInstructions(context: TaskContext, data: ExampleData): Promise<Sample[]> {
  const trials = context
    .take(data.instructions)
    .flatMap(({ text, cases }) => cases.map((one, number) => ({ ...one, text, seed: data.seeds[number] ?? number })));
  const images = await forEach(context, trials, async ({ text, image: number, seed }) => {
    const image = data.image(number);
    return (await editOnce(context, { source: { image }, image }, text, seed)).image;
  });
  const readings = await context.detector.read(images);
  return trials.map((trial, at): Sample => {
    const failures = editFailures(trial, readings[at]!);
    const read = describeScene(readings[at]!);
    return { image: images[at]!, group: 'instructions', asked: trial.text, read, failures, badness: failures.length };
  });
}

async function tryQuestions(context: TaskContext, data: ExampleData): Promise<Sample[]> {
  const trials = context.take(data.questions).flatMap(({ text, cases }) => cases.map((one) => ({ ...one, text })));
  return forEach(context, trials, async ({ text, image, answer }): Promise<Sample> => {
    const picture = data.image(image);
    const read = await askOnce(context, picture, text);
    const right = isAnswer(read, answer);
    const failures = right ? [] : [`not ${answer}`];
    return { image: picture, group: 'questions', asked: text, read, said: true, failures, badness: Number(!right) };
  });
}
