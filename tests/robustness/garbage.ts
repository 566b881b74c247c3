/** SQLite's library closes files when their statements are collected as garbage; a test that opens thousands asks for that. */
import { collectGarbage } from '../fakes/garbage.js';

const opened = { count: 0 };
const mostOpen = 200;

/** To be awaited for every file that was opened. */
export async function oneMoreFile(): Promise<void> {
  if (++opened.count % mostOpen !== 0) return;
  collectGarbage();
  // What was collected is closed in a turn of its own.
  await new Promise((resolve) => setImmediate(resolve));
}
