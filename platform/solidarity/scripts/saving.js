// Forms are saved without leaving the page.

import htmx from "htmx.org";

import { addressOf, hasPassword } from "./forms.js";
import { announce, clearTrouble, showNotSaved } from "./messages.js";
import { adoptHead, currentHeading, focusOn, headingOf, setAddress } from "./page.js";
import { htmlResponse, isHtml, noContent, request } from "./requests.js";
import { isUnsaved, markEdited, restoreFields, unsavedFieldsBeside } from "./unsaved.js";
import { waitFor } from "./waiting.js";

const WITHOUT_THE_FORM = [403, 404, 413, 429]; // error pages without the input; those of 5xx have none either

/** Send a form and show the response. The same page keeps its scroll position, another one begins at its top. */
export async function save(form, event) {
  const { submitter } = event;
  const path = addressOf(form, submitter).pathname;
  const before = {
    x: scrollX, y: scrollY, url: new URL(location.href), heading: currentHeading(), fields: unsavedFieldsBeside(form), path,
  };
  const pressed = submitter && { id: submitter.id, text: submitter.textContent, path };
  let result = null;
  form.setAttribute("aria-busy", "true");
  submitter?.setAttribute("aria-disabled", "true");
  const send = async (address, options) => (result = await resultOf(form, address, options))?.response ?? noContent();
  await waitFor(() =>
    htmx.ajax("POST", addressOf(form, submitter).href, {
      source: form, event, target: document.body, swap: "outerSync", push: "false", fetch: send,
    }),
  );
  if (result) settle(result, before, pressed);
  form.removeAttribute("aria-busy");
  submitter?.removeAttribute("aria-disabled");
}

/** Return the response for htmx, with its status and address, or null if the page stays unchanged. */
async function resultOf(form, address, options) {
  const answer = await request(address, options);
  if (!answer) return null;
  const { response: { ok, status }, url } = answer;
  if (!isHtml(answer.response)) {
    location.assign(url);
    return null;
  }
  const html = await answer.response.text();
  if (isUnsaved(form) && (status >= 500 || WITHOUT_THE_FORM.includes(status))) {
    showNotSaved(headingOf(html));
    return null;
  }
  clearTrouble();
  adoptHead(html);
  // A refused form (422) keeps its address. Any other error gets a new history entry, so that Back leads to the form.
  const isSamePage = url.pathname + url.search === location.pathname + location.search;
  if (ok && url.href !== location.href) setAddress(url, { replace: isSamePage });
  else if (!ok && status !== 422) setAddress(location.href);
  return { response: htmlResponse(html, status), status, url };
}

/** After a change of the page, set the scroll position and the focus, and restore unsaved input in other forms. */
function settle({ status, url }, before, pressed) {
  const problems = document.querySelector("main .errsum");
  const flash = document.querySelector("main .flash");
  const isSamePage = status < 400 ? url.pathname === before.url.pathname : currentHeading() === before.heading;
  restoreFields(before.fields);
  if (status === 422 || status === 409) markRefused(before.path);
  if (isSamePage || status === 422) scrollTo({ left: before.x, top: before.y, behavior: "instant" });
  else scrollTo({ top: 0, behavior: "instant" });
  if (problems) return focusOn(problems, {});
  const fragment = status < 400 && url.hash && document.getElementById(decodeURIComponent(url.hash.slice(1)));
  if (fragment) fragment.scrollIntoView({ block: "start", behavior: "instant" });
  keepInView(flash);
  const button = isSamePage && pressed && sameButton(pressed);
  if (button) {
    button.focus({ preventScroll: true });
    announce(flash?.textContent.trim() ?? "");
  } else {
    focusOn(flash ?? document.querySelector("main h1"));
  }
}

/** Mark the refused form as unsaved. */
function markRefused(path) {
  for (const form of document.querySelectorAll("main form[method=post]")) {
    if (hasPassword(form) || addressOf(form).pathname !== path) continue;
    form.setAttribute("data-refused", "");
    markEdited(form);
  }
}

/** Return the pressed button in the new page, if it is there. */
const sameButton = pressed =>
  [...document.querySelectorAll("button")].find(
    button =>
      button.type === "submit" && button.id === pressed.id && button.textContent === pressed.text && button.form &&
      addressOf(button.form, button).pathname === pressed.path,
  );

/** Show the message at the current scroll position if its place at the top is out of view. */
function keepInView(flash) {
  if (flash && flash.getBoundingClientRect().top < 0) flash.classList.add("flash-here");
}
