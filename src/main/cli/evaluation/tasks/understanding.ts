/** Captions and questions against the truth. */
import { captionAgreement, f1, type Agreement } from '../captions.js';
import { bootstrapInterval } from '../measures.js';
import { proportion, score, type Sample, type Task } from '../task.js';

export const captions: Task = {
  name: 'captions',
  run: async (context) => {
    const { data, engine, take, progress } = context;
    if (engine.pack.manifest.languageModel?.templates.caption === undefined) return null;
    const records = take(data.captions);
    const agreements: Agreement[] = [];
    const samples: Sample[] = [];
    for (const { image: index } of records) {
      const image = data.image(index);
      const {
        result: { text },
      } = await context.engine.run({ kind: 'describe', source: { image } });
      const agreement = captionAgreement(text, data.scenes[index]!);
      agreements.push(agreement);
      samples.push({ image, captions: [text, `F1 ${f1(agreement).toFixed(2)}`], success: f1(agreement) > 0.999 });
      progress(agreements.length, records.length);
    }
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
          agreements.map((one) => f1(one) > 0.999),
        ),
      ],
      samples,
    };
  },
};

export const questions: Task = {
  name: 'questions',
  run: async (context) => {
    const { data, engine, take, progress } = context;
    if (engine.pack.manifest.languageModel?.templates.question === undefined) return null;
    const topics = [...new Set(data.questions.map(({ topic }) => topic))];
    const chosen = topics.map((topic) => ({
      topic,
      records: take(data.questions.filter((record) => record.topic === topic)),
    }));
    const total = chosen.reduce((sum, { records }) => sum + records.length, 0);
    const samples: Sample[] = [];
    const outcomes: [string, boolean[]][] = [];
    for (const { topic, records } of chosen) {
      const results: boolean[] = [];
      for (const { image: index, question, answer } of records) {
        const image = data.image(index);
        const {
          result: { text },
        } = await context.engine.run({ kind: 'ask', source: { image }, question });
        const success = text.trim().toLowerCase() === answer.toLowerCase();
        results.push(success);
        samples.push({ image, captions: [question, `${text} (${answer})`], success });
        progress(samples.length, total);
      }
      outcomes.push([topic, results]);
    }
    return {
      scores: [
        proportion(
          'question.accuracy',
          outcomes.flatMap(([, results]) => results),
        ),
        ...outcomes.map(([topic, results]) => proportion(`question.${topic}`, results)),
      ],
      samples,
    };
  },
};
