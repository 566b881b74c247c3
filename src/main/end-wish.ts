/** The wish that this process ends, as terminals, parents and systems send it. */

/** A terminal's Ctrl+C reaches every process in it, and the one that started us passes it on besides: within this it is one wish. */
const oneWishMs = 500;

/** `ask` hears the first wish. Who wishes again does not want to wait for the answer: `insist`. */
export function onEndWish(ask: () => void, insist: () => void): void {
  let asked: number | null = null;
  const hear = (): void => {
    if (asked === null) {
      asked = performance.now();
      ask();
    } else if (performance.now() - asked > oneWishMs) insist();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
}
