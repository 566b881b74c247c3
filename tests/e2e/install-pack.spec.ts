/** A pack comes in by the window: a wrong place is told, its licence agreed to, it is used, and it is removed again. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { writeDarPack, writeSelftokPack } from '../fakes/family-packs.js';
import { expectNoFindings } from './accessibility-findings.js';
import { withOnlyPack } from './only-pack.js';
import { expect, test } from './studio.js';

test.skip(({ driver }) => driver !== 'web', 'The desktop program asks in a dialog of the system.');

let folder: string;
let zip: string;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-install-'));
  const pack = join(folder, 'pack');
  writeDarPack(pack);
  const files = readdirSync(pack).map((name) => [`dar/${name}`, new Uint8Array(readFileSync(join(pack, name)))]);
  zip = join(folder, 'Ein Päckchen.zip');
  writeFileSync(zip, zipSync(Object.fromEntries(files)));
});

test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a pack is installed from a zip, used, and removed', async ({ page }) => {
  await withOnlyPack(page, { write: writeSelftokPack, computes: true }, async () => {
    await expect(page.getByRole('button', { name: 'Engine: CPU' })).toBeVisible();
    const chip = page.getByRole('button', { name: /^Model pack / });
    const card = page.getByRole('dialog', { name: /^Model pack / });
    const dialog = page.getByRole('dialog', { name: 'Install a pack' });
    const path = dialog.getByRole('textbox', { name: /^Folder or zip file/ });
    await chip.click();
    await card.getByRole('button', { name: 'Install a pack…' }).click();
    await expect(path).toBeFocused();

    await path.fill(join(folder, 'nothing.zip'));
    await path.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('is neither a folder nor a zip file');
    await expectNoFindings(page, 'a wrong place');
    await path.fill(zip);
    await path.press('Enter');
    await expect(dialog.getByRole('heading', { name: /^Licence: / })).toBeVisible();
    await expect(dialog.getByRole('alert')).toHaveCount(0);
    const install = dialog.getByRole('button', { name: 'Install', exact: true });
    await expect(install).toBeDisabled();
    await expectNoFindings(page, 'the licence of a pack');
    await dialog.getByRole('checkbox', { name: 'I agree to this licence' }).check();
    await install.click();
    await dialog.getByRole('button', { name: 'Use it now' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('textbox', { name: 'Prompt' })).toBeEnabled({ timeout: 30_000 });
    await expect(page.getByRole('button', { name: 'Engine: CPU' })).toBeVisible();

    await chip.click();
    await card.getByRole('button', { name: 'Use', exact: true }).click();
    const remove = card.getByRole('button', { name: /^Remove / });
    await expect(remove).toBeVisible({ timeout: 30_000 });
    await remove.click();
    await expectNoFindings(page, 'whether a pack is to go');
    await card.getByRole('button', { name: 'Keep' }).click();
    await remove.click();
    await card.getByRole('button', { name: 'Remove for good' }).click();
    await expect(page.getByRole('log', { name: 'Notices' })).toContainText('is removed');
    await expect(remove).toHaveCount(0);
  });
});
