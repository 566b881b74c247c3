import { describe, expect, it } from 'vitest';
import { paneWords, type PaneView } from './pane-pictures.js';

const views: PaneView[] = [
  { kind: 'at', t: 0.71, visible: 27, count: 32 },
  { kind: 'without', run: { from: 26, to: 31 }, count: 32 },
  { kind: 'trial', label: 'V₃ is 12', seed: 4, steps: 16 },
];

describe('paneWords', () => {
  it('names four panes plainly; symbols stand beside them and in tooltips', () => {
    expect(paneWords(views[0]!).map(({ title, short }) => [title, short])).toEqual([
      ['With noise', 't 0.71'],
      ['Without tokens', ''],
      ['With tokens', 'V₁…V₂₇'],
      ['What the tokens added', ''],
    ]);
    expect(paneWords(views[1]!)[1]!.title).toBe('Without V₂₇…V₃₂');
  });

  it('says of both sides of a trial that they have the same seed and steps', () => {
    const [, own, trial] = paneWords(views[2]!);
    expect(own!.short).toBe(trial!.short);
    expect(own!.short).toBe('seed 4, 16 steps');
    expect(trial!.long).toContain('V₃ is 12');
  });

  it('keeps the places of the panes, whatever they show', () => {
    for (const view of views) {
      expect(paneWords(view).map(({ name }) => name)).toEqual(['noised', 'alone', 'restored', 'difference']);
    }
  });
});
