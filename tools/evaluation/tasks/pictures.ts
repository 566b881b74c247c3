/** How well pictures come back from their tokens, how well they follow a text, and how reliable the judge is. */
import type { RasterImage } from '../../../src/shared/pictures/images.js';
import { generationSettings } from '../../../src/main/cli/options.js';
import { describeScene, unmetExpectations } from '../explanation.js';
import { objectsKept } from '../judgement.js';
import { wilsonInterval } from '../measures.js';
import { peakSignalToNoise } from '../../../src/shared/pictures/psnr.js';
import { attributeOf, matchObjects, objectAttributes, sameBackground } from '../scene.js';
import {
  average,
  forEach,
  proportion,
  score,
  successesByGroup,
  type Sample,
  type Task,
  type TaskContext,
} from '../task.js';

const noiseSeed = 7;

/** The judge on the true pictures: what it gets wrong there, no model can be blamed for. */
export const detectorOnTruth: Task = {
  name: 'detector on the truth',
  run: async ({ data, detector, take, progress }) => {
    const indices = take(
      data.scenes.map((_, index) => index),
      48,
    );
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

/** Euler steps of the reconstruction that is compared pixel by pixel: the same for every pack, so that packs can be compared. */
const reconstructionSteps = 16;

/**
 * Pictures through encoder and decoder: how near they come with many steps, with a single one and through the one-step renderer of a
 * pack that has it; and which objects survive, with the pack's own steps and with a single one. No language model can draw
 * more than that.
 */
export const reconstruction: Task = {
  name: 'reconstruction',
  run: async (context) => {
    const { data, engine, detector } = context;
    const ownSteps = engine.pack.manifest.diffusion.defaultSteps;
    const indices = context.take(
      data.scenes.map((_, index) => index),
      16,
    );
    const restored = await forEach(context, indices, async (index) => {
      const {
        result: { codes },
      } = await engine.run({ kind: 'encode', image: data.image(index) });
      const request = { kind: 'decode', codes, t: 1, keepFrom: 0, seed: noiseSeed, tokenGuidance: 1 } as const;
      const decoded = async (steps: number): Promise<RasterImage> =>
        (await engine.run({ ...request, steps })).result.image;
      const image = await decoded(reconstructionSteps);
      const rendered = await context.renderer?.(codes);
      return {
        image,
        usual: ownSteps === reconstructionSteps ? image : await decoded(ownSteps),
        atOnce: await decoded(1),
        rendered: rendered === undefined ? null : peakSignalToNoise(data.image(index), rendered),
      };
    });
    const rendered = restored.flatMap((one) => (one.rendered === null ? [] : [one.rendered]));
    const readings = await detector.read(restored.map(({ image }) => image));
    const kept = async (pictures: RasterImage[]): Promise<boolean[]> =>
      (await detector.read(pictures)).flatMap((found, at) => objectsKept(data.scenes[indices[at]!]!, found));
    const decibels: number[] = [];
    const samples = indices.map((index, at): Sample => {
      const beside = data.image(index);
      const psnr = peakSignalToNoise(beside, restored[at]!.image);
      decibels.push(psnr);
      return {
        image: restored[at]!.image,
        beside,
        group: 'scene',
        asked: `${psnr.toFixed(1)} dB. ${describeScene(data.scenes[index]!)}`,
        read: describeScene(readings[at]!),
        failures: psnr < 20 ? ['less than 20 dB'] : [],
        badness: -psnr,
      };
    });
    return {
      scores: [
        average('reconstruction.psnr', decibels, 'dB'),
        average(
          'reconstruction.oneStep',
          restored.map(({ atOnce }, at) => peakSignalToNoise(data.image(indices[at]!), atOnce)),
          'dB',
        ),
        proportion('reconstruction.objects', await kept(restored.map(({ usual }) => usual))),
        proportion('reconstruction.objectsOneStep', await kept(restored.map(({ atOnce }) => atOnce))),
        ...(rendered.length === 0 ? [] : [average('reconstruction.renderer', rendered, 'dB')]),
      ],
      samples,
    };
  },
};

export const textToImage: Task = {
  name: 'text to image',
  run: async (context) => {
    const { data, engine, detector } = context;
    if (engine.pack.manifest.languageModel?.templates.textToImage === undefined) return null;
    const prompts = Object.entries(data.textToImage).flatMap(([group, prompts]) =>
      context.take(prompts).map((prompt) => ({ group, ...prompt })),
    );
    const images = await forEach(context, prompts, ({ prompt, seed }) => drawPrompt(context, prompt, seed));
    const readings = await detector.read(images);
    const samples = prompts.map(({ group, prompt, expectation }, at): Sample => {
      const failures = unmetExpectations(expectation, readings[at]!);
      return {
        image: images[at]!,
        group,
        asked: prompt,
        read: describeScene(readings[at]!),
        failures,
        badness: failures.length,
      };
    });
    const groups = successesByGroup(samples);
    const unseen = groups.find(([group]) => group === 'unseen')?.[1] ?? [];
    const seen = groups.filter(([group]) => group !== 'unseen');
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

/** What the studio itself would draw: the pack's own settings. */
export async function drawPrompt(
  { engine, steps, bestOf }: Pick<TaskContext, 'engine' | 'steps' | 'bestOf'>,
  prompt: string,
  seed: number,
): Promise<RasterImage> {
  const settings = generationSettings({ seed, variations: 1, steps, bestOf }, engine.pack.manifest);
  const {
    result: { images },
  } = await engine.run({ kind: 'generate', prompt, seed, variations: 1, settings });
  return images[0]!.image;
}
