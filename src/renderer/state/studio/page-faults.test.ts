import { expect, test, vi } from 'vitest';
import { cancelledError } from '../../../shared/errors.js';
import { faultLimits } from '../../../shared/contract/page-faults.js';
import { reportPageFaults } from './page-faults.js';

function pageThatReports(reportFault = vi.fn((_fault: { text: string }) => Promise.resolve({}))) {
  const page = new EventTarget();
  reportPageFaults(page, { reportFault });
  const meet = (type: string, facts: object): void => void page.dispatchEvent(Object.assign(new Event(type), facts));
  return { meet, texts: () => reportFault.mock.calls.map(([{ text }]) => text) };
}

test('errors nobody caught are reported with where they came from, each once', () => {
  const { meet, texts } = pageThatReports();
  const error = new TypeError('no such frame');
  meet('error', { error, message: 'Uncaught TypeError: no such frame' });
  meet('error', { error, message: 'Uncaught TypeError: no such frame' });
  meet('error', { error: null, message: 'Script error.', filename: 'a.js', lineno: 3, colno: 4 });
  meet('unhandledrejection', { reason: 'late' });
  expect(texts()).toEqual([
    expect.stringMatching(/^TypeError: no such frame\n.*page-faults\.test/),
    'Script error. at a.js:3:4',
    'Unhandled: late',
  ]);
});

test('what was cancelled, and a picture that did not load, are no errors', () => {
  const { meet, texts } = pageThatReports();
  meet('unhandledrejection', { reason: cancelledError() });
  meet('error', {});
  expect(texts()).toEqual([]);
});

test('what fails at every frame, says endless things or finds no connection is left at that', async () => {
  const lost = vi.fn((_fault: { text: string }) => Promise.reject(new Error('There is no connection.')));
  const { meet, texts } = pageThatReports(lost);
  for (let at = 0; at < 3 * faultLimits.most; at++) meet('error', { error: new Error(`${at} ${'x'.repeat(10_000)}`) });
  expect(texts()).toHaveLength(faultLimits.most);
  for (const text of texts()) expect(text.length).toBeLessThanOrEqual(faultLimits.text);
  // An unhandled rejection of its own would fail this test.
  await new Promise((resolve) => setTimeout(resolve));
});
