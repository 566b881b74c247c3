/** Instruction editing: one edit, and five in a row. */
import type { EngineImage } from '../../../src/main/engine/protocol.js';
import { generationSettings } from '../../../src/main/cli/options.js';
import { describeScene, editFailures } from '../explanation.js';
import { editSucceeded, outsideChange } from '../judgement.js';
import { average, forEach, proportion, successesByGroup, type Sample, type Task, type TaskContext } from '../task.js';

export const edits: Task = {
  name: 'edits',
  run: async (context) => {
    const { data, detector } = context;
    if (!canEdit(context)) return null;
    const records = Object.entries(data.edits).flatMap(([group, records]) =>
      context.take(records).map((record, number) => ({ group, number, record })),
    );
    const images = await forEach(context, records, async ({ number, record }) => {
      const { image } = await editOnce(context, { image: data.image(record.image) }, record.instruction, number);
      return image;
    });
    const readings = await detector.read(images);
    const changes: number[] = [];
    const samples = records.map(({ group, record }, at): Sample => {
      const beside = data.image(record.image);
      const change = outsideChange(beside, images[at]!, record.changed);
      if (change !== null) changes.push(change);
      const failures = editFailures(record, readings[at]!);
      return {
        image: images[at]!,
        beside,
        group,
        asked: record.instruction,
        read: describeScene(readings[at]!),
        failures,
        badness: failures.length,
      };
    });
    return {
      scores: [
        proportion(
          'edit.success',
          samples.map(({ failures }) => failures.length === 0),
        ),
        ...successesByGroup(samples).map(([operation, results]) => proportion(`edit.${operation}`, results)),
        average('edit.outsideChange', changes, 'of 255'),
      ],
      samples,
    };
  },
};

/** Each edit starts from the tokens of the one before; kept only when every step was right. */
export const iteratedEdits: Task = {
  name: 'iterated edits',
  run: async (context) => {
    const { data, detector } = context;
    if (!canEdit(context)) return null;
    const samples = await forEach(context, context.take(data.chains, 2), async (chain, number): Promise<Sample> => {
      const beside = data.image(chain.image);
      let source: EngineImage = { image: beside };
      let image = beside;
      let right = 0;
      let read = '';
      for (const step of chain.steps) {
        const made = await editOnce(context, source, step.instruction, number);
        const [found] = await detector.read([made.image]);
        if (editSucceeded(step, found!)) right++;
        source = { codes: made.codes };
        image = made.image;
        read = describeScene(found!);
      }
      return {
        image,
        beside,
        group: 'chain',
        asked: chain.steps.map(({ instruction }) => instruction).join('; '),
        read,
        failures: right === chain.steps.length ? [] : [`${right} of ${chain.steps.length} right`],
        badness: chain.steps.length - right,
      };
    });
    return {
      scores: [
        proportion(
          'edit.fiveInARow',
          samples.map(({ failures }) => failures.length === 0),
        ),
      ],
      samples,
    };
  },
};

function canEdit({ engine }: TaskContext): boolean {
  return engine.pack.manifest.languageModel?.templates.edit !== undefined;
}

export async function editOnce(
  { engine, steps }: Pick<TaskContext, 'engine' | 'steps'>,
  source: EngineImage,
  instruction: string,
  seed: number,
) {
  const settings = generationSettings({ seed, variations: 1, steps }, engine.pack.manifest);
  const {
    result: { images },
  } = await engine.run({ kind: 'edit', source, instruction, seed, variations: 1, settings });
  return images[0]!;
}
