import { expect, it } from 'vitest';
import { scoreGroups } from './pack-scores.js';

it('says what was measured in words, shares as percent, group by group', () => {
  const groups = scoreGroups([
    { measure: 'reconstruction.psnr', value: 21.31, unit: 'dB', interval: [20.12, 22.6] },
    { measure: 'textToImage.attributeBinding', value: 0.975, unit: 'share', interval: [0.8668, 1] },
    { measure: 'edit.whole.recolour', value: 0.5, unit: 'share' },
    { measure: 'reconstruction.oneStep', value: 9.1, unit: 'dB' },
    { measure: 'caption.attributeF1', value: 0.98, unit: 'F1' },
    { measure: 'example.prompts.a large red circle', value: 1, unit: 'share' },
    { measure: 'speed', value: 3, unit: '' },
  ]);
  expect(groups).toEqual([
    {
      title: 'Reconstruction',
      rows: [
        { name: 'psnr', value: '21.3 dB', between: '20.1–22.6' },
        { name: 'one step', value: '9.10 dB', between: '' },
      ],
    },
    { title: 'Text to image', rows: [{ name: 'attribute binding', value: '98 %', between: '87–100' }] },
    { title: 'Edit', rows: [{ name: 'whole recolour', value: '50 %', between: '' }] },
    { title: 'Caption', rows: [{ name: 'attributeF1', value: '0.98 F1', between: '' }] },
    { title: 'Speed', rows: [{ name: 'speed', value: '3.00', between: '' }] },
  ]);
});
