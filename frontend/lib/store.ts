// Storage that may be refused (private windows, full disks): then it quietly holds nothing.
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing is kept; the form still works.
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function forget(match: (key: string) => boolean): void {
  try {
    for (const key of Object.keys(localStorage)) if (match(key)) localStorage.removeItem(key);
  } catch {
    // There was nothing.
  }
}
