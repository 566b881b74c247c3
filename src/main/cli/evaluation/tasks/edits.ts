/** Instruction editing: one edit, and five in a row. */
import type { EngineImage } from '../../../engine/protocol.js';
import { generationSettings } from '../../options.js';
import { editSucceeded, outsideChange } from '../judgement.js';
import { average, proportion, type Sample, type Task, type TaskContext } from '../task.js';

export const edits: Task = {
  name: 'edits',
  run: async (context) => {
    const { data, take, progress } = context;
    if (!canEdit(context)) return null;
    const operations = Object.entries(data.edits).map(([operation, records]) => ({
      operation,
      records: take(records),
    }));
    const total = operations.reduce((sum, { records }) => sum + records.length, 0);
    const samples: Sample[] = [];
    const changes: number[] = [];
    const outcomes: [string, boolean[]][] = [];
    for (const { operation, records } of operations) {
      const results: boolean[] = [];
      for (const [number, record] of records.entries()) {
        const before = data.image(record.image);
        const { image } = await editOnce(context, { image: before }, record.instruction, number);
        const [found] = await context.detector.read([image]);
        const success = editSucceeded(record, found!);
        const change = outsideChange(before, image, record.changed);
        if (change !== null) changes.push(change);
        results.push(success);
        samples.push({ image, captions: [record.instruction, success ? operation : `${operation}: missed`], success });
        progress(samples.length, total);
      }
      outcomes.push([operation, results]);
    }
    return {
      scores: [
        proportion(
          'edit.success',
          outcomes.flatMap(([, results]) => results),
        ),
        ...outcomes.map(([operation, results]) => proportion(`edit.${operation}`, results)),
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
    const { data, take, progress } = context;
    if (!canEdit(context)) return null;
    const chains = take(data.chains);
    const kept: boolean[] = [];
    const samples: Sample[] = [];
    for (const [number, { image: start, steps }] of chains.entries()) {
      let source: EngineImage = { image: data.image(start) };
      let right = 0;
      let last: Sample['image'] | null = null;
      for (const step of steps) {
        const made = await editOnce(context, source, step.instruction, number);
        const [found] = await context.detector.read([made.image]);
        if (editSucceeded(step, found!)) right++;
        source = { codes: made.codes };
        last = made.image;
      }
      kept.push(right === steps.length);
      if (last !== null) {
        samples.push({
          image: last,
          captions: [`chain ${number + 1}`, `${right} of ${steps.length}`],
          success: kept.at(-1)!,
        });
      }
      progress(kept.length, chains.length);
    }
    return { scores: [proportion('edit.fiveInARow', kept)], samples };
  },
};

function canEdit({ engine }: TaskContext): boolean {
  return engine.pack.manifest.languageModel?.templates.edit !== undefined;
}

async function editOnce(context: TaskContext, source: EngineImage, instruction: string, seed: number) {
  const settings = generationSettings({ seed, variations: 1, steps: context.steps }, context.engine.pack.manifest);
  const {
    result: { images },
  } = await context.engine.run({ kind: 'edit', source, instruction, seed, variations: 1, settings });
  return images[0]!;
}
