/**
 * Instruction editing: one edit, and five in a row, as the studio does it: only the region that an edit changes is taken from what is
 * drawn. Single edits once more with everything taken, which is what the model alone can do.
 */
import type { RasterImage } from '../../../src/shared/pictures/images.js';
import type { PackScore } from '../../../src/shared/packs/pack.js';
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
    const judged = async (region: Region): Promise<{ samples: Sample[]; changes: number[] }> => {
      const images = await forEach(context, records, async ({ number, record }) => {
        const image = data.image(record.image);
        return (await editOnce(context, { source: { image }, image, region }, record.instruction, number)).image;
      });
      const readings = await detector.read(images);
      const changes = records.flatMap(({ record }, at) => {
        const change = outsideChange(data.image(record.image), images[at]!, record.changed);
        return change === null ? [] : [change];
      });
      const samples = records.map(({ group, record }, at): Sample => {
        const failures = editFailures(record, readings[at]!);
        return {
          image: images[at]!,
          beside: data.image(record.image),
          group,
          asked: record.instruction,
          read: describeScene(readings[at]!),
          failures,
          badness: failures.length,
        };
      });
      return { samples, changes };
    };
    const { samples, changes } = await judged('changed');
    const whole = await judged('whole');
    return {
      scores: [
        succeeded('edit.success', samples),
        ...successesByGroup(samples).map(([operation, results]) => proportion(`edit.${operation}`, results)),
        average('edit.outsideChange', changes, 'of 255'),
        succeeded('edit.wholeSuccess', whole.samples),
        ...successesByGroup(whole.samples).map(([operation, results]) =>
          proportion(`edit.whole.${operation}`, results),
        ),
        average('edit.wholeOutsideChange', whole.changes, 'of 255'),
      ],
      samples,
    };
  },
};

/** Each edit starts from the picture and the tokens of the one before; kept only when every step was right. */
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
        const made = await editOnce(context, { source, image }, step.instruction, number);
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
      scores: [succeeded('edit.fiveInARow', samples)],
      samples,
    };
  },
};

function canEdit({ engine }: TaskContext): boolean {
  return engine.pack.manifest.languageModel?.templates.edit !== undefined;
}

function succeeded(measure: string, samples: readonly Sample[]): PackScore {
  return proportion(
    measure,
    samples.map(({ failures }) => failures.length === 0),
  );
}

/** What an edit takes from the drawn picture: the part that it changes, or all of it. */
type Region = 'changed' | 'whole';

interface Edited {
  source: EngineImage;
  /** The picture that is edited: what lies outside the region stays as it is here. */
  image: RasterImage;
  region?: Region;
}

export async function editOnce(
  { engine, steps }: Pick<TaskContext, 'engine' | 'steps'>,
  { source, image, region = 'changed' }: Edited,
  instruction: string,
  seed: number,
) {
  const settings = generationSettings({ seed, variations: 1, steps }, engine.pack.manifest);
  const {
    result: { images },
  } = await engine.run({
    kind: 'edit',
    source,
    instruction,
    seed,
    variations: 1,
    settings,
    base: { image },
    ...{ region },
  });
  return images[0]!;
}
