// Submitted forms: saved in place, shown as a filtered list, or left to the browser.

import { hasPassword, isPlain, isPost } from "./forms.js";
import { filterBy } from "./lists.js";
import { save } from "./saving.js";
import { markSent } from "./unsaved.js";

document.addEventListener("submit", event => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented) return;
  if (form.getAttribute("aria-busy")) {
    event.preventDefault(); // pressed twice
  } else if (!isPost(form, submitter)) {
    filterBy(form, submitter, event);
  } else if (isPlain(form) || hasPassword(form) || form.method === "dialog") {
    form.setAttribute("aria-busy", "true");
    markSent(form);
  } else {
    event.preventDefault();
    save(form, event);
  }
});

// The forms of a page that is restored from the back/forward cache can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});
