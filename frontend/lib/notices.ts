/** Where the worker of notices stands: no page lies there, so it sees none. */
export const NOTICES = "/desk/inbox/worker/";

/** This browser takes no notices any more. */
export async function takeNone(): Promise<void> {
  const workers = "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
  const ours = await workers?.getRegistration(NOTICES);
  if (ours?.scope.endsWith(NOTICES)) await ours.unregister();
}
