/** What each pane shows, and what it is called: at t, while a person points at tokens, and while other tokens are on trial. Pure. */
import type { TokenRange } from '../../../shared/tokens/tokens.js';
import { formatTime, rangeName, visibleTokens } from '../timeline-words.js';

export type PaneSlot = 'noised' | 'alone' | 'restored' | 'difference';

export interface PaneWords {
  name: PaneSlot;
  title: string;
  /** Beside the title. */
  short: string;
  /** In a tooltip and for ears: symbols and all. */
  long: string;
}

/** `at`: the noise the pictures of x0Hat start from. */
export type PaneView =
  | { kind: 'at'; t: number; visible: number; count: number }
  | { kind: 'without'; run: TokenRange; count: number }
  | { kind: 'trial'; label: string; seed: number; steps: number };

/** The four panes in their order. Both sides of a comparison always have the same noise. */
export function paneWords(view: PaneView): PaneWords[] {
  switch (view.kind) {
    case 'at':
      return [
        {
          name: 'noised',
          title: 'With noise',
          short: `t ${formatTime(view.t)}`,
          long: `x at t = ${formatTime(view.t)}: ${percent(1 - view.t)} picture, ${percent(view.t)} noise. What the decoder is given`,
        },
        {
          name: 'alone',
          title: 'Without tokens',
          short: '',
          long: 'The decoder’s guess of the picture from this noise, without any token',
        },
        {
          name: 'restored',
          title: 'With tokens',
          short: visibleTokens(view.visible),
          long: `The decoder’s guess from the same noise with ${visibleTokens(view.visible)}`,
        },
        {
          name: 'difference',
          title: 'What the tokens added',
          short: '',
          long: 'The difference between with and without tokens, twice as bright',
        },
      ];
    case 'without': {
      const name = rangeName(view.run);
      return [
        { name: 'noised', title: 'With noise', short: 't 1.00', long: 'Pure noise: only the tokens decide' },
        {
          name: 'alone',
          title: `Without ${name}`,
          short: '',
          long: `The decoder’s guess from pure noise with all tokens but ${name}`,
        },
        {
          name: 'restored',
          title: 'With all tokens',
          short: '',
          long: `The decoder’s guess from the same noise with all ${view.count} tokens`,
        },
        {
          name: 'difference',
          title: `What ${name} added`,
          short: '',
          long: `The difference between with and without ${name}, twice as bright`,
        },
      ];
    }
    case 'trial': {
      const same = `seed ${view.seed}, ${view.steps === 1 ? '1 step' : `${view.steps} steps`}`;
      return [
        { name: 'noised', title: 'With noise', short: 't 1.00', long: 'Pure noise: both pictures start from it' },
        {
          name: 'alone',
          title: 'Its own tokens',
          short: same,
          long: `The picture drawn from pure noise with its own tokens, ${same}`,
        },
        {
          name: 'restored',
          title: 'On trial',
          short: same,
          long: `Drawn from the same noise, ${same}: ${view.label}`,
        },
        {
          name: 'difference',
          title: 'What it changes',
          short: '',
          long: 'The difference between both, twice as bright',
        },
      ];
    }
  }
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
