/** What the chosen analysis found, as a chart, a table or a picture. Reactive where it is read. */
import type { Chart } from '../../shared/charts/chart.js';
import {
  entropyChart,
  entropyTable,
  seedsTable,
  spectrumChart,
  spectrumTable,
} from '../../shared/charts/analysis-charts.js';
import { studies } from '../state/analyses/analyses.svelte.js';
import { timelineFileName } from '../timeline/export/timeline-tables.js';
import { saveChart, savePictures, saveTable } from './analysis-files.js';

/** Null for a study without curves, or before there are any. */
export function findingsChart(): Chart | null {
  const { study, entropy, spectrum, measure } = studies;
  if (study === 'entropy' && entropy !== null) return entropyChart(entropy.curves, { ...entropy, measure });
  if (study === 'spectrum' && spectrum !== null) return spectrumChart(spectrum.decoded.map(({ curve }) => curve));
  return null;
}

/** Nothing more is going to arrive, and there is something to save. */
export function findingsComplete(): boolean {
  return !studies.running && studies[studies.study] !== null;
}

export function saveFindingsTable(): Promise<void> {
  const tables = {
    entropy: () => entropyTable(studies.entropy?.curves ?? []),
    spectrum: () => spectrumTable(studies.spectrum?.decoded.map(({ curve }) => curve) ?? []),
    seeds: () => seedsTable(studies.seeds?.pictures ?? []),
  };
  return saveTable(tables[studies.study](), fileName('csv'));
}

/** Throws `internal` when the browser cannot draw it. */
export async function saveFindingsPicture(): Promise<void> {
  const chart = findingsChart();
  if (chart !== null) return saveChart(chart, fileName('png'));
  if (studies.seeds === null) return;
  const pictures = studies.seeds.pictures.map(({ seed, image, agreement }) => ({
    image,
    caption: `${seed === null ? 'one step' : `seed ${seed}`}${agreement === null ? '' : ` · ${agreement.toFixed(1)} dB`}`,
  }));
  await savePictures({ title: studies.seeds.name, detail: 'The same tokens, other noise' }, pictures, fileName('png'));
}

function fileName(extension: string): string {
  const { study } = studies;
  if (study === 'entropy') return `entropy.${extension}`;
  return timelineFileName(studies[study]?.name ?? '', study, extension);
}
