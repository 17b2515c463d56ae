// Shows what the house sends to this browser, and opens what it is about. It sees no page and asks
// for nothing: its scope holds none.
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    // What nobody can read is shown as a notice without words: the browser wants one.
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "", {
      tag: told.tag,
      icon: "/static/ui/seal.svg",
      data: { url: told.url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Always on this site, by whichever of its names it is known.
  const { pathname, search } = new URL(
    event.notification.data?.url || "/desk/inbox/",
    self.location.origin,
  );
  event.waitUntil(self.clients.openWindow(self.location.origin + pathname + search));
});
