/** The editing part of the list of commands: candidates, masks, comparing. */
import { arrows, command, oneSelected, writable, type Command } from './command.js';
import { writePrompt } from './composer-actions.js';
import { isActive } from './command-contexts.js';
import { varyFrame, varySlightly } from '../state/jobs/editing.js';
import { composer } from '../state/composer/composer.svelte.js';
import { comparablePair, compare } from '../state/compare/compare.svelte.js';
import { maskHand } from '../masks/mask-pointer.svelte.js';
import { maskMadeWith, masks, settingLimits } from '../state/masks/masks.svelte.js';
import { exportMask } from '../state/masks/mask-transfer.js';
import { selectedFrame, selectedFrames } from '../state/board/selection.svelte.js';
import { staging } from '../state/jobs/staging.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';
import type { Frame } from '../../shared/document/document.js';

const choosing = isActive.candidates;
const canPaint = () => writable() && oneSelected();
const hasMask = () => selectedFrame()?.mask !== undefined;
const brushing = () => view.tool === 'brush' || view.tool === 'eraser';
/** The pen of the mask tools is on a frame: arrows and Enter are its keys then. */
const drawing = () => maskHand.tool !== null && canPaint();
const onFrame = (act: (frame: Frame) => unknown) => () => {
  const frame = selectedFrame();
  return frame === null ? undefined : act(frame);
};

/** Pixels of the picture; each press is one step. */
function growBy(frame: Frame, by: number): Promise<void> {
  const { smallest, largest } = settingLimits.grow;
  masks.trySettings(frame, { grow: Math.min(largest, Math.max(smallest, masks.settingsOf(frame).grow + by)) });
  return masks.keepSettings();
}

export const editCommands: readonly Command[] = [
  command({
    id: 'candidate-previous',
    label: 'Previous candidate',
    group: 'Candidates',
    context: 'candidates',
    shortcuts: ['ArrowLeft'],
    enabled: choosing,
    run: () => staging.current?.step(-1),
  }),
  command({
    id: 'candidate-next',
    label: 'Next candidate',
    group: 'Candidates',
    context: 'candidates',
    shortcuts: ['ArrowRight'],
    enabled: choosing,
    run: () => staging.current?.step(1),
  }),
  ...Array.from({ length: 9 }, (_, index) =>
    command({
      id: `candidate-${index + 1}`,
      label: `Candidate ${index + 1}`,
      group: 'Candidates',
      context: 'candidates',
      shortcuts: [String(index + 1)],
      enabled: () => staging.current?.candidates[index] !== undefined,
      run: () => staging.current?.show(index),
    }),
  ),
  command({
    id: 'candidate-accept',
    label: 'Accept the candidate, or all that are marked',
    group: 'Candidates',
    context: 'candidates',
    shortcuts: ['Enter'],
    undo: 'committed',
    enabled: () => writable() && choosing(),
    run: () => (staging.current === null ? undefined : staging.accept(staging.current)),
  }),
  command({
    id: 'candidate-mark',
    label: 'Mark the candidate, to accept several',
    group: 'Candidates',
    context: 'candidates',
    shortcuts: ['X'],
    enabled: choosing,
    run: () => staging.current?.toggleMark(),
  }),
  command({
    id: 'candidate-original',
    label: 'Show the original, or the candidate again',
    group: 'Candidates',
    context: 'candidates',
    shortcuts: ['O'],
    enabled: choosing,
    run: () => {
      const { current } = staging;
      if (current !== null) current.showsOriginal = !current.showsOriginal;
    },
  }),
  command({
    id: 'candidate-discard',
    label: 'Discard all candidates',
    group: 'Candidates',
    context: 'candidates',
    shortcuts: ['Escape'],
    enabled: choosing,
    run: () => (staging.current === null ? undefined : staging.discard(staging.current)),
  }),
  command({
    id: 'vary',
    label: 'Vary, under the mask where there is one',
    group: 'Create',
    shortcuts: ['Shift+V'],
    enabled: () => writable() && studio.takesJobs && studio.can('textToImage') && oneSelected(),
    run: onFrame(varyFrame),
  }),
  command({
    id: 'vary-slightly',
    label: 'Vary slightly: keep all but the finest tokens',
    group: 'Create',
    shortcuts: ['Alt+V'],
    enabled: () => writable() && studio.takesJobs && studio.can('textToImage') && oneSelected(),
    run: onFrame(varySlightly),
  }),
  command({
    id: 'edit-frame',
    label: 'Edit by instruction',
    group: 'Create',
    shortcuts: ['I'],
    enabled: () => writable() && studio.can('edit') && oneSelected(),
    run: () => {
      composer.task = 'edit';
      writePrompt();
    },
  }),
  command({
    id: 'compare',
    label: 'Compare with the original, or two frames',
    group: 'View',
    shortcuts: ['C'],
    enabled: () => choosing() || comparablePair(selectedFrames()) !== null,
    run: () => {
      const [frame, candidate] = [selectedFrame(), staging.current?.shown ?? null];
      if (frame !== null && candidate !== null) {
        const staged = staging.current!;
        return compare.open(frame, { name: candidate.title, imageId: candidate.image.imageId }, () =>
          staging.accept(staged, candidate),
        );
      }
      const pair = comparablePair(selectedFrames());
      if (pair !== null) compare.open(pair.before, pair.after);
    },
  }),
  ...(
    [
      ['brush', 'Mask brush', 'B'],
      ['eraser', 'Mask eraser', 'E'],
      ['mask-rectangle', 'Mask rectangle', 'U'],
      ['lasso', 'Mask lasso', 'L'],
    ] as const
  ).map(([tool, label, shortcut]) =>
    command({
      id: `tool-${tool}`,
      label,
      group: 'Tools',
      shortcuts: [shortcut],
      enabled: writable,
      run: () => (view.tool = tool),
    }),
  ),
  command({
    id: 'swap-brush',
    label: 'Swap brush and eraser',
    group: 'Mask',
    context: 'masking',
    shortcuts: ['X'],
    enabled: brushing,
    run: () => (view.tool = view.tool === 'brush' ? 'eraser' : 'brush'),
  }),
  command({
    id: 'brush-smaller',
    label: 'Smaller brush',
    group: 'Mask',
    context: 'masking',
    shortcuts: ['['],
    enabled: brushing,
    run: () => masks.stepBrush(-1),
  }),
  command({
    id: 'brush-larger',
    label: 'Larger brush',
    group: 'Mask',
    context: 'masking',
    shortcuts: [']'],
    enabled: brushing,
    run: () => masks.stepBrush(1),
  }),
  ...arrows.flatMap(([name, key, x, y]) =>
    [false, true].map((far) =>
      command({
        id: `mask-pen-${name}${far ? '-far' : ''}`,
        label: `Move the pen ${name}${far ? ', far' : ''}`,
        group: 'Mask by keys',
        context: 'masking',
        shortcuts: [far ? `Shift+${key}` : key],
        enabled: drawing,
        run: () => maskHand.movePen({ x, y }, far),
      }),
    ),
  ),
  command({
    id: 'mask-pen',
    label: 'Put the pen down, or lift it',
    group: 'Mask by keys',
    context: 'masking',
    shortcuts: ['Enter'],
    undo: 'committed',
    enabled: drawing,
    run: () => maskHand.pressPen(false),
  }),
  command({
    id: 'mask-pen-opposite',
    label: 'Put the pen down to take away',
    group: 'Mask by keys',
    context: 'masking',
    shortcuts: ['Alt+Enter'],
    undo: 'committed',
    enabled: drawing,
    run: () => maskHand.pressPen(true),
  }),
  ...(
    [
      ['wider', 'Widen the mask', '+', 1],
      ['narrower', 'Narrow the mask', '-', -1],
    ] as const
  ).map(([name, label, key, by]) =>
    command({
      id: `mask-${name}`,
      label,
      group: 'Mask',
      shortcuts: [key],
      undo: 'committed',
      enabled: () => canPaint() && hasMask(),
      run: onFrame((frame) => growBy(frame, by)),
    }),
  ),
  command({
    id: 'mask-visible',
    label: 'Show or hide the mask',
    group: 'Mask',
    shortcuts: ['M'],
    enabled: hasMask,
    run: () => (masks.visible = !masks.visible),
  }),
  command({
    id: 'mask-invert',
    label: 'Invert the mask',
    group: 'Mask',
    shortcuts: ['Mod+I'],
    undo: 'committed',
    enabled: () => canPaint() && hasMask(),
    run: onFrame((frame) => masks.invert(frame)),
  }),
  command({
    id: 'mask-all',
    label: 'Mask everything',
    group: 'Mask',
    undo: 'committed',
    enabled: canPaint,
    run: onFrame((frame) => masks.coverAll(frame)),
  }),
  command({
    id: 'mask-again',
    label: 'Use the mask it was made with',
    group: 'Mask',
    undo: 'committed',
    enabled: () => {
      const frame = selectedFrame();
      return writable() && frame !== null && frame.mask === undefined && maskMadeWith(frame) !== null;
    },
    run: onFrame((frame) => masks.reuse(frame)),
  }),
  command({
    id: 'mask-clear',
    label: 'Remove the mask',
    group: 'Mask',
    shortcuts: ['Mod+Shift+D'],
    undo: 'committed',
    enabled: () => canPaint() && hasMask(),
    run: onFrame((frame) => masks.clear(frame)),
  }),
  command({
    id: 'mask-export',
    label: 'Export the mask as PNG',
    group: 'Mask',
    enabled: hasMask,
    run: onFrame(exportMask),
  }),
];
