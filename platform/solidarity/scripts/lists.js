// Lists change without a jump, and the address says which part of them is shown.

const pathOf = url => url.pathname.replace(/\/$/, "");
const isHere = url => url.origin === location.origin && pathOf(url) === pathOf(location);
const WAIT = { choice: 150, typing: 400 }; // milliseconds

document.addEventListener("click", event => {
  const link = event.target.closest("main a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.closest("[data-plain]")) return;
  const url = new URL(link.href);
  // The next page of a list is a page: it begins at its top, as the browser has it.
  if (!isHere(url) || url.search === location.search || url.hash || /prev|next/.test(link.rel)) return;
  event.preventDefault();
  showList(url, false);
});

/** Show what a form with method="get" asks for, where it is the filter of this very page. */
function filterBy(form, submitter, event) {
  const url = addressOf(form, submitter);
  if (isPlainList(form, url)) return;
  event.preventDefault();
  showList(filled(form, url), false);
}

const isPlainList = (form, url) => form.target || form.closest("[data-plain]") || !form.closest("main") || !isHere(url);

/** Return the address with what is filled in; empty fields say nothing. */
function filled(form, url) {
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
  return url;
}

let timer = 0;
let lastTyped = null;

for (const [name, wait] of [["change", WAIT.choice], ["input", WAIT.typing]]) {
  document.addEventListener(name, ({ target }) => {
    const form = target.form;
    const isTyped = target.matches("input[type=text], input[type=search], input:not([type])");
    if (!form?.matches("main form.filter") || isTyped !== (name === "input")) return;
    const url = addressOf(form);
    if (isPlainList(form, url)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // One entry of the history for one field, however many letters were typed.
      showList(filled(form, url), isTyped && lastTyped === target.name);
      lastTyped = isTyped ? target.name : null;
    }, wait);
  });
}

/** Fetch the page with another part of its list, and change only what differs. */
async function showList(url, replace) {
  let isShown = false;
  const send = async (address, options) => {
    const asked = await askOrSay(address, options);
    if (!asked) return nothing();
    const { answer } = asked;
    if (!answer.ok || !isPage(answer) || pathOf(asked.url) !== pathOf(url)) {
      location.assign(url); // signed out meanwhile, or no such list: as the browser has it
      return nothing();
    }
    const text = await answer.text();
    isShown = true;
    clearTrouble();
    if (url.href !== location.href) remember(url, replace);
    return new Response(text, { headers: { "Content-Type": "text/html" } });
  };
  const heading = headingNow();
  await waiting(() =>
    htmx.ajax("GET", url.pathname + url.search, {
      source: document.getElementById("main"), target: document.body, swap: "innerMorph", push: "false", fetch: send,
    }),
  );
  if (!isShown) return;
  for (const field of document.querySelectorAll("main form[method=get] :is(input, select)")) asSent(field);
  keepFocus();
  say(headingNow() === heading ? live("live").dataset.list : headingNow());
}

/** Where what had the focus is gone, it goes to the title; where it lies in a menu that has closed, to the menu. */
function keepFocus() {
  const focused = document.activeElement;
  if (focused === document.body) focusOn(document.querySelector("main h1"));
  else if (focused.checkVisibility?.() === false) focused.closest("details")?.querySelector("summary").focus({ preventScroll: true });
}

/** A field whose markup has changed around it shows what the page says, unless somebody is typing in it. */
function asSent(field) {
  if (field === document.activeElement) return;
  if (field.options) for (const option of field.options) option.selected = option.defaultSelected;
  else if (field.type === "checkbox" || field.type === "radio") field.checked = field.defaultChecked;
  else field.value = field.defaultValue;
}
