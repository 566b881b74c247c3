/** Entropy by position of two packs, one chart: the window draws it, the command line too. Pure. */
import { chartColours, knowingNothing, roundTicks, type Chart } from './chart.js';

export interface PackCurve {
  name: string;
  /** [K] nats, in the order of writing. */
  entropy: readonly number[];
  codebookSize: number;
}

/** With unlike K the axis is the share of the sequence: position 8 of 16 stands above 16 of 32. */
export function packEntropyChart(curves: readonly PackCurve[], pictures: string): Chart {
  const counts = new Set(curves.map(({ entropy }) => entropy.length));
  const alike = counts.size <= 1;
  const count = Math.max(2, ...counts);
  const largest = Math.max(
    1,
    ...curves.map(({ codebookSize }) => Math.log(codebookSize)),
    ...curves.flatMap((one) => one.entropy),
  );
  const place = (index: number, length: number): number => (alike ? index + 1 : ((index + 1) / length) * 100);
  const [from, to] = alike ? [1, count] : [0, 100];
  return {
    title: `Entropy by position: how undecided the language model is, ${pictures}`,
    x: {
      label: alike ? 'position in the order of writing' : 'share of the tokens written, per cent',
      from,
      to,
      ticks: [
        ...(alike ? [{ at: 1, text: '1' }] : []),
        ...roundTicks(0, to, 8).filter(({ at }) => at > (alike ? 1 : -1)),
      ],
    },
    y: { label: 'entropy, nats', from: 0, to: largest, ticks: roundTicks(0, largest, 4) },
    lines: [
      ...curves.map(({ name, entropy }, index) => ({
        label: name,
        colour: chartColours[index % chartColours.length]!,
        points: entropy.map((value, at) => [place(at, entropy.length), value] as const),
      })),
      knowingNothing(Math.max(...curves.map(({ codebookSize }) => codebookSize)), { from, to }),
    ],
  };
}
