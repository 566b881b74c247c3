/** Whether Chromium can make its sandbox here. Electron aborts where it cannot, without a word a person could use. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const setuid = 0o4000;

/** The reason as the end of a sentence, null where it can. Only Linux has conditions. */
export function sandboxProblem(
  binary,
  { platform = process.platform, userId = process.getuid?.() ?? -1, read = readSetting, look = statSync } = {},
) {
  if (platform !== 'linux') return null;
  if (userId === 0) return 'Chromium does not run as root with its sandbox (--no-sandbox would do without)';
  if (isSetuidRoot(join(dirname(binary), 'chrome-sandbox'), look)) return null;
  const missing = namespaceProblem(read);
  if (missing === null) return null;
  const helper = join(dirname(binary), 'chrome-sandbox');
  return `${missing}, so Chromium cannot make its sandbox; “sudo chown root:root ${helper} && sudo chmod 4755 ${helper}” would let it`;
}

function isSetuidRoot(path, look) {
  try {
    const { uid, mode } = look(path);
    return uid === 0 && (mode & setuid) !== 0;
  } catch {
    return false;
  }
}

/** Without the helper it needs namespaces of its own, which distributions forbid in three ways. */
function namespaceProblem(read) {
  if (read('/proc/sys/kernel/unprivileged_userns_clone') === '0') return 'this system forbids user namespaces';
  if (read('/proc/sys/user/max_user_namespaces') === '0') return 'this system has no user namespaces';
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'AppArmor allows user namespaces only to programs it knows';
  }
  return null;
}

/** Null where the system has no such setting. */
function readSetting(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
