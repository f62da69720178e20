// Nobody leaves a page by mistake while something typed is not saved.

import { hasPassword } from "./forms.js";
import { confirmLeaving } from "./messages.js";

const editedForms = new WeakSet();

export const markEdited = form => editedForms.add(form);
export const markSent = form => editedForms.delete(form);

/** A form whose content the server must get: not a filter, not the sign-in. */
const saves = form => form.method === "post" && !hasPassword(form);

const isChanged = field =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.options
      ? [...field.options].some(option => option.selected !== option.defaultSelected)
      : field.value !== field.defaultValue;

/** Whether leaving would lose something: it was edited and differs, or it was refused as it stands. */
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

// Back to a page that was changed in place does not unload it, so the question is ours. htmx listens too, and begins later.
window.navigation?.addEventListener("navigate", event => {
  const leaves = event.navigationType === "traverse" && event.cancelable && event.canIntercept && !event.hashChange;
  if (leaves && unsavedForms().length && !confirmLeaving()) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
});

/** Return what was typed into the forms beside `form`, for `restoreFields` once the page has changed around them. */
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
