// The progress line at the top during a request.

let running = 0;

/** Return the result of `work`, and show the line until then. */
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
