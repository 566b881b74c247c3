/** Small per-browser preferences. Storage may be absent, full or hold an older shape: then the fallback rules. */

const prefix = 'ddt-studio:';

export function recall<Value>(key: string, fallback: Value, accepts: (value: unknown) => value is Value): Value {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(prefix + key) ?? 'null');
    return accepts(stored) ? stored : fallback;
  } catch {
    return fallback;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // A full or forbidden store costs a preference, never work.
  }
}
