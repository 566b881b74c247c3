/** A chart as the browser draws it. */
import { chartSvg, type ChartTheme } from '../../shared/charts/chart-svg.js';
import type { Chart } from '../../shared/charts/chart.js';

/** `draw` gets it while it lasts. Rejects when the browser cannot draw it. */
export async function withChartImage<Drawn>(
  chart: Chart,
  theme: ChartTheme,
  draw: (image: HTMLImageElement) => Drawn | Promise<Drawn>,
): Promise<Drawn> {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([chartSvg(chart, theme)], { type: 'image/svg+xml' }));
  try {
    image.src = address;
    await image.decode();
    return await draw(image);
  } finally {
    URL.revokeObjectURL(address);
  }
}
