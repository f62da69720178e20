// Nobody leaves a page by mistake while something typed is not saved.

const typedInto = new WeakSet();

const holdsPassword = form => form.querySelector("input[type=password]") !== null;

/** A form whose content the server must get: not a filter, not the sign-in. */
const saves = form => form.method === "post" && !holdsPassword(form);

const isChanged = field =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.options
      ? [...field.options].some(option => option.selected !== option.defaultSelected)
      : field.value !== field.defaultValue;

/** Whether leaving would lose something: it was typed into and differs, or it was refused as it stands. */
const isUnsaved = form =>
  typedInto.has(form) &&
  (form.hasAttribute("data-refused") || [...form.elements].some(field => field.name && isChanged(field)));

const unsavedForms = () => [...document.forms].filter(isUnsaved);

document.addEventListener("input", event => {
  const form = event.target.form;
  if (form && saves(form)) typedInto.add(form);
});

addEventListener("beforeunload", event => {
  if (unsavedForms().length) event.preventDefault();
});

// Back to a page that was changed in place does not unload it, so the question is ours. This must come before htmx looks.
window.navigation?.addEventListener("navigate", event => {
  const leaves = event.navigationType === "traverse" && event.cancelable && event.canIntercept && !event.hashChange;
  if (leaves && unsavedForms().length && !confirm(live("live").dataset.leave)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
});

/** Return what was typed into other forms, to be put back when the page has changed around them. */
function typedElsewhere(form) {
  const fields = unsavedForms().filter(other => other !== form).flatMap(other => [...other.elements]);
  return fields
    .filter(field => field.id && field.name && field.type !== "hidden" && field.type !== "file" && isChanged(field))
    .map(({ id, name, type, value, checked }) => ({ id, name, type, value, checked }));
}

function putBack(kept) {
  for (const { id, name, type, value, checked } of kept) {
    const field = document.getElementById(id);
    if (field?.name !== name || !field.form) continue;
    if (type === "checkbox" || type === "radio") field.checked = checked;
    else field.value = value;
    typedInto.add(field.form);
  }
}
