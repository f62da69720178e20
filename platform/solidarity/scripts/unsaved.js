// A warning before leaving a page with unsaved input.

import { hasPassword } from "./forms.js";
import { confirmLeaving } from "./messages.js";

const editedForms = new WeakSet();

export const markEdited = form => editedForms.add(form);
export const markSent = form => editedForms.delete(form);

/** Whether a form saves its input: not a filter, not the sign-in. */
const saves = form => form.method === "post" && !hasPassword(form);

const isChanged = field =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.options
      ? [...field.options].some(option => option.selected !== option.defaultSelected)
      : field.value !== field.defaultValue;

/** Whether a form has unsaved input: it was edited and differs from the page, or it was refused. */
export const isUnsaved = form =>
  editedForms.has(form) &&
  (form.hasAttribute("data-refused") || [...form.elements].some(field => field.name && isChanged(field)));

const unsavedForms = () => [...document.forms].filter(isUnsaved);

document.addEventListener("input", event => {
  const form = event.target.form;
  if (form && saves(form)) markEdited(form);
});

addEventListener("beforeunload", event => {
  if (unsavedForms().length) event.preventDefault();
});

// Back to a page that was changed in place does not unload it, so this script asks. htmx listens too, but after this.
window.navigation?.addEventListener("navigate", event => {
  const leaves = event.navigationType === "traverse" && event.cancelable && event.canIntercept && !event.hashChange;
  if (leaves && unsavedForms().length && !confirmLeaving()) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
});

/** Return the unsaved input of all forms except `form`, for `restoreFields` after a change of the page. */
export function unsavedFieldsBeside(form) {
  const fields = unsavedForms().filter(other => other !== form).flatMap(other => [...other.elements]);
  return fields
    .filter(field => field.id && field.name && field.type !== "hidden" && field.type !== "file" && isChanged(field))
    .map(({ id, name, type, value, checked }) => ({ id, name, type, value, checked }));
}

export function restoreFields(fields) {
  for (const { id, name, type, value, checked } of fields) {
    const field = document.getElementById(id);
    if (field?.name !== name || !field.form) continue;
    if (type === "checkbox" || type === "radio") field.checked = checked;
    else field.value = value;
    markEdited(field.form);
  }
}
