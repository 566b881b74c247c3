import { Command } from 'commander';
import { expect, it } from 'vitest';
import type { PackManifest } from '../../shared/packs/pack.js';
import { generationSettings, withBestOf, withSamplingOptions, type SamplingOptions } from './options.js';

const manifest = {
  diffusion: { defaultSteps: 16, defaultGuidance: 1.5 },
  languageModel: { defaults: { temperature: 0.4, topK: 50, guidance: 4, maxTextTokens: 80 } },
} as unknown as PackManifest;

function parsed(...parameters: string[]): SamplingOptions {
  const command = withBestOf(withSamplingOptions(new Command('generate')))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(parameters, { from: 'user' }).opts();
}

it('takes what was said, else what the preset says, else what the pack recommends', () => {
  const settings = (...parameters: string[]) => generationSettings(parsed(...parameters), manifest);
  const words = { textGuidance: 4, temperature: 0.4, topK: 50 };
  expect(settings()).toEqual({ ...words, steps: 16, tokenGuidance: 1.5 });
  expect(settings('--preset', 'fast')).toEqual({ ...words, steps: 4, tokenGuidance: 1 });
  expect(settings('--preset', 'best', '--temperature', '0')).toMatchObject({ steps: 48, temperature: 0 });
  expect(settings('--preset', 'fast', '--steps', '20')).toMatchObject({ steps: 20, tokenGuidance: 1 });
});

it('keeps the best of as many as were said, else as the preset has', () => {
  const reader = {
    ...manifest,
    languageModel: { ...manifest.languageModel, templates: { textToImage: [], caption: [] } },
  } as unknown as PackManifest;
  const bestOf = (...parameters: string[]) => generationSettings(parsed(...parameters), reader).bestOf;
  expect(bestOf()).toBeUndefined();
  expect(bestOf('--preset', 'best')).toBe(4);
  expect(bestOf('--preset', 'best', '--best-of', '1')).toBeUndefined();
  expect(bestOf('--best-of', '8')).toBe(8);
  expect(() => parsed('--best-of', '9')).toThrow(/from 1 to 8/);
});

it('refuses a preset nobody defined', () => {
  expect(() => parsed('--preset', 'finest')).toThrow(/fast, balanced, best/);
});
