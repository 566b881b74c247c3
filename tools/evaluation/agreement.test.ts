import { describe, expect, it } from 'vitest';
import type { PackScore } from '../../src/shared/pack.js';
import { disagreements } from './agreement.js';
import { average, proportion } from './task.js';

function share(measure: string, right: number, count: number): PackScore {
  return proportion(
    measure,
    Array.from({ length: count }, (_, index) => index < right),
  );
}

describe('a quick run against the card', () => {
  it('agrees with the same pack, also where the few samples are luckier or unluckier', () => {
    const card = [share('textToImage.mean', 300, 600), share('edit.success', 380, 400)];
    expect(disagreements(card, [share('textToImage.mean', 12, 24), share('edit.success', 30, 32)])).toEqual([]);
    expect(disagreements(card, [share('textToImage.mean', 8, 24), share('edit.success', 27, 32)])).toEqual([]);
  });

  it('names a share that cannot be of the same pack', () => {
    const card = [share('textToImage.mean', 540, 600)];
    expect(disagreements(card, [share('textToImage.mean', 12, 24)])).toEqual([
      'textToImage.mean is 0.9 [0.8734, 0.9215] on the card and 0.5 [0.267, 0.733] here, of 24',
    ]);
    expect(disagreements([share('edit.success', 8, 400)], [share('edit.success', 20, 32)])).toHaveLength(1);
  });

  it('names a mean that cannot be of the same pack', () => {
    const spread = (mean: number, count: number): number[] =>
      Array.from({ length: count }, (_, index) => mean + 3 * Math.sin(index * 2.1));
    const card = [average('reconstruction.psnr', spread(22, 256), 'dB')];
    expect(disagreements(card, [average('reconstruction.psnr', spread(21, 16), 'dB')])).toEqual([]);
    expect(disagreements(card, [average('reconstruction.psnr', spread(28, 16), 'dB')])).toHaveLength(1);
    expect(disagreements(card, [average('reconstruction.psnr', spread(28, 2), 'dB')])).toEqual([]);
  });

  it('leaves alone what one of them does not state', () => {
    expect(disagreements([], [share('edit.success', 0, 32)])).toEqual([]);
    expect(disagreements([share('edit.success', 400, 400)], [])).toEqual([]);
    expect(disagreements([share('textToImage.counting', 100, 100)], [share('textToImage.counting', 0, 4)])).toEqual([]);
  });
});
