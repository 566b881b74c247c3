import { describe, expect, it } from 'vitest';
import { bytesText, duration, phaseText, timeText } from './phases.js';

const running = {
  stage: 'running' as const,
  ahead: 0,
  held: false,
  phase: 'writing-tokens' as const,
  done: 12,
  total: 32,
  elapsedMs: 1240,
  remainingMs: 3100,
};

describe('progress in words', () => {
  it('names phase, count, elapsed and remaining time', () => {
    expect(phaseText(running)).toBe('Writing tokens 12/32');
    expect(timeText(running)).toBe('1.2 s · 3.1 s left');
  });

  it('says how many are ahead while it waits', () => {
    expect(phaseText({ ...running, stage: 'queued', ahead: 2 })).toBe('Waiting, 2 ahead');
    expect(phaseText({ ...running, stage: 'queued' })).toBe('Next in line');
    expect(phaseText({ ...running, stage: 'queued', held: true })).toBe('Paused');
    expect(timeText({ ...running, stage: 'queued' })).toBe('');
  });

  it('promises nothing it does not know', () => {
    expect(phaseText({ ...running, phase: null })).toBe('Starting');
    expect(timeText({ ...running, remainingMs: null })).toBe('1.2 s');
  });

  it('writes durations and sizes at a readable scale', () => {
    expect([duration(950), duration(34_000), duration(125_000)]).toEqual(['0.9 s', '34 s', '2 min 5 s']);
    expect([bytesText(1024 * 1024), bytesText(300 * 2 ** 20), bytesText(3 * 2 ** 30)]).toEqual([
      '1.0 MiB',
      '300 MiB',
      '3.0 GiB',
    ]);
  });
});
