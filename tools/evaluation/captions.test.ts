import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captionAgreement, f1, parseCaption } from './captions.js';
import type { Scene } from './scene.js';

const data = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../resources/evaluation/world-v2.json'), 'utf8'),
) as { scenes: Scene[]; captions: { image: number; caption: string }[] };

describe('captions', () => {
  it('reads every canonical caption of the evaluation data without a mistake', () => {
    expect(data.captions.length).toBeGreaterThan(50);
    for (const { image, caption } of data.captions) {
      expect([caption, f1(captionAgreement(caption, data.scenes[image]!))]).toEqual([caption, 1]);
    }
  });

  it('counts each wrong attribute once', () => {
    const { image, caption } = data.captions.find((one) => data.scenes[one.image]!.objects.length === 1)!;
    const scene = data.scenes[image]!;
    const wrong = scene.objects[0]!.colour === 'red' ? 'blue' : 'red';
    const whole = captionAgreement(caption, scene);
    const broken = captionAgreement(caption.replace(scene.objects[0]!.colour, wrong), scene);
    expect(broken.agreed).toBe(whole.agreed - 1);
    expect(broken.claimed).toBe(whole.claimed);
  });

  it('gives nothing for text that says nothing, and loses precision for invented objects', () => {
    const scene = data.scenes[0]!;
    expect(f1(captionAgreement('333333', scene))).toBe(0);
    const invented = 'a small solid red car at the top, a large striped blue fish on the left';
    expect(parseCaption(invented).objects).toHaveLength(2);
    expect(captionAgreement(`${invented}, on a plain white background`, scene).claimed).toBe(12);
  });
});
