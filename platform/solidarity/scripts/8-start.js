// Back to a page that was changed in place: htmx fetches it anew; without an answer the address must not lie.

htmx.config.defaultSettleDelay = 0;

document.addEventListener("htmx:before:history:restore", event => {
  if (navigator.onLine) return;
  event.preventDefault();
  location.reload();
});
