// Messages of the script. Their texts are in base.html, where they are translated.

const element = id => document.getElementById(id);

/** Announce a change of the page to screen readers. */
export function announce(text) {
  element("said").textContent = text;
}

export const announceNewList = () => announce(element("live").dataset.list);

/** Ask whether to leave the page with unsaved input. */
export const confirmLeaving = () => confirm(element("live").dataset.leave);

/** Show an error until the next response. */
function showTrouble(text) {
  element("lost").textContent = text;
}

export const showNoConnection = () => showTrouble(element("lost").dataset.words);

/** Show the heading of the server's error page, and that the input is still on the page. */
export const showNotSaved = heading => showTrouble([heading, element("lost").dataset.kept].filter(Boolean).join(". "));

export const clearTrouble = () => showTrouble("");
