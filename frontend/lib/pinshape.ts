// The seal as a pin.
export function pinShape(): HTMLElement {
  const pin = document.createElement("div");
  pin.className = "pin-mark";
  pin.innerHTML =
    '<svg viewBox="0 0 36 44" aria-hidden="true"><path d="M18 43C12 35 4 28 4 17a14 14 0 0 1 28 0c0 11-8 18-14 26z" fill="currentColor" stroke="var(--surface)" stroke-width="2"/><circle cx="18" cy="17" r="5" fill="var(--surface)"/></svg>';
  return pin;
}
