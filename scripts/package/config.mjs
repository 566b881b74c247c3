/** How electron-builder packs the studio, from the folder `stage.mjs` made. Plain data. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/repository.mjs';

const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The same as in `hosts/electron/host.ts`. */
export const applicationId = 'org.ddt-studio.app';
export const executableName = 'ddt-studio';
/**
 * The name a Linux desktop knows the program's windows by, and the file of its entry. Portals want an id in this form, in which no part but the
 * last has a hyphen.
 */
export const desktopName = 'org.ddt_studio.app.desktop';

/** A deb has to name an address. Nobody can own this one. */
const noHomepage = 'https://ddt-studio.invalid';

/** `DDT_STUDIO_HOMEPAGE`: where people find the program. */
export function homepageOf(env = process.env) {
  return env.DDT_STUDIO_HOMEPAGE || noHomepage;
}

/** What is built, and on which machines: `npm run package` takes the entry of the machine it runs on. */
export const targets = {
  linux: { targets: ['AppImage', 'deb'], architectures: ['x64', 'arm64'] },
  win32: { targets: ['nsis'], architectures: ['x64', 'arm64'] },
  darwin: { targets: ['dmg', 'zip'], architectures: ['arm64'] },
};

/** `publish` and signatures come from the environment, or not at all. */
function signing(env) {
  return {
    mac: {
      // Without an identity electron-builder signs for this machine alone, which Apple silicon needs to start anything.
      ...(env.CSC_LINK || env.CSC_NAME ? {} : { identity: '-' }),
      notarize: Boolean(env.APPLE_API_KEY || env.APPLE_ID || env.APPLE_KEYCHAIN_PROFILE),
    },
    publish: env.DDT_STUDIO_UPDATES_URL ? { provider: 'generic', url: env.DDT_STUDIO_UPDATES_URL } : null,
  };
}

/**
 * `app`: the staged folder. `electronDist`: a folder with Electron unpacked; absent, electron-builder fetches it. `output`: a folder. `notices`: a file.
 * `env` may hold: DDT_STUDIO_UPDATES_URL, where a newer version is looked for; CSC_LINK and CSC_KEY_PASSWORD (macOS), WIN_CSC_LINK and
 * WIN_CSC_KEY_PASSWORD (Windows), APPLE_API_KEY, APPLE_API_KEY_ID and APPLE_API_ISSUER (notarisation), all as electron-builder names them.
 */
export function builderConfig({ app, output, notices, electronDist, env = process.env }) {
  const { mac, publish } = signing(env);
  const icons = join(root, 'scripts', 'package', 'icons');
  const resources = join(root, 'scripts', 'package', 'resources');
  return {
    appId: applicationId,
    productName: 'DDT Studio',
    copyright: 'DDT Studio contributors, Apache License 2.0',
    electronVersion: devDependencies.electron,
    ...(electronDist === undefined ? {} : { electronDist }),
    directories: { app, output, buildResources: resources },
    artifactName: '${name}-${version}-${os}-${arch}.${ext}',
    // Every native module ships prebuilt (docs/decisions/0004).
    npmRebuild: false,
    nodeGypRebuild: false,
    asar: true,
    // Native code is opened by the system, which cannot look into an archive.
    asarUnpack: ['node_modules/onnxruntime-node/bin/**', 'node_modules/@photostructure/sqlite/prebuilds/**'],
    // All of it was chosen when it was staged.
    files: ['**/*'],
    // Graphs are opened by native code too.
    extraResources: [
      { from: join(root, 'resources', 'packs'), to: 'packs', filter: ['**/*'] },
      { from: notices, to: 'THIRD_PARTY_NOTICES.txt' },
    ],
    fileAssociations: [
      {
        ext: 'ddt',
        name: 'DDT Studio project',
        description: 'DDT Studio project',
        mimeType: 'application/x-ddt-studio-project',
        role: 'Editor',
      },
    ],
    // Electron's own start page, which a folder that was unpacked by hand still has.
    afterPack: ({ appOutDir, packager }) =>
      rmSync(join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true }),
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      grantFileProtocolExtraPrivileges: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
    },
    publish,
    linux: {
      icon: join(icons, 'linux'),
      category: 'Graphics',
      executableName,
      // The file of the desktop entry is named after `desktopName`, as its windows are: progress, icon and grouping go by it.
      syncDesktopName: true,
      synopsis: 'A studio in which an image is a sentence of diffusion timestep tokens',
      maintainer: 'DDT Studio contributors <ddt-studio@localhost>',
      target: targets.linux.targets,
    },
    // The deb: electron-builder's own scripts load an AppArmor profile that allows user namespaces, or give the sandbox's helper to root.
    // No switch of its own: electron-builder's would be --no-sandbox, for everybody. Its launcher adds that where the system has no user
    // namespaces, and the program then says so.
    appImage: { license: join(root, 'LICENSE'), executableArgs: [] },
    win: {
      icon: join(icons, 'icon.ico'),
      executableName,
      target: targets.win32.targets,
    },
    nsis: {
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
    },
    mac: {
      icon: join(icons, 'icon.icns'),
      category: 'public.app-category.graphics-design',
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements: join(resources, 'entitlements.mac.plist'),
      entitlementsInherit: join(resources, 'entitlements.mac.plist'),
      target: targets.darwin.targets,
      ...mac,
    },
  };
}
