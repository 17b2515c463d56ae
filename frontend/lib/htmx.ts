// htmx, told by <meta name="htmx-config"> to evaluate nothing and to style nothing.
import htmx from "htmx.org";
import { announce } from "./announce";
import { words } from "./words";

document.addEventListener("htmx:beforeRequest", () =>
  document.documentElement.classList.add("busy"),
);
document.addEventListener("htmx:afterRequest", () =>
  document.documentElement.classList.remove("busy"),
);

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const refusal = page.querySelector("[data-refusal-words]")?.textContent?.trim();
  announce(refusal || (xhr.status >= 500 ? words("down") : words("failed")), "error");
});

document.addEventListener("htmx:sendError", () =>
  announce(words(navigator.onLine ? "down" : "offline"), "error"),
);

export default htmx;
