/** A chart as SVG text: sharp at any size, small in a repository, readable as source. */
import { shareOf, type Chart } from './chart.js';

export interface ChartTheme {
  background: string;
  text: string;
  muted: string;
  grid: string;
  font: string;
}

export const paperTheme: ChartTheme = {
  background: '#ffffff',
  text: '#26262c',
  muted: '#5c5c66',
  grid: '#e2e2e6',
  font: 'sans-serif',
};

export const chartSize = { width: 860, height: 460 } as const;
const plot = { left: 64, top: 48, right: 640, bottom: 400 };

export function chartSvg({ title, x, y, lines }: Chart, theme: ChartTheme = paperTheme): string {
  const { width, height } = chartSize;
  const across = (value: number): string => (plot.left + shareOf(x, value) * (plot.right - plot.left)).toFixed(1);
  const up = (value: number): string =>
    (plot.bottom - Math.min(1, Math.max(0, shareOf(y, value))) * (plot.bottom - plot.top)).toFixed(1);
  const text = (left: number | string, top: number | string, words: string, extra = ''): string =>
    `<text x="${left}" y="${top}" ${extra}>${escaped(words)}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(theme.font)}" font-size="12" fill="${theme.muted}">`,
    `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
    text(plot.left, 26, title, `font-size="15" font-weight="600" fill="${theme.text}"`),
    ...y.ticks.flatMap(({ at, text: words }) => [
      `<path d="M${plot.left} ${up(at)}H${plot.right}" stroke="${theme.grid}"/>`,
      text(plot.left - 8, Number(up(at)) + 4, words, 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap(({ at, text: words }) => [
      `<path d="M${across(at)} ${plot.bottom}v4" stroke="${theme.muted}"/>`,
      text(across(at), plot.bottom + 19, words, 'text-anchor="middle"'),
    ]),
    text((plot.left + plot.right) / 2, height - 16, x.label, 'text-anchor="middle"'),
    text(0, 0, y.label, `text-anchor="middle" transform="translate(18 ${(plot.top + plot.bottom) / 2}) rotate(-90)"`),
  ];
  lines.forEach(({ label, colour, dashed = false, points }, index) => {
    const stroke = `fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dashed ? ' stroke-dasharray="5 4"' : ''}`;
    const path = points.map(([left, top], place) => `${place === 0 ? 'M' : 'L'}${across(left)} ${up(top)}`).join('');
    const legend = plot.top + 8 + index * 20;
    parts.push(
      `<path d="${path}" ${stroke}/>`,
      `<path d="M${plot.right + 18} ${legend}h26" ${stroke}/>`,
      text(plot.right + 52, legend + 4, label),
    );
  });
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
