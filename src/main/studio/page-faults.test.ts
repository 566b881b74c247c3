import { expect, test, vi } from 'vitest';
import { faultLimits } from '../../shared/contract/page-faults.js';
import { PageFaults } from './page-faults.js';

test('so many of each window are noted, and that there were more', () => {
  const error = vi.fn();
  const faults = new PageFaults({ error, warn: vi.fn(), info: vi.fn(), debug: vi.fn() });
  const [failing, other] = [{}, {}];
  for (let at = 0; at < 3 * faultLimits.most; at++) faults.note(failing, `TypeError ${at}`);
  faults.note(other, 'RangeError');
  expect(error).toHaveBeenCalledTimes(faultLimits.most + 2);
  expect(error).toHaveBeenNthCalledWith(1, 'A window’s page: TypeError 0');
  expect(error).toHaveBeenNthCalledWith(faultLimits.most + 1, 'A window’s page: more of this is not noted.');
  expect(error).toHaveBeenLastCalledWith('A window’s page: RangeError');
});
