// Parts of the page that a change updates: heading, head, address and focus.

export const currentHeading = () => document.querySelector("h1")?.textContent;

export const headingOf = html => new DOMParser().parseFromString(html, "text/html").querySelector("h1")?.textContent.trim();

/** Set the address of the page in the address bar and the history. */
export function setAddress(url, { replace = false } = {}) {
  if (!history.state?.htmx) history.replaceState({ htmx: true }, "", location.href);
  if (replace) history.replaceState({ htmx: true }, "", url);
  else history.pushState({ htmx: true }, "", url);
}

/** Update the document outside of the body: language, direction, and the style sheet of a newer release. */
export function adoptHead(html) {
  const root = document.documentElement;
  const [, lang, dir] = html.match(/<html lang="([^"]*)" dir="([^"]*)"/) ?? [];
  if (lang) Object.assign(root, { lang, dir });
  const sheet = document.querySelector("link[rel=stylesheet]");
  const [, href] = html.match(/<link rel="stylesheet" href="([^"]*)"/) ?? [];
  if (href && sheet.getAttribute("href") !== href) sheet.setAttribute("href", href);
}

/** Focus an element that may not be focusable, by default without scrolling. */
export function focusOn(element, options = { preventScroll: true }) {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus(options);
}
