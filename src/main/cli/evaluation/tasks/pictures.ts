/** How well pictures come back from their tokens, how well they follow a text, and how reliable the judge is. */
import { peakSignalToNoise, wilsonInterval } from '../measures.js';
import { attributeOf, matchObjects, meetsExpectation, objectAttributes, sameBackground } from '../scene.js';
import { average, proportion, score, type Sample, type Task, type TaskContext } from '../task.js';
import { generationSettings } from '../../options.js';

const noiseSeed = 7;

/** The judge on the true pictures: what it gets wrong there, no model can be blamed for. */
export const detectorOnTruth: Task = {
  name: 'detector on the truth',
  run: async ({ data, detector, take, progress }) => {
    const indices = take(data.scenes.map((_, index) => index));
    const found = await detector.read(indices.map((index) => data.image(index)));
    progress(indices.length, indices.length);
    const objects: boolean[] = [];
    const scenes = indices.map((index, at) => {
      const truth = data.scenes[index]!;
      const pairs = matchObjects(truth.objects, found[at]!.objects);
      const right = truth.objects.map((one, place) => {
        const pair = pairs[place] ?? null;
        return pair !== null && objectAttributes.every((name) => attributeOf(one, name) === attributeOf(pair, name));
      });
      objects.push(...right);
      return (
        right.every(Boolean) &&
        found[at]!.objects.length === truth.objects.length &&
        sameBackground(truth.background, found[at]!.background)
      );
    });
    return {
      scores: [proportion('detector.objects', objects), proportion('detector.scenes', scenes)],
      samples: [],
    };
  },
};

export const reconstruction: Task = {
  name: 'reconstruction',
  run: async (context) => {
    const { data, take, progress } = context;
    const indices = take(data.scenes.map((_, index) => index));
    const samples: Sample[] = [];
    const decibels: number[] = [];
    for (const index of indices) {
      const image = data.image(index);
      const {
        result: { codes },
      } = await context.engine.run({ kind: 'encode', image });
      const { result: restored } = await context.engine.run({
        kind: 'decode',
        codes,
        t: 1,
        keepFrom: 0,
        steps: context.steps,
        seed: noiseSeed,
        tokenGuidance: 1,
      });
      const psnr = peakSignalToNoise(image, restored.image);
      decibels.push(psnr);
      samples.push({
        image: restored.image,
        captions: [`scene ${index}`, `${psnr.toFixed(1)} dB`],
        success: psnr >= 20,
      });
      progress(decibels.length, indices.length);
    }
    return { scores: [average('reconstruction.psnr', decibels, 'dB')], samples };
  },
};

export const textToImage: Task = {
  name: 'text to image',
  run: async (context) => {
    const { data, engine, take, progress } = context;
    if (engine.pack.manifest.languageModel?.templates.textToImage === undefined) return null;
    const categories = Object.entries(data.textToImage).map(([category, prompts]) => ({
      category,
      prompts: take(prompts),
    }));
    const total = categories.reduce((sum, { prompts }) => sum + prompts.length, 0);
    const samples: Sample[] = [];
    const outcomes: Record<string, boolean[]> = {};
    for (const { category, prompts } of categories) {
      const results: boolean[] = [];
      for (const { prompt, seed, expectation } of prompts) {
        const image = await generateOne(context, prompt, seed);
        const [found] = await context.detector.read([image]);
        const success = meetsExpectation(expectation, found!);
        results.push(success);
        samples.push({ image, captions: [prompt, success ? category : `${category}: missed`], success });
        progress(samples.length, total);
      }
      outcomes[category] = results;
    }
    const unseen = outcomes['unseen'] ?? [];
    const seen = Object.entries(outcomes).filter(([category]) => category !== 'unseen');
    const all = seen.flatMap(([, results]) => results);
    const categoryMean =
      seen.reduce((sum, [, results]) => sum + results.filter(Boolean).length / results.length, 0) / seen.length;
    return {
      scores: [
        score(
          'textToImage.mean',
          categoryMean,
          'share',
          all.length,
          wilsonInterval(all.filter(Boolean).length, all.length),
        ),
        ...seen.map(([category, results]) => proportion(`textToImage.${category}`, results)),
        ...(unseen.length === 0 ? [] : [proportion('textToImage.unseen', unseen)]),
      ],
      samples,
    };
  },
};

async function generateOne(context: TaskContext, prompt: string, seed: number) {
  const settings = generationSettings({ seed, variations: 1, steps: context.steps }, context.engine.pack.manifest);
  const {
    result: { images },
  } = await context.engine.run({ kind: 'generate', prompt, seed, variations: 1, settings });
  return images[0]!.image;
}
