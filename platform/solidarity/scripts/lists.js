// Filtered and sorted lists: updated in place, with the shown part in the address.

import htmx from "htmx.org";

import { addressOf, isPlain } from "./forms.js";
import { announce, announceNewList, clearTrouble } from "./messages.js";
import { currentHeading, focusOn, setAddress } from "./page.js";
import { htmlResponse, isHtml, noContent, request } from "./requests.js";
import { waitFor } from "./waiting.js";

const DELAY = { change: 150, input: 400 }; // milliseconds after a choice, and after a keystroke

const pathOf = url => url.pathname.replace(/\/$/, "");
const isHere = url => url.origin === location.origin && pathOf(url) === pathOf(location);

document.addEventListener("click", event => {
  const link = event.target.closest("main a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (isPlain(link) || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  // The browser opens the next page of a list, so that it begins at its top.
  if (!isHere(url) || url.search === location.search || url.hash || /prev|next/.test(link.rel)) return;
  event.preventDefault();
  showList(url);
});

const isFilter = (form, url) => !isPlain(form) && isHere(url);

/** Show the result of a form with method="get" if it is a filter of this page. */
export function filterBy(form, submitter, event) {
  const url = addressOf(form, submitter);
  if (!isFilter(form, url)) return;
  event.preventDefault();
  showList(withQuery(form, url));
}

/** Return the address with the values of the form, without empty fields. */
function withQuery(form, url) {
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
  return url;
}

let timer = 0;
let lastTyped = null;

for (const [name, delay] of Object.entries(DELAY)) {
  document.addEventListener(name, ({ target }) => {
    const form = target.form;
    const isTyped = target.matches("input[type=text], input[type=search], input:not([type])");
    if (!form?.matches("main form.filter") || isTyped !== (name === "input")) return;
    const url = addressOf(form);
    if (!isFilter(form, url)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Input in one field makes one entry of the history, not one per keystroke.
      showList(withQuery(form, url), { replace: isTyped && lastTyped === target.name });
      lastTyped = isTyped ? target.name : null;
    }, delay);
  });
}

/** Fetch the page with another part of its list, and morph the current page into it. */
async function showList(url, { replace = false } = {}) {
  let isShown = false;
  const send = async (address, options) => {
    const answer = await request(address, options);
    if (!answer) return noContent();
    const { response } = answer;
    if (!response.ok || !isHtml(response) || pathOf(answer.url) !== pathOf(url)) {
      location.assign(url); // signed out meanwhile, or no such list: the browser shows it
      return noContent();
    }
    const html = await response.text();
    isShown = true;
    clearTrouble();
    if (url.href !== location.href) setAddress(url, { replace });
    return htmlResponse(html);
  };
  const heading = currentHeading();
  await waitFor(() =>
    htmx.ajax("GET", url.pathname + url.search, {
      source: document.getElementById("main"), target: document.body, swap: "innerMorph", push: "false", fetch: send,
    }),
  );
  if (isShown) settle(heading);
}

/** After a change of the list, reset the filter fields, keep the focus on a visible element, and announce the change. */
function settle(heading) {
  for (const field of document.querySelectorAll("main form[method=get] :is(input, select)")) resetField(field);
  keepFocus();
  if (currentHeading() === heading) announceNewList();
  else announce(currentHeading());
}

/** If the focused element is gone, focus the title. If it is inside a closed menu, focus the menu. */
function keepFocus() {
  const focused = document.activeElement;
  if (focused === document.body) focusOn(document.querySelector("main h1"));
  else if (focused.checkVisibility?.() === false) focused.closest("details")?.querySelector("summary").focus({ preventScroll: true });
}

/** Reset a field to the value in the new markup, unless it has the focus. */
function resetField(field) {
  if (field === document.activeElement) return;
  if (field.options) for (const option of field.options) option.selected = option.defaultSelected;
  else if (field.type === "checkbox" || field.type === "radio") field.checked = field.defaultChecked;
  else field.value = field.defaultValue;
}
