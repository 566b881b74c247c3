import type { CommandContext } from '../context.js';
import type { EngineOptions } from '../options.js';
import type { Measurement } from './measurement.js';

export async function benchScrubbing(_context: CommandContext, _options: EngineOptions): Promise<Measurement> {
  return { name: 'scrubbing, p95 frame', unit: 'ms', value: null, target: 16.7, runs: [], remark: 'later' };
}
