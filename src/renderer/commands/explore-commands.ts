/** Explore's part of the list of commands: its tools, its playback, its files. */
import { command, type Command } from './command.js';
import { openTool, present } from '../state/timeline/timeline-open.js';
import { playback } from '../state/timeline/timeline-playback.svelte.js';
import { clearCache } from '../state/timeline/disk-cache-settings.svelte.js';
import type { ToolTab } from '../state/timeline/timeline-tools.svelte.js';
import { timeline } from '../state/timeline/timeline.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';
import { gpuInstallation } from '../state/studio/gpu-installation.svelte.js';
import {
  canExport,
  filmProgress,
  hasLanes,
  saveFilm,
  saveLanesCsv,
  saveSheet,
  saveTokensCsv,
} from '../timeline/export/timeline-exports.svelte.js';

const onTimeline = () => timeline.source !== null;

function move(action: () => void): () => void {
  return () => {
    playback.pause();
    action();
  };
}

const toolLabels: readonly (readonly [ToolTab, string])[] = [
  ['look', 'Explore: look at t, where a token shows, which tokens made a place'],
  ['branch', 'Explore: branch at t'],
  ['blend', 'Explore: blend with another frame'],
  ['compare', 'Explore: compare with another frame'],
];

export const exploreCommands: readonly Command[] = [
  ...toolLabels.map(([tab, label]) =>
    command({ id: `explore-${tab}`, label, group: 'Explore', run: () => openTool(tab) }),
  ),
  command({
    id: 'present',
    label: 'Present the timeline, full screen',
    group: 'Explore',
    shortcuts: ['P'],
    enabled: () => onTimeline() && timeline.positions.length > 0,
    run: present,
  }),
  command({
    id: 'install-pack',
    label: 'Install a pack',
    group: 'Project',
    run: () => (view.dialog = view.dialog === 'install-pack' ? null : 'install-pack'),
  }),
  command({
    id: 'install-cuda',
    label: 'Install CUDA',
    group: 'Project',
    enabled: () => gpuInstallation.concerns,
    run: () => (view.dialog = view.dialog === 'install-cuda' ? null : 'install-cuda'),
  }),
  command({
    id: 'compare-packs',
    label: 'Compare two packs side by side',
    group: 'Explore',
    run: () => (view.dialog = view.dialog === 'packs' ? null : 'packs'),
  }),
  command({
    id: 'timeline-play',
    label: 'Play or pause the timeline',
    group: 'Explore',
    shortcuts: ['K'],
    enabled: onTimeline,
    run: () => playback.toggle(),
  }),
  command({
    id: 'timeline-more',
    label: 'One token more',
    group: 'Explore',
    shortcuts: [','],
    enabled: onTimeline,
    run: move(() => timeline.step(1)),
  }),
  command({
    id: 'timeline-fewer',
    label: 'One token fewer',
    group: 'Explore',
    shortcuts: ['.'],
    enabled: onTimeline,
    run: move(() => timeline.step(-1)),
  }),
  command({
    id: 'timeline-noise',
    label: 'To noise, t = 1',
    group: 'Explore',
    enabled: onTimeline,
    run: move(() => timeline.seek(1)),
  }),
  command({
    id: 'timeline-clean',
    label: 'To the clean picture, t = 0',
    group: 'Explore',
    enabled: onTimeline,
    run: move(() => timeline.seek(0)),
  }),
  command({
    id: 'timeline-other-noise',
    label: 'Other noise in the timeline',
    group: 'Explore',
    enabled: onTimeline,
    run: () => timeline.setSeed(Math.floor(Math.random() * 100_000)),
  }),
  command({
    id: 'timeline-film',
    label: 'Export the timeline as an animated GIF',
    group: 'Explore',
    enabled: () => canExport() && filmProgress.done === null,
    run: saveFilm,
  }),
  command({
    id: 'timeline-sheet',
    label: 'Export the timeline as a sheet, PNG',
    group: 'Explore',
    enabled: canExport,
    run: saveSheet,
  }),
  command({
    id: 'timeline-lanes',
    label: 'Export the lanes as CSV',
    group: 'Explore',
    enabled: () => canExport() && hasLanes(),
    run: saveLanesCsv,
  }),
  command({
    id: 'timeline-tokens',
    label: 'Export k(t) and tokens as CSV',
    group: 'Explore',
    enabled: canExport,
    run: saveTokensCsv,
  }),
  command({
    id: 'timeline-clear-cache',
    label: 'Forget the timeline pictures kept on disk',
    group: 'Explore',
    enabled: () => (studio.status?.timelineCache.bytes ?? 0) > 0,
    run: clearCache,
  }),
];
