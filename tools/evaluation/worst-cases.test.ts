import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { blankImage } from '../../src/main/cli/sheet/canvas.js';
import { alarmInk } from '../../src/main/cli/sheet/colours.js';
import type { Sample } from './task.js';
import { encodeWorstCases, worstCasesSheet, worstOf } from './worst-cases.js';

function sample(group: string, badness: number, more: Partial<Sample> = {}): Sample {
  const failures = badness > 0 ? Array.from({ length: badness }, () => 'blue, not red') : [];
  return {
    image: blankImage(128, 128, [200, 30, 30]),
    group,
    asked: `${group} ${badness}`,
    read: 'x',
    failures,
    badness,
    ...more,
  };
}

describe('the worst cases', () => {
  it('show every group before any group twice, and no success', () => {
    const samples = [sample('a', 3), sample('a', 4), sample('b', 1), sample('c', 0), sample('a', 2)];
    expect(worstOf(samples, 3).map(({ asked }) => asked)).toEqual(['a 4', 'a 3', 'b 1']);
    expect(worstOf(samples, 2).map(({ asked }) => asked)).toEqual(['a 4', 'b 1']);
  });

  it('show reconstructions however good they are, worst first', () => {
    const samples = [-30, -12, -25].map((badness) => sample('scene', badness, { failures: [] }));
    expect(worstOf(samples, 2, true).map(({ badness }) => badness)).toEqual([-12, -25]);
  });

  it('are a sheet that names what went wrong, within the size a pack can bear', () => {
    const many = Array.from({ length: 40 }, (_, index) => sample(`group ${index % 9}`, index % 5));
    const sheet = worstCasesSheet('tiny 1.0.0', [
      { task: 'text to image', samples: many },
      { task: 'edits', samples: many.map((one) => ({ ...one, beside: blankImage(128, 128, [0, 90, 200]) })) },
      { task: 'questions', samples: [sample('count', 0)] },
    ]);
    const png = encodeWorstCases(sheet);
    expect(png.length).toBeLessThan(300_000);
    const { width, data } = decodeImage(png);
    expect(width).toBe(2 * sheet.width);
    const colours = new Set<string>();
    for (let at = 0; at < data.length; at += 64) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    for (const colour of [alarmInk.join(), '200,30,30', '0,90,200']) expect(colours).toContain(colour);
  });
});
