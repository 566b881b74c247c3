/** The project a window has open: opened, changed, stepped back and forth, and told about to every window that looks at it. */
import { cancelledError, StudioError } from '../../shared/errors.js';
import type { StudioEvent } from '../../shared/contract/events.js';
import type { OpenedProject } from '../../shared/contract/projects.js';
import type { JobQueue } from '../jobs/job-queue.js';
import type { ProjectQueues } from '../jobs/project-queues.js';
import type { ProjectLibrary } from '../storage/projects/library.js';
import type { Committed, ProjectFile } from '../storage/projects/project-file.js';
import type { Calls } from './calls.js';
import type { OpenProjects, ProjectView } from './open-projects.js';

interface Viewer {
  sendEvent: (event: StudioEvent) => void;
}

export interface ProjectCallsContext<Client extends Viewer> {
  library: ProjectLibrary;
  projects: OpenProjects;
  queue: JobQueue;
  queues: ProjectQueues;
  /** The window is still there. */
  isConnected: (client: Client) => boolean;
  /** Runs what changes a project and lets the gallery follow. */
  following: <Result>(view: ProjectView, change: () => Result) => Result;
}

type Method = 'listProjects' | 'openProject' | 'createProject' | 'commit' | 'undo' | 'redo' | 'history';

const firstProjectName = 'Untitled';

export class ProjectCalls<Client extends Viewer> {
  readonly #context: ProjectCallsContext<Client>;
  /** Not noted yet as the project opened last. */
  #openedLast: string | null = null;

  constructor(context: ProjectCallsContext<Client>) {
    this.#context = context;
  }

  readonly methods: Calls<Client, Method> = {
    listProjects: () => this.#context.library.list(),
    openProject: (client, { id }) => {
      const { library } = this.#context;
      return this.open(client, id ?? library.lastUsed() ?? library.create(firstProjectName));
    },
    createProject: (client, { name }) => this.open(client, this.#context.library.create(name)),
    commit: (client, { transaction, settles = [] }) => {
      const view = this.writable(client);
      const committed = this.#context.following(view, () => view.file.commit(transaction, { settles }));
      this.#announce(view.id, committed);
      this.#context.queues.of(view.id)?.followFile();
      return { revision: committed.revision };
    },
    undo: (client) => this.#step(client, (file) => file.undo()),
    redo: (client) => this.#step(client, (file) => file.redo()),
    history: (client) => this.viewOf(client).file.steps(),
  };

  /** Throws `bad-request` for a window without a project. */
  viewOf(client: Client): ProjectView {
    const view = this.#context.projects.viewOf(client);
    if (view !== null) return view;
    throw new StudioError('bad-request', 'No project is open in this window.', 'Open a project first.');
  }

  /** Throws `project-read-only` too. */
  writable(client: Client): ProjectView {
    const view = this.viewOf(client);
    if (view.readOnly !== null) throw view.readOnly;
    return view;
  }

  /** While a picture was read, its window may have gone on to another project: then throws `cancelled`. */
  stillOpen(client: Client, file: ProjectFile): ProjectFile {
    if (this.#context.projects.viewOf(client)?.file !== file) throw cancelledError();
    return file;
  }

  open(client: Client, id: string): OpenedProject {
    const { isConnected, projects, queue } = this.#context;
    // It may have gone while its file was looked at; nobody would close what it opens.
    if (!isConnected(client)) throw cancelledError();
    const before = projects.viewOf(client)?.id;
    const opened = projects.open(client, id);
    // Jobs keep what they make in the project they were started in; that one is closed now.
    if (before !== undefined && before !== id) queue.cancelAll(client);
    // After the answer is on its way: a project that ends the program there must not be the first thing it opens again.
    this.#openedLast = id;
    setImmediate(() => this.rememberOpened());
    return opened;
  }

  rememberOpened(): void {
    if (this.#openedLast !== null) this.#context.library.remember(this.#openedLast);
    this.#openedLast = null;
  }

  #step(client: Client, step: (file: ProjectFile) => (Committed & { label: string }) | null): { label: string | null } {
    const view = this.writable(client);
    const stepped = this.#context.following(view, () => step(view.file));
    if (stepped !== null) this.#announce(view.id, stepped);
    return { label: stepped?.label ?? null };
  }

  #announce(projectId: string, { revision, operations, history }: Committed): void {
    for (const viewer of this.#context.projects.viewersOf(projectId)) {
      (viewer as Client).sendEvent({ channel: 'document', revision, operations, history });
    }
  }
}
