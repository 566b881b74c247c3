import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captionAgreement, f1, parseCaption } from './captions.js';
import { readEvaluationData } from './data.js';

const folder = join(import.meta.dirname, '../../resources/evaluation');

describe.each(['world-v1', 'world-v2', 'validation-v2'])('captions of %s', async (name) => {
  const data = await readEvaluationData(join(folder, `${name}.json`));
  const world = data.vocabulary;

  it('reads every canonical caption without a mistake', () => {
    expect(data.captions.length).toBeGreaterThan(30);
    for (const { image, caption } of data.captions) {
      expect([caption, f1(captionAgreement(caption, data.scenes[image]!, world))]).toEqual([caption, 1]);
    }
  });

  it('counts each wrong attribute once', () => {
    const { image, caption } = data.captions.find((one) => data.scenes[one.image]!.objects.length === 1)!;
    const scene = data.scenes[image]!;
    const wrong = scene.objects[0]!.colour === 'red' ? 'blue' : 'red';
    const whole = captionAgreement(caption, scene, world);
    const broken = captionAgreement(caption.replace(scene.objects[0]!.colour, wrong), scene, world);
    expect(broken.agreed).toBe(whole.agreed - 1);
    expect(broken.claimed).toBe(whole.claimed);
  });

  it('gives nothing for text that says nothing, and loses precision for invented objects', () => {
    const scene = data.scenes[0]!;
    expect(f1(captionAgreement('333333', scene, world))).toBe(0);
    const invented = 'a small solid red car at the top, a large striped blue fish on the left';
    expect(parseCaption(invented, world).objects).toHaveLength(2);
    expect(captionAgreement(`${invented}, on a plain white background`, scene, world).claimed).toBe(12);
  });
});

it('a kind of another world is no kind', async () => {
  const claims = async (name: string) => {
    const { vocabulary } = await readEvaluationData(join(folder, `${name}.json`));
    return parseCaption('a small outlined red ring at the top', vocabulary).objects.map(({ kind }) => kind);
  };
  expect(await claims('world-v1')).toEqual(['ring']);
  expect(await claims('world-v2')).toEqual([]);
});
