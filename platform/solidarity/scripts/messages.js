// What the script says, and that it waits.

const live = name => document.getElementById(name);

/** Say something to whoever cannot see that the page has changed. */
function say(text) {
  live("said").textContent = text;
}

/** Show, until the next answer, that something did not work; with its words, or those for a lost connection. */
function showTrouble(text) {
  const lost = live("lost");
  lost.textContent = text ?? lost.dataset.words;
}

function clearTrouble() {
  live("lost").textContent = "";
}

let waitingFor = 0;

/** Show the quiet line on top while `work` goes on. */
async function waiting(work) {
  waitingFor += 1;
  document.documentElement.classList.add("waiting");
  document.getElementById("main").setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    waitingFor -= 1;
    if (!waitingFor) {
      document.documentElement.classList.remove("waiting");
      document.getElementById("main").removeAttribute("aria-busy");
    }
  }
}
