/** The StudioBridge over a WebSocket that reconnects by itself. A call is never repeated: it may have been carried out. */
import { decode, encode } from '@msgpack/msgpack';
import { studioMethods, type CallOutcome, type StudioMethod } from '../shared/contract/api.js';
import type { ConnectionState, StudioBridge, StudioConnection } from '../shared/contract/bridge.js';
import type { SerialisedError } from '../shared/errors.js';
import type { StudioEvent } from '../shared/contract/events.js';
import { imagePathOf } from '../shared/contract/gallery.js';

export type SocketBridge = StudioBridge &
  Pick<StudioConnection, 'onConnection'> & {
    /** Asks the host for a sign of life; without one the connection is given up for another. */
    check: () => void;
    close: () => void;
  };

type Answer = { id: number | null; outcome: CallOutcome } | { event: StudioEvent };

export interface SocketHandlers {
  onOpen: () => void;
  onMessage: (data: unknown) => void;
  /** Once, also when the socket never opened. */
  onClose: () => void;
}

export interface Socket {
  send: (message: Uint8Array<ArrayBuffer>) => void;
  close: () => void;
}

export interface SocketBridgeOptions {
  /** Messages must arrive as ArrayBuffer. */
  openSocket: (address: string, handlers: SocketHandlers) => Socket;
  /** Pauses before each attempt to reconnect; the last one repeats. */
  reconnectDelaysMs?: readonly number[];
  /** How long a host that was asked may be silent. */
  silenceMs?: number;
}

const disconnected: SerialisedError = {
  code: 'disconnected',
  message: 'The connection to DDT Studio was lost.',
  remedy: 'It reconnects by itself; if it does not, check that the studio is still running.',
};

const unreadable: SerialisedError = {
  code: 'internal',
  message: 'DDT Studio sent an answer that cannot be read.',
  remedy: 'Your work is saved. Reload this window, or open another project; if it happens again, please report it.',
};

/** `address`: the socket's place, http or ws. */
export function openSocketBridge(
  address: URL,
  { openSocket, reconnectDelaysMs, silenceMs = 10_000 }: SocketBridgeOptions,
): SocketBridge {
  const delays = reconnectDelaysMs ?? [100, 300, 1000, 2000, 5000];
  const place = new URL(address);
  place.protocol = place.protocol === 'https:' || place.protocol === 'wss:' ? 'wss:' : 'ws:';

  const calls = new Map<number, (outcome: CallOutcome) => void>();
  const eventListeners = new Set<(event: StudioEvent) => void>();
  const connectionListeners = new Set<(state: ConnectionState) => void>();
  /** Sent once the socket opens; only calls made before the first connection wait. */
  let unsent: Uint8Array<ArrayBuffer>[] = [];
  let socket: Socket | null = null;
  let state: 'connecting' | ConnectionState = 'connecting';
  let attempts = 0;
  let lastId = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    /** Whatever a socket that was given up still says is not heard. */
    const isCurrent = (): boolean => socket === own;
    const own: Socket = openSocket(place.href, {
      onOpen: () => {
        if (!isCurrent()) return;
        attempts = 0;
        change('connected');
        for (const message of unsent) socket!.send(message);
        unsent = [];
      },
      onMessage: (data) => {
        if (!isCurrent()) return;
        clearTimeout(silence);
        if (data instanceof ArrayBuffer) receive(data);
      },
      onClose: () => {
        if (isCurrent()) lose();
      },
    });
    socket = own;
  }

  function lose(): void {
    clearTimeout(silence);
    socket = null;
    unsent = [];
    if (closed) return;
    change('lost');
    failCalls(disconnected);
    timer = setTimeout(connect, delays[Math.min(attempts++, delays.length - 1)]);
  }

  /**
   * A machine that slept, or a host that stands still, leaves a connection that nobody closed. One that gives no sign of life after
   * being asked is lost, and another is tried.
   */
  function check(): void {
    const asked = socket;
    if (state !== 'connected' || asked === null) return;
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (socket !== asked) return;
      lose();
      asked.close();
    }, silenceMs);
    void call('status', {});
  }

  function receive(data: ArrayBuffer): void {
    let answer: Answer;
    try {
      answer = decode(data) as Answer;
    } catch {
      // Whose answer it was is not known: none may wait for ever.
      return failCalls(unreadable);
    }
    if ('event' in answer) {
      for (const listener of eventListeners) listener(answer.event);
    } else if (answer.id !== null) {
      calls.get(answer.id)?.(answer.outcome);
      calls.delete(answer.id);
    }
  }

  function failCalls(error: SerialisedError): void {
    const open = [...calls.values()];
    calls.clear();
    for (const resolve of open) resolve({ ok: false, error });
  }

  function change(next: ConnectionState): void {
    if (state === next) return;
    state = next;
    for (const listener of connectionListeners) listener(next);
  }

  function call(method: StudioMethod, parameters: unknown): Promise<CallOutcome> {
    if (state === 'lost') return Promise.resolve({ ok: false, error: disconnected });
    const id = ++lastId;
    const message = encode({ id, method, parameters }, { ignoreUndefined: true });
    return new Promise((resolve) => {
      calls.set(id, resolve);
      if (state === 'connected') socket!.send(message);
      else unsent.push(message);
    });
  }

  function listen<Value>(listeners: Set<(value: Value) => void>, listener: (value: Value) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  connect();
  const methods = Object.fromEntries(
    studioMethods.map((method) => [method, (parameters: unknown) => call(method, parameters)]),
  );
  return {
    ...(methods as Omit<StudioBridge, 'onEvent' | 'imageUrl'>),
    onEvent: (listener) => listen(eventListeners, listener),
    onConnection: (listener) => listen(connectionListeners, listener),
    imageUrl: imagePathOf,
    check,
    close: () => {
      closed = true;
      clearTimeout(timer);
      clearTimeout(silence);
      socket?.close();
      failCalls(disconnected);
    },
  };
}
