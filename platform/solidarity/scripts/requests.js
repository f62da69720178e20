// How an answer of the server becomes the page.

const UNSURE = [403, 404, 413, 429]; // a page without what was typed; 5xx too
const nothing = () => new Response(null, { status: 204 }); // which htmx does not show

/** Fetch, and follow where the answer leads; a fragment of a redirect is lost by fetch, so the server says it apart. */
async function ask(address, options) {
  const answer = await fetch(address, options);
  const onward = answer.headers.get("X-Continue");
  if (!onward) return { answer, url: new URL(answer.url || address, location.href) };
  const url = new URL(onward, location.href);
  return { answer: await fetch(url, { headers: options.headers, signal: options.signal }), url };
}

/** Return the answer, or null where none came; a request that was replaced by a later one says nothing. */
async function askOrSay(address, options) {
  try {
    return await ask(address, options);
  } catch (error) {
    const isReplaced = error?.name === "AbortError" && options.signal.reason !== "timeout";
    if (!isReplaced) showTrouble();
    return null;
  }
}

const isPage = answer => (answer.headers.get("Content-Type") ?? "").startsWith("text/html");

/** Let the address bar and Back know where we are now. */
function remember(url, replace) {
  if (!history.state?.htmx) history.replaceState({ htmx: true }, "", location.href);
  if (replace) history.replaceState({ htmx: true }, "", url);
  else history.pushState({ htmx: true }, "", url);
}

/** Take over what stands outside of the body: language, direction, and the sheet of a newer release. */
function adoptHead(text) {
  const root = document.documentElement;
  const [, lang, dir] = text.match(/<html lang="([^"]*)" dir="([^"]*)"/) ?? [];
  if (lang) Object.assign(root, { lang, dir });
  const sheet = document.querySelector("link[rel=stylesheet]");
  const [, href] = text.match(/<link rel="stylesheet" href="([^"]*)"/) ?? [];
  if (href && sheet.getAttribute("href") !== href) sheet.setAttribute("href", href);
}

const headingOf = text => new DOMParser().parseFromString(text, "text/html").querySelector("h1")?.textContent.trim();

/** Put the focus on something that is no control, without moving the page. */
function focusOn(element, options = { preventScroll: true }) {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus(options);
}
