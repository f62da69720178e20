// Saving stays in place.

const isPlain = form =>
  form.target || form.closest("[data-plain]") || !form.closest("main") || holdsPassword(form) || form.method === "dialog";

const addressOf = (form, submitter) =>
  new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);

const methodOf = (form, submitter) => submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get";

document.addEventListener("submit", event => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented) return;
  if (form.getAttribute("aria-busy")) {
    event.preventDefault(); // pressed twice
  } else if (methodOf(form, submitter).toLowerCase() !== "post") {
    filterBy(form, submitter, event);
  } else if (isPlain(form)) {
    form.setAttribute("aria-busy", "true");
    typedInto.delete(form);
  } else {
    event.preventDefault();
    save(form, event);
  }
});

// A page that comes back from the browser's memory can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

/** Send a form and show the answer: the same page keeps its place, another begins at its top. */
async function save(form, event) {
  const { submitter } = event;
  const to = addressOf(form, submitter).pathname;
  const before = { x: scrollX, y: scrollY, url: new URL(location.href), heading: headingNow(), kept: typedElsewhere(form), to };
  const pressed = submitter && { id: submitter.id, text: submitter.textContent, to };
  let shown = null;
  form.setAttribute("aria-busy", "true");
  submitter?.setAttribute("aria-disabled", "true");
  const send = async (address, options) => (shown = await answerTo(form, address, options))?.response ?? nothing();
  await waiting(() =>
    htmx.ajax("POST", addressOf(form, submitter).href, {
      source: form, event, target: document.body, swap: "outerSync", push: "false", fetch: send,
    }),
  );
  if (shown) settle(shown, before, pressed);
  form.removeAttribute("aria-busy");
  submitter?.removeAttribute("aria-disabled");
}

const headingNow = () => document.querySelector("h1")?.textContent;

/** Return what htmx shall show, and where we are then; null when the page stays as it is. */
async function answerTo(form, address, options) {
  const asked = await askOrSay(address, options);
  if (!asked) return null;
  const { answer, url } = asked;
  if (!isPage(answer)) {
    location.assign(url);
    return null;
  }
  const text = await answer.text();
  if (isUnsaved(form) && (answer.status >= 500 || UNSURE.includes(answer.status))) {
    showTrouble([headingOf(text), live("lost").dataset.kept].filter(Boolean).join(". "));
    return null;
  }
  clearTrouble();
  adoptHead(text);
  // A refused form stays where it is; any other refusal is a page of its own, from which Back leads to the form.
  if (answer.ok && url.href !== location.href) remember(url, url.pathname + url.search === location.pathname + location.search);
  else if (!answer.ok && answer.status !== 422) remember(location.href);
  return { response: new Response(text, { status: answer.status, headers: { "Content-Type": "text/html" } }), status: answer.status, url };
}

/** After the page has changed: where it stands, and where the focus is. */
function settle({ status, url }, before, pressed) {
  const problems = document.querySelector("main .errsum");
  const flash = document.querySelector("main .flash");
  const isSame = status < 400 ? url.pathname === before.url.pathname : headingNow() === before.heading;
  putBack(before.kept);
  if (status === 422 || status === 409) guardRefused(before.to);
  if (isSame || status === 422) scrollTo({ left: before.x, top: before.y, behavior: "instant" });
  else scrollTo({ top: 0, behavior: "instant" });
  if (problems) return focusOn(problems, {});
  const there = status < 400 && url.hash && document.getElementById(decodeURIComponent(url.hash.slice(1)));
  if (there) there.scrollIntoView({ block: "start", behavior: "instant" });
  keepInView(flash);
  const again = isSame && pressed && pressedAgain(pressed);
  if (again) {
    again.focus({ preventScroll: true });
    say(flash?.textContent.trim() ?? "");
  } else {
    focusOn(flash ?? document.querySelector("main h1"));
  }
}

/** A form that was refused is as unsaved as before. */
function guardRefused(to) {
  for (const form of document.querySelectorAll("main form[method=post]")) {
    if (holdsPassword(form) || addressOf(form).pathname !== to) continue;
    form.setAttribute("data-refused", "");
    typedInto.add(form);
  }
}

/** Return the button that was pressed, where the new page has it too. */
const pressedAgain = pressed =>
  [...document.querySelectorAll("button")].find(
    button =>
      button.type === "submit" && button.id === pressed.id && button.textContent === pressed.text && button.form &&
      addressOf(button.form, button).pathname === pressed.to,
  );

/** What just happened is read where one is, and not only at the top of the page. */
function keepInView(flash) {
  if (flash && flash.getBoundingClientRect().top < 0) flash.classList.add("flash-here");
}
