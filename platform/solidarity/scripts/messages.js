// What the script tells people. The sentences are in base.html, where they are translated.

const element = id => document.getElementById(id);

/** Announce something to people who cannot see that the page has changed. */
export function announce(text) {
  element("said").textContent = text;
}

export const announceNewList = () => announce(element("live").dataset.list);

/** Ask whether to leave what is not saved. */
export const confirmLeaving = () => confirm(element("live").dataset.leave);

/** Show, until the next response, that something did not work. */
function showTrouble(text) {
  element("lost").textContent = text;
}

export const showNoConnection = () => showTrouble(element("lost").dataset.words);

/** Show what the server answered instead of saving, and that what was typed is still on the page. */
export const showNotSaved = heading => showTrouble([heading, element("lost").dataset.kept].filter(Boolean).join(". "));

export const clearTrouble = () => showTrouble("");
