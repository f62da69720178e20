// The quiet line on top while a request is on its way.

let running = 0;

/** Return what `work` returns, and show the line meanwhile. */
export async function waitFor(work) {
  running += 1;
  document.documentElement.classList.add("waiting");
  document.getElementById("main").setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    running -= 1;
    if (!running) {
      document.documentElement.classList.remove("waiting");
      document.getElementById("main").removeAttribute("aria-busy");
    }
  }
}
