// The page around a change: its heading, its head, its address, its focus.

export const currentHeading = () => document.querySelector("h1")?.textContent;

export const headingOf = html => new DOMParser().parseFromString(html, "text/html").querySelector("h1")?.textContent.trim();

/** Let the address bar and Back know where we are now. */
export function setAddress(url, { replace = false } = {}) {
  if (!history.state?.htmx) history.replaceState({ htmx: true }, "", location.href);
  if (replace) history.replaceState({ htmx: true }, "", url);
  else history.pushState({ htmx: true }, "", url);
}

/** Take over what stands outside of the body: language, direction, and the sheet of a newer release. */
export function adoptHead(html) {
  const root = document.documentElement;
  const [, lang, dir] = html.match(/<html lang="([^"]*)" dir="([^"]*)"/) ?? [];
  if (lang) Object.assign(root, { lang, dir });
  const sheet = document.querySelector("link[rel=stylesheet]");
  const [, href] = html.match(/<link rel="stylesheet" href="([^"]*)"/) ?? [];
  if (href && sheet.getAttribute("href") !== href) sheet.setAttribute("href", href);
}

/** Put the focus on something that is no control, without moving the page. */
export function focusOn(element, options = { preventScroll: true }) {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus(options);
}
