/** What the chosen analysis found, as a chart, a table or a picture. Reactive where it is read. */
import type { Chart } from '../../shared/charts/chart.js';
import {
  entropyChart,
  entropyTable,
  seedsTable,
  spectrumChart,
  spectrumTable,
} from '../../shared/charts/analysis-charts.js';
import { analyses } from '../state/analyses/analyses.svelte.js';
import { timelineFileName } from '../timeline/export/timeline-tables.js';
import { saveChart, savePictures, saveTable } from './analysis-files.js';

/** Null for an analysis without curves, or before there are any. */
export function findingsChart(): Chart | null {
  const { analysis, entropy, spectrum, measure } = analyses;
  if (analysis === 'entropy' && entropy !== null) return entropyChart(entropy.curves, { ...entropy, measure });
  if (analysis === 'spectrum' && spectrum !== null) return spectrumChart(spectrum.decoded.map(({ curve }) => curve));
  return null;
}

/** Nothing more is going to arrive, and there is something to save. */
export function findingsComplete(): boolean {
  return !analyses.running && analyses[analyses.analysis] !== null;
}

export function saveFindingsTable(): Promise<void> {
  const tables = {
    entropy: () => entropyTable(analyses.entropy?.curves ?? []),
    spectrum: () => spectrumTable(analyses.spectrum?.decoded.map(({ curve }) => curve) ?? []),
    seeds: () => seedsTable(analyses.seeds?.pictures ?? []),
  };
  return saveTable(tables[analyses.analysis](), fileName('csv'));
}

/** Throws `internal` when the browser cannot draw it. */
export async function saveFindingsPicture(): Promise<void> {
  const chart = findingsChart();
  if (chart !== null) return saveChart(chart, fileName('png'));
  if (analyses.seeds === null) return;
  const pictures = analyses.seeds.pictures.map(({ seed, image, agreement }) => ({
    image,
    caption: `${seed === null ? 'one step' : `seed ${seed}`}${agreement === null ? '' : ` · ${agreement.toFixed(1)} dB`}`,
  }));
  await savePictures({ title: analyses.seeds.name, detail: 'The same tokens, other noise' }, pictures, fileName('png'));
}

function fileName(extension: string): string {
  const { analysis } = analyses;
  if (analysis === 'entropy') return `entropy.${extension}`;
  return timelineFileName(analyses[analysis]?.name ?? '', analysis, extension);
}
