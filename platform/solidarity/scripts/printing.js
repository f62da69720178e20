// Buttons that print. The style sheet shows them once this runs; without it the browser's own menu prints.

document.documentElement.dataset.prints = "";

document.addEventListener("click", event => {
  if (event.target.closest("[data-print]")) print();
});
