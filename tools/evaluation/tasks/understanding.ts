/** Captions and questions against the truth. */
import type { RasterImage } from '../../../src/shared/pictures/images.js';
import { captionAgreement, f1 } from '../captions.js';
import { describeScene } from '../explanation.js';
import { bootstrapInterval } from '../measures.js';
import { forEach, proportion, score, successesByGroup, type Sample, type Task, type TaskContext } from '../task.js';

export const captions: Task = {
  name: 'captions',
  run: async (context) => {
    const { data, engine } = context;
    if (engine.pack.manifest.languageModel?.templates.caption === undefined) return null;
    const records = context.take(data.captions, 16);
    const texts = await forEach(context, records, async ({ image }) => {
      const { result } = await engine.run({ kind: 'describe', source: { image: data.image(image) } });
      return result.text;
    });
    const agreements = records.map(({ image }, at) =>
      captionAgreement(texts[at]!, data.scenes[image]!, data.vocabulary),
    );
    const samples = records.map(({ image }, at): Sample => {
      const agreement = f1(agreements[at]!);
      return {
        image: data.image(image),
        group: 'caption',
        asked: `Truth: ${describeScene(data.scenes[image]!)}`,
        read: texts[at]!,
        said: true,
        failures: agreement > 0.999 ? [] : [`F1 ${agreement.toFixed(2)}`],
        badness: 1 - agreement,
      };
    });
    const sum = agreements.reduce((all, one) => ({
      agreed: all.agreed + one.agreed,
      claimed: all.claimed + one.claimed,
      true: all.true + one.true,
    }));
    // The interval resamples captions, not attributes: those of one picture are right or wrong together.
    const interval = bootstrapInterval(agreements.map(f1));
    return {
      scores: [
        score('caption.attributeF1', f1(sum), 'F1', agreements.length, interval),
        proportion(
          'caption.allRight',
          samples.map(({ failures }) => failures.length === 0),
        ),
      ],
      samples,
    };
  },
};

export const questions: Task = {
  name: 'questions',
  run: async (context) => {
    const { data, engine } = context;
    if (engine.pack.manifest.languageModel?.templates.question === undefined) return null;
    const topics = [...new Set(data.questions.map(({ topic }) => topic))];
    const records = topics.flatMap((topic) => context.take(data.questions.filter((record) => record.topic === topic)));
    const samples = await forEach(
      context,
      records,
      async ({ image: index, question, answer, topic }): Promise<Sample> => {
        const image = data.image(index);
        const text = await askOnce(context, image, question);
        const right = isAnswer(text, answer);
        return {
          image,
          group: topic,
          asked: question,
          read: text,
          said: true,
          failures: right ? [] : [`not ${answer}`],
          badness: Number(!right),
        };
      },
    );
    return {
      scores: [
        proportion(
          'question.accuracy',
          samples.map(({ failures }) => failures.length === 0),
        ),
        ...successesByGroup(samples).map(([topic, results]) => proportion(`question.${topic}`, results)),
      ],
      samples,
    };
  },
};

export async function askOnce(
  { engine }: Pick<TaskContext, 'engine'>,
  image: RasterImage,
  question: string,
): Promise<string> {
  const { result } = await engine.run({ kind: 'ask', source: { image }, question });
  return result.text;
}

export function isAnswer(text: string, answer: string): boolean {
  return text.trim().toLowerCase() === answer.toLowerCase();
}
