/** The queue outlives windows, connections, crashes and restarts; held against both transports. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withChange, type Queue, type QueueEntry, type QueuePurpose } from '../../src/shared/jobs/queue.js';
import { codeOf, EventLog, generate } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

const patience = { timeout: 20_000 };
const purpose: QueuePurpose = { kind: 'frames', title: 'x', places: [{ x: 0, y: 0, width: 10, height: 10 }] };

describe.each(Object.entries(transports))('the queue over %s', (_name, openHost) => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;
  let log: EventLog;
  let projectId: string;

  const start = async (dataDirectory = folders.data): Promise<void> => {
    host = await openHost({ dataDirectory, packDirectory: folders.packs });
    window = await host.openWindow();
    log = new EventLog(window.api);
  };
  const open = async (): Promise<Queue> => {
    const { document, queue } = await window.api.openProject({});
    projectId = document.id;
    return queue;
  };
  const add = async (prompt: string) => {
    const request = generate(prompt);
    if (request.kind !== 'generate') throw new Error('Not a request for pictures.');
    return (await window.api.enqueue({ request, purpose })).jobId;
  };
  const now = async () => (await window.api.openProject({ id: projectId })).queue;
  const words = (queue: Queue) =>
    queue.map(({ request, state }) => `${'prompt' in request ? request.prompt : ''} ${state}`);
  const reaches = (expected: string[]) => expect.poll(async () => words(await now()), patience).toEqual(expected);

  beforeEach(async () => {
    folders = makeFolders();
    await start();
    expect(await open()).toEqual([]);
  });
  afterEach(async () => {
    await host.close();
    folders.remove();
  });

  test('every window hears of it, and what came of a job is taken once', async () => {
    const other = await host.openWindow();
    const otherLog = new EventLog(other.api);
    let seen = (await other.api.openProject({ id: projectId })).queue;
    const jobId = await add('quick');
    expect((await log.end(jobId)).type).toBe('done');
    await otherLog.end(jobId);
    for (const event of otherLog.all) if (event.channel === 'queue') seen = withChange(seen, event.change);
    expect(seen).toEqual(await now());
    expect(seen).toMatchObject([{ id: jobId, state: 'done', result: { images: [{ seed: expect.any(Number) }] } }]);
    const rename = { label: 'x', operations: [{ type: 'rename' as const, name: 'x' }] };
    await window.api.commit({ transaction: rename, settles: [jobId] });
    expect(await now()).toEqual([]);
    expect(await codeOf(window.api.commit({ transaction: rename, settles: [jobId] }))).toBe('not-found');
    expect(await codeOf(other.api.cancelQueued({ jobIds: [jobId] }))).toBe('project-read-only');
    await other.close();
  });

  test('goes on without a window; the next one finds what was made, with its picture', async () => {
    await add('slow one');
    await add('quick two');
    await reaches(['slow one running', 'quick two waiting']);
    await window.close();
    window = await host.openWindow();
    log = new EventLog(window.api);
    expect(words(await now())).toEqual(['slow one running', 'quick two waiting']);
    await reaches(['slow one done', 'quick two done']);
    const [first] = await now();
    const imageId = first!.state === 'done' && 'images' in first!.result ? first!.result.images[0]!.imageId : '';
    expect((await window.load(window.api.imageUrl(imageId)))?.type).toBe('image/png');
    await window.close();
    await host.close();
    await start();
    expect(words(await open())).toEqual(['slow one done', 'quick two done']);
    expect((await window.load(window.api.imageUrl(imageId)))?.type).toBe('image/png');
  });

  test('after an end in order what ran goes first, and the rest follows', async () => {
    await add('slow one');
    await add('quick two');
    await reaches(['slow one running', 'quick two waiting']);
    await host.close();
    await start();
    const [one, two] = await open();
    expect([one!.state, two!.state]).not.toContain('failed');
    await reaches(['slow one done', 'quick two done']);
  });

  test('after a crash what ran says that it was not done, and can be tried again; the rest goes on', async () => {
    await add('slow one');
    await add('quick two');
    await reaches(['slow one running', 'quick two waiting']);
    // What a killed program leaves: the files as they lie there in this moment.
    const crashed = join(folders.data, '..', 'crashed');
    cpSync(folders.data, crashed, { recursive: true });
    await host.close();
    await start(crashed);
    await open();
    await reaches(['slow one failed', 'quick two done']);
    const [failed] = await now();
    expect(failed).toMatchObject({ error: { code: 'engine-stopped', message: expect.stringContaining('not done') } });
    const { jobId } = await window.api.retryQueued({ jobId: failed!.id });
    expect(jobId).not.toBe(failed!.id);
    expect((await log.end(jobId)).type).toBe('done');
    expect(await codeOf(window.api.retryQueued({ jobId: failed!.id }))).toBe('not-found');
  });

  test('paused it begins nothing, also after a restart; order and cancelling are the person’s', async () => {
    expect((await window.api.pauseQueue({ paused: true })).queue.paused).toBe(true);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.push(await add(name));
    expect(await window.api.cancelQueued({ jobIds: [ids[4]!] })).toEqual({ cancelled: 1 });
    expect(await window.api.cancelQueued({ jobIds: [ids[4]!] })).toEqual({ cancelled: 0 });
    await window.api.moveQueued({ jobId: ids[2]!, before: ids[0]! });
    await window.api.moveQueued({ jobId: ids[0]!, before: null });
    const expected = ['c waiting', 'b waiting', 'd waiting', 'a waiting'];
    expect(words(await now())).toEqual(expected);
    await host.close();
    await start();
    expect(words(await open())).toEqual(expected);
    const status = await window.api.status({});
    expect(status.queue).toEqual({ running: 0, waiting: 4, paused: true });
    await window.api.pauseQueue({ paused: false });
    for (const { id } of await now()) await log.end(id);
    const begun = log.all.flatMap((event) =>
      event.channel === 'job' && event.event.type === 'started' ? [event.event.jobId] : [],
    );
    expect(begun).toEqual([ids[2], ids[1], ids[3], ids[0]]);
  });

  test('cancelling the fifth does not touch the first that runs; cancelling the first lets the second begin', async () => {
    const ids: string[] = [];
    for (const name of ['slow a', 'slow b', 'c', 'd', 'e']) ids.push(await add(name));
    await reaches(['slow a running', 'slow b waiting', 'c waiting', 'd waiting', 'e waiting']);
    await window.api.cancelQueued({ jobIds: [ids[4]!] });
    expect((await log.end(ids[4]!)).type).toBe('cancelled');
    expect(words(await now())).toEqual(['slow a running', 'slow b waiting', 'c waiting', 'd waiting']);
    await window.api.cancelQueued({ jobIds: [ids[0]!] });
    expect((await log.end(ids[0]!)).type).toBe('cancelled');
    await reaches(['slow b running', 'c waiting', 'd waiting']);
    await window.api.cancelQueued({ jobIds: ids });
    await reaches([]);
  });

  test('a failed job stays with its reason until it is dismissed; pictures are discarded one by one', async () => {
    const failed = await add('fail');
    await log.end(failed);
    expect((await now())[0]).toMatchObject({ state: 'failed', error: { code: 'engine-failed' } });
    await window.api.discardQueued({ jobId: failed });
    expect(await now()).toEqual([]);
    const jobId = await add('quick');
    const end = await log.end(jobId);
    const seeds = end.type === 'done' && 'images' in end.result ? end.result.images.map(({ seed }) => seed) : [];
    await window.api.discardQueued({ jobId, seeds: [seeds[0]!] });
    const left = (await now())[0];
    expect(left === undefined ? 0 : picturesOf(left)).toBe(seeds.length - 1);
    await window.api.discardQueued({ jobId });
    expect(await now()).toEqual([]);
  });

  test('a project that works without a window can be deleted', async () => {
    await add('slow one');
    await reaches(['slow one running']);
    await window.api.createProject({ name: 'Other' });
    await window.api.deleteProject({ id: projectId });
    expect((await window.api.listDeletedProjects({})).map(({ id }) => id)).toEqual([projectId]);
  });
});

function picturesOf(entry: QueueEntry): number {
  return entry.state === 'done' && 'images' in entry.result ? entry.result.images.length : 0;
}
