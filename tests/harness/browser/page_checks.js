// What is wrong with the page as it stands, as sentences. Evaluated by judging.py in every view of every page.
({ language, direction }) => {
  const found = [];
  const say = (what, those) => those.forEach((one) => found.push(`${what} ${one}`));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const mark = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, .skip");
  // A box to tick is as large as the label around or beside it; a link may reach beyond its words by an empty ::after.
  const reach = (element) => {
    const box = (element.matches("[type=checkbox], [type=radio]") ? element.labels[0] ?? element : element).getBoundingClientRect();
    const after = getComputedStyle(element, "::after");
    const beyond = (one, other) => (after.position === "absolute" ? -parseFloat(after[one]) - parseFloat(after[other]) : 0);
    return { width: box.width + beyond("left", "right"), height: box.height + beyond("top", "bottom") };
  };

  const root = document.documentElement;
  const sideways = root.scrollWidth - root.clientWidth;
  if (sideways > 0) {
    const beyond = all("body *").filter((e) => {
      const box = e.getBoundingClientRect();
      return shown(e) && box.width && (box.right > root.clientWidth + 1 || box.left < -1) && !e.closest(".scroll-x, svg");
    });
    found.push(`scrolls sideways by ${sideways}: ${beyond.slice(0, 3).map(mark).join(" | ")}`);
  }
  if (root.lang !== language || root.dir !== direction) found.push(`is in ${root.lang}, ${root.dir}`);

  // The title begins with the plain name of the page: its h1, or what stands above an h1 that is a finding, or its place in the menu.
  const headings = all("h1").map((heading) => plain(heading.textContent));
  const name = plain(document.title).split(" · ")[0];
  const names = [...all(".eyebrow").flatMap((eyebrow) => plain(eyebrow.textContent).split(/ · |, |، /)), ...all("nav [aria-current=page]").map((link) => plain(link.textContent))];
  if (headings.length !== 1) found.push(`has ${headings.length} h1`);
  else if (!headings[0] || !(plain(document.title).startsWith(headings[0]) || headings[0].startsWith(`${name}:`) || names.includes(name))) found.push(`is titled “${document.title}”, but its h1 says “${headings[0]}”`);

  const ids = all("[id]").map((element) => element.id);
  say("uses twice the id", ids.filter((id, index) => ids.indexOf(id) !== index));
  say("has a style attribute:", all("[style]").map(mark));
  say("links to nowhere on the page:", all("a[href^='#']").filter((a) => !document.getElementById(a.getAttribute("href").slice(1))).map(mark));
  say("has a field without a name:", all("input:not([type=hidden]), select, textarea").filter((field) => !field.labels.length && !field.ariaLabel).map(mark));

  // 44 px for what stands alone; links inside a sentence, and rings, have the 24 px of axe's rule target-size.
  const targets = all("button, .btn, summary, input:not([type=hidden]), select, textarea, header a, nav a, .acts a").filter(shown);
  say("has a target smaller than 44 px:", targets.filter((e) => reach(e).height < 43.5 || reach(e).width < 43.5).map((e) => `${Math.round(reach(e).width)} × ${Math.round(reach(e).height)}: ${mark(e)}`));

  const cut = all("main :not(input, textarea, select), header *, nav *").filter((e) => {
    const style = getComputedStyle(e);
    return shown(e) && /hidden|clip/.test(style.overflowX) && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 2 && !e.closest("svg");
  });
  say("cuts off:", cut.map(mark));

  // The words of a link in a menu or tab that leave its box sideways lie over the next link.
  const box = (element) => (getComputedStyle(element).display.startsWith("inline") && !/inline-/.test(getComputedStyle(element).display) ? box(element.parentElement) : element);
  const spilling = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !shown(parent) || !parent.closest("nav") || parent.closest("svg")) continue;
    const around = box(parent).getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    if ([...range.getClientRects()].some((r) => r.width > 1 && (r.right > around.right + 2 || r.left < around.left - 2))) spilling.add(parent);
  }
  say("has words beyond their box:", [...spilling].map(mark));
  return found;
}
