/** What the installers of Linux would be made of, by electron-builder itself, which then makes none: that takes tools from the network. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desktopName } from '../../scripts/package/config.mjs';
import { pack } from '../../scripts/package/pack.mjs';
import { makeStandIn } from '../../scripts/package/stand-in.mjs';

const root = mkdtempSync(join(tmpdir(), 'ddt-installers-'));
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

/** Parameters of fpm, which makes the deb, and the texts of the files among them that do not outlive the build. */
interface DebPlan {
  parameters: string[];
  entry: string;
  afterInstall: string;
  types: string;
}

let deb: DebPlan | undefined;
let appImage: { desktop: string; desktopFileName: string } | undefined;

beforeAll(async () => {
  const electronDist = join(root, 'electron');
  await makeStandIn(electronDist, 'linux');
  await pack({
    platform: 'linux',
    architecture: 'x64',
    output: join(root, 'dist'),
    electronDist,
    env: { DDT_STUDIO_HOMEPAGE: 'https://studio.example' },
    onPlan: (plan) => {
      if (Array.isArray(plan)) {
        const [parameters, entry] = plan as [string[], string];
        const sourceOf = (goal: string) => parameters.find((one) => one.includes(`=${goal}`))!.split('=')[0]!;
        deb = {
          parameters,
          entry: readFileSync(entry, 'utf8'),
          afterInstall: readFileSync(parameters[parameters.indexOf('--after-install') + 1]!, 'utf8'),
          types: readFileSync(sourceOf('/usr/share/mime/packages/'), 'utf8'),
        };
      } else appImage = plan as typeof appImage;
    },
  });
});

const lineOf = (entry: string, key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(entry)?.[1];

test('the deb can be made: it has all that a deb must name', () => {
  expect(deb!.parameters.join(' ')).toContain('--url https://studio.example');
  expect(deb!.parameters).toContain('ddt-studio');
  expect(deb!.parameters.join(' ')).toMatch(/--maintainer \S/);
});

test('both open projects, by path or address, and nothing leaves the sandbox out', () => {
  for (const entry of [deb!.entry, appImage!.desktop]) {
    expect(lineOf(entry, 'MimeType')).toBe('application/x-ddt-studio-project;');
    expect(lineOf(entry, 'Exec')).toMatch(/ %U$/);
    expect(lineOf(entry, 'Exec')).not.toContain('--no-sandbox');
    expect(lineOf(entry, 'Icon')).toBe('ddt-studio');
  }
  expect(deb!.types).toContain('<mime-type type="application/x-ddt-studio-project">');
  expect(deb!.types).toContain('<glob pattern="*.ddt"/>');
});

test('both have their entry under the name their windows have', () => {
  const { name } = /^(?<name>.*)\.desktop$/.exec(desktopName)!.groups!;
  for (const entry of [deb!.entry, appImage!.desktop]) expect(lineOf(entry, 'StartupWMClass')).toBe(name);
  expect(appImage!.desktopFileName).toBe(desktopName);
  expect(deb!.parameters.some((one) => one.endsWith(`=/usr/share/applications/${desktopName}`))).toBe(true);
});

test('the deb lets Chromium make its sandbox, with a profile of AppArmor or the helper of root', () => {
  const profile = readFileSync(join(root, 'dist', 'linux-unpacked', 'resources', 'apparmor-profile'), 'utf8');
  expect(profile).toContain('profile "ddt-studio" "/opt/DDT Studio/ddt-studio"');
  expect(profile).toContain('userns,');
  expect(deb!.afterInstall).toContain("chmod 4755 '/opt/DDT Studio/chrome-sandbox'");
  expect(deb!.afterInstall).toContain("APPARMOR_PROFILE_TARGET='/etc/apparmor.d/ddt-studio'");
});
