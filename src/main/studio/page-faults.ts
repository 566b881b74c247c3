import { faultLimits } from '../../shared/contract/page-faults.js';
import type { Log } from '../diagnostics/log.js';

/** What windows' pages report, in the studio's log. */
export class PageFaults {
  readonly #noted = new WeakMap<object, number>();

  constructor(private readonly log: Log | undefined) {}

  note(window: object, text: string): void {
    const noted = this.#noted.get(window) ?? 0;
    if (noted > faultLimits.most) return;
    this.#noted.set(window, noted + 1);
    this.log?.error(
      noted < faultLimits.most ? `A window’s page: ${text}` : 'A window’s page: more of this is not noted.',
    );
  }
}
