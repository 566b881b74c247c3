/** What axe finds in the window, told so that it can neither overlook words nor look at the same part twice. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export type Theme = 'dark' | 'light';
/** In the page: what each part looked like in every state it was looked at. The same again tells nothing new, and takes seconds. */
type Looking = Window & { looks?: Partial<Record<Theme, Set<string>>> };
/** A field's words lie twice in the same place, the curve passes behind its name, and a token's card over the words at its ends. */
const knownToOverlap = /\.mirror\b|^mark\b|^\.(unit|first|told)\b/;
const sameAgain = 'data-looked-at';

/** Marks the parts of the window that are in the words, attributes and size of before; those in a part that is the same go with it. */
async function markKnown(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(
    ({ theme, mark }) => {
      const known = ((window as Looking).looks ??= {});
      const before = known[theme] ?? new Set();
      const parts = [...document.querySelectorAll('header, aside, section, footer, [role="application"]')];
      const looks = parts.map((part) => {
        const { width, height } = part.getBoundingClientRect();
        // No attribute says whether a popover is open.
        const open = [...part.querySelectorAll('[popover]')].map((popover) => popover.matches(':popover-open'));
        return `${width}×${height} ${open.join(' ')} ${part.outerHTML}`;
      });
      for (const [index, part] of parts.entries()) if (before.has(looks[index]!)) part.setAttribute(mark, '');
      known[theme] = new Set([...before, ...looks]);
    },
    { theme, mark: sameAgain },
  );
}

/** That axe finds nothing in what is shown, in both themes; the dark one is shown again afterwards. */
export async function expectNoFindings(page: Page, state: string): Promise<void> {
  expect.soft(await findings(page, 'dark'), state).toEqual([]);
  expect.soft(await findings(page, 'light'), `${state}, light`).toEqual([]);
  await page.evaluate(() => void (document.documentElement.dataset['theme'] = 'dark'));
}

/**
 * What axe calls serious or critical in all that is not known yet, one line each: in the dark theme by every rule of the levels A
 * and AA, in the light one by its colours.
 */
export async function findings(page: Page, theme: Theme): Promise<string[]> {
  // Where a surface fades in, its colours are not yet what they will be. What turns or pulses for ever never ends.
  await page.evaluate((theme) => {
    document.documentElement.dataset['theme'] = theme;
    // Axe does not know the top layer.
    const raised = document.querySelectorAll<HTMLElement>('[popover]:popover-open, dialog[open]');
    for (const one of raised) one.style.zIndex = '2147483647';
    for (const one of document.getAnimations()) {
      if (one.effect?.getComputedTiming().endTime !== Infinity) one.finish();
    }
  }, theme);
  await markKnown(page, theme);
  // Without this a selector is looked for of everything that is as it should be.
  const options = { resultTypes: ['violations' as const, 'incomplete' as const] };
  // The builder would bring axe along twice at each look, a quarter of a second.
  const isThere = await page.evaluate(() => 'axe' in window);
  const builder = new AxeBuilder({ page, ...(isThere ? { axeSource: 'void 0' } : {}) })
    .setLegacyMode()
    .options(options)
    .exclude(`[${sameAgain}]`);
  const axe =
    theme === 'dark'
      ? builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
      : builder.withRules(['color-contrast']);
  const { violations, incomplete } = await axe.analyze();
  await page.evaluate((mark) => {
    for (const part of document.querySelectorAll(`[${mark}]`)) part.removeAttribute(mark);
  }, sameAgain);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return [
    ...serious.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    ),
    // Words whose colours could not be told have not been looked at: what lies on them, if anything, belongs to nobody else.
    ...incomplete.flatMap(({ id, nodes }) =>
      nodes
        .filter(({ any }) =>
          any.some(({ data }) => (data as { messageKey?: string } | null)?.messageKey === 'bgOverlap'),
        )
        .map(({ target }) => target.join(' '))
        .filter((target) => !knownToOverlap.test(target))
        .map((target) => `${id}: ${target} is covered, says axe`),
    ),
  ];
}
