import { describe, expect, it } from 'vitest';
import type { PackScore } from '../../src/shared/packs/pack.js';
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

  it('knows from the card that a few values may lack the rare large ones', () => {
    // One in eight is large.
    const changes = (count: number, large: number): number[] =>
      Array.from({ length: count }, (_, index) => (index % 8 === 7 ? large : 0.05 + 0.01 * (index % 3)));
    const card = [average('edit.outsideChange', changes(120, 7), 'of 255')];
    const few = (values: number[]) => disagreements(card, [average('edit.outsideChange', values, 'of 255')]);
    expect(few(changes(21, 0.1))).toEqual([]);
    // More than the card's spread explains, in either direction, is of another pack.
    expect(few(Array.from({ length: 21 }, (_, index) => 4 + 0.1 * (index % 3)))).toHaveLength(1);
    expect(few(Array.from({ length: 21 }, (_, index) => -3 - 0.1 * (index % 3)))).toHaveLength(1);
  });

  it('leaves alone what one of them does not state', () => {
    expect(disagreements([], [share('edit.success', 0, 32)])).toEqual([]);
    expect(disagreements([share('edit.success', 400, 400)], [])).toEqual([]);
    expect(disagreements([share('textToImage.counting', 100, 100)], [share('textToImage.counting', 0, 4)])).toEqual([]);
  });
});
