/** Folders that may not be written, for tests that may run as root, who may write everything. */
import { chmodSync } from 'node:fs';

/** Nobody in particular, on every system with users. */
const nobody = 65534;

/** While `work` runs, `folder` may be read and not written by this process. Not on Windows. */
export async function withoutRights(folder: string, work: () => Promise<void>): Promise<void> {
  chmodSync(folder, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid!(nobody);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid!(0);
    chmodSync(folder, 0o755);
  }
}
