/** What makes the open timeline follow: the selection, the jobs of others, and, one after the other, what is read in its pictures. */
import { onDestroy, untrack } from 'svelte';
import type { JobRequest } from '../../../shared/jobs/jobs.js';
import type { Frame } from '../../../shared/document/document.js';
import { documentState } from '../document/document.svelte.js';
import { jobs } from '../jobs/jobs.svelte.js';
import { staging } from '../jobs/staging.svelte.js';
import { selectedFrame } from '../board/selection.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';
import { cacheNotices } from './disk-cache-settings.svelte.js';
import { giveZoomBack, keepSelectionInView } from './explore-camera.js';
import { buildUp } from './readings/build-up.svelte.js';
import { captions } from './readings/timeline-captions.svelte.js';
import { influence, runInfluence } from './readings/timeline-influence.svelte.js';
import { describedOf, filmedOf, measuredOf, runsOf } from './shown-readings.js';
import { playback } from './timeline-playback.svelte.js';
import { tools } from './timeline-tools.svelte.js';
import { timeline } from './timeline.svelte.js';
import { comparison, usualComparison } from './trials/timeline-compare.svelte.js';
import { counterfactual } from './trials/timeline-counterfactual.svelte.js';
import { trials } from './trials/timeline-trial.svelte.js';

/** What nobody waits for. */
const backgroundKinds: readonly JobRequest['kind'][] = ['timeline', 'encode', 'captions', 'ablate', 'film'];

const readings = [timeline, captions, buildUp, influence, runInfluence] as const;

/**
 * While the component that calls it is there. `describes` says whether a person sees what the language model reads of the pictures, so
 * that it is asked; `compares`, whether many of them stand beside each other.
 */
export function followTimeline({ describes, compares }: { describes: () => boolean; compares: () => boolean }): void {
  const isExploring = $derived(view.mode === 'explore');
  const pair = $derived(chosenPair());
  followPair(() => pair?.[1]);
  followComparison();

  $effect(() => {
    const [frame, pack] = [pair?.[0] ?? staging.shownFor(selectedFrame()), studio.pack];
    untrack(() => timeline.show(frame, pack));
  });
  $effect(() => {
    const closely = isExploring || tools.presenting || describes() || compares();
    untrack(() => timeline.lookClosely(closely));
  });
  $effect(() => {
    const asked = jobs.active.some(({ request: { kind } }) => !backgroundKinds.includes(kind));
    untrack(() => readings.forEach((one) => one.hold(asked)));
  });
  $effect(() => {
    const described = describes() ? describedOf(timeline) : null;
    untrack(() => captions.show(described));
  });
  $effect(() => {
    const at = timeline.shown?.t;
    if (at !== undefined) untrack(() => captions.look(at));
  });
  // The film comes before everything else: it is what a new picture is looked at for.
  $effect(() => {
    const filmed = filmedOf(timeline);
    untrack(() => buildUp.show(filmed));
  });
  $effect(() => {
    const measured = isExploring ? measuredOf(timeline) : null;
    untrack(() => influence.show(measured));
  });
  $effect(() => {
    const runs = influence.status.kind === 'ready' ? runsOf(timeline, influence.groups) : null;
    untrack(() => runInfluence.show(runs));
  });
  $effect(() => {
    const cache = studio.status?.timelineCache;
    untrack(() => cacheNotices.follow(cache));
  });
  $effect(() => {
    void view.viewport;
    const showSelection = isExploring ? keepSelectionInView : giveZoomBack;
    untrack(showSelection);
  });
  onDestroy(() => {
    playback.pause();
    timeline.cancel();
    for (const one of [captions, influence, runInfluence, buildUp]) one.show(null);
    trials.revert();
    counterfactual.close();
    tools.presenting = false;
  });
}

/** Two frames chosen in Explore: the second gives tokens to the first. */
function chosenPair(): [Frame, Frame] | null {
  if (view.mode !== 'explore' || view.selection.length !== 2) return null;
  const [first, second] = view.selection.map((id) => documentState.frame(id));
  return first && second ? [first, second] : null;
}

/** The tools turn to the second of two chosen frames, and begin anew with another first one. */
function followPair(partner: () => Frame | undefined): void {
  const partnerId = $derived(partner()?.id);
  // By itself: the source is a new object whenever anything about the frame or the engine changes.
  const frameId = $derived(timeline.source?.frameId);
  $effect(() => {
    if (partnerId === undefined) return;
    if (untrack(() => tools.tab) !== 'compare') tools.tab = 'blend';
    tools.donorId = partnerId;
    tools.comparedId = partnerId;
  });
  $effect(() => {
    void frameId;
    untrack(() => {
      tools.comparedId = partnerId ?? null;
      tools.reset(timeline.count);
      trials.revert();
    });
  });
}

/** The frame of the timeline and the one it is compared with, while that tool is open. */
export function comparedFrames(): { frame: Frame; other: Frame | null } | null {
  const frameId = timeline.source?.frameId;
  const frame = frameId === undefined ? null : documentState.frame(frameId);
  if (tools.active !== 'compare' || frame === null) return null;
  const other = tools.comparedId === null ? null : documentState.frame(tools.comparedId);
  return { frame, other: other?.id === frame.id ? null : other };
}

function followComparison(): void {
  const compared = $derived(comparedFrames());
  $effect(() => {
    // Whoever opens the tool sees at once what was changed.
    if (compared === null || compared.other !== null) return;
    tools.comparedId = usualComparison(compared.frame, documentState.frames)?.id ?? null;
  });
  $effect(() => {
    const [frame, other] = [compared?.frame ?? null, compared?.other ?? null];
    untrack(() => void comparison.show(frame, other));
  });
}
