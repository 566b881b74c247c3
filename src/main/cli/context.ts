import type { EngineEvent } from '../../shared/contract/events.js';
import type { Output } from './output.js';

/** What every command gets beside its own arguments. */
export interface CommandContext {
  output: Output;
  /** Aborted by Ctrl+C or a polite kill. */
  signal: AbortSignal;
}

/** Passes engine events on: for programs without their pixels, for people as progress. */
export function reportEvent({ output }: CommandContext, event: EngineEvent): void {
  switch (event.type) {
    case 'progress':
      output.progress(event.phase, event.done, event.total);
      output.event({ ...event });
      return;
    case 'preview': {
      const { type, variation, knownTokens, step, steps } = event;
      output.event({ type, variation, knownTokens, step, steps });
      return;
    }
    case 'position': {
      const { index, t, visibleTokens } = event.position;
      output.event({ type: 'position', index, t, visibleTokens });
      return;
    }
    case 'influence': {
      const { index, from, to, total } = event.influence;
      output.event({ type: 'influence', index, from, to, total });
      return;
    }
    case 'film-picture': {
      const { index, tokens } = event.picture;
      output.event({ type: 'film-picture', index, tokens });
      return;
    }
    case 'spectrum':
      output.event({ type: 'spectrum', curve: event.curve });
      return;
    case 'seed-picture': {
      const { seed, agreement } = event.picture;
      output.event({ type: 'seed-picture', seed, agreement });
      return;
    }
    default:
      output.event({ ...event });
  }
}

/** Turns a command's work into a commander action; what it throws becomes a message and an exit code. */
export type Act = <Parameters extends unknown[]>(
  work: (context: CommandContext, ...parameters: Parameters) => Promise<void>,
) => (...parameters: Parameters) => Promise<void>;
