/** A line chart as SVG text: sharp at any size, small in a repository, readable as source. */

export interface ChartLine {
  label: string;
  /** CSS colour. */
  colour: string;
  dashed?: boolean;
  /** x and y, 0…1 each. */
  points: readonly (readonly [number, number])[];
}

const width = 760;
const height = 420;
const plot = { left: 56, top: 44, right: 560, bottom: 366 };

/** Both axes run from 0 to 1. */
export function lineChart(
  lines: readonly ChartLine[],
  { title, xLabel, yLabel }: Record<'title' | 'xLabel' | 'yLabel', string>,
): string {
  const x = (value: number): string => (plot.left + value * (plot.right - plot.left)).toFixed(1);
  const y = (value: number): string => (plot.bottom - value * (plot.bottom - plot.top)).toFixed(1);
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const text = (left: number | string, top: number | string, words: string, extra = ''): string =>
    `<text x="${left}" y="${top}" ${extra}>${escaped(words)}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(plot.left, 24, title, 'font-size="15" font-weight="bold"'),
    ...ticks.flatMap((tick) => [
      `<path d="M${plot.left} ${y(tick)}H${plot.right}" stroke="#ddd"/>`,
      text(plot.left - 8, Number(y(tick)) + 4, tick.toFixed(1), 'text-anchor="end"'),
      text(x(tick), plot.bottom + 18, tick.toFixed(1), 'text-anchor="middle"'),
    ]),
    text((plot.left + plot.right) / 2, height - 14, xLabel, 'text-anchor="middle"'),
    text(0, 0, yLabel, `text-anchor="middle" transform="translate(16 ${(plot.top + plot.bottom) / 2}) rotate(-90)"`),
  ];
  lines.forEach(({ label, colour, dashed = false, points }, index) => {
    const stroke = `fill="none" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ''}`;
    const path = points.map(([across, up], place) => `${place === 0 ? 'M' : 'L'}${x(across)} ${y(up)}`).join('');
    const legend = plot.top + 8 + index * 20;
    parts.push(
      `<path d="${path}" ${stroke}/>`,
      `<path d="M${plot.right + 16} ${legend}h26" ${stroke}/>`,
      text(plot.right + 50, legend + 4, label),
    );
  });
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
