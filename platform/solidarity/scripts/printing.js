// Print buttons. The style sheet shows them only if this script runs. Without it, people use the browser's menu.

document.documentElement.dataset.prints = "";

document.addEventListener("click", event => {
  if (event.target.closest("[data-print]")) print();
});
