// Back to a page that was changed in place: htmx fetches it anew. Whatever goes wrong in htmx itself goes wrong there.

htmx.config.defaultSettleDelay = 0;

document.addEventListener("htmx:error", () => showTrouble());
