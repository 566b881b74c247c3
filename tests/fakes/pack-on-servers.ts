/** The shipped pack's real graphs, opened once, and stand-ins of servers that run them. */
import { join } from 'node:path';
import { SessionClock, type Graphs } from '../../src/main/engine/model/graph.js';
import { disposeAll, loadOnnxRuntime, openGraph } from '../../src/main/engine/model/session.js';
import { loadPack } from '../../src/main/engine/pack/pack.js';
import { remoteGraphsOf } from '../../src/main/engine/remote/graphs.js';
import { InferenceServer } from './inference-server.js';

export interface PackOnServers {
  /** One more server. Whoever starts it stops it. */
  serve: () => Promise<InferenceServer>;
  close: () => Promise<void>;
}

export async function packOnServers(): Promise<PackOnServers> {
  const pack = await loadPack(join(import.meta.dirname, '../../resources/packs/scenes-128'));
  const runtime = await loadOnnxRuntime();
  const graphs: Graphs = {};
  for (const name of remoteGraphsOf(pack.manifest)) {
    graphs[name] = await openGraph(runtime, pack, name, { provider: 'cpu', threads: 1, clock: new SessionClock() });
  }
  return {
    serve: () => new InferenceServer({ manifest: pack.manifest, graphs, maxBatch: 16 }).start(),
    close: () => disposeAll(graphs),
  };
}
