// What is read on the screen, and what of it a sheet of paper shows. `pressed` is what makes sense only there.
const pressed = ".btn, .acts, .skip, .stepnav, .util, .bottombar, .savebar, .more, .foot, .flash, .crumb, .pages, .fig-src, .no-print, .what:not(.what-label), .tap, nav, form button";
const marked = [];
const isSeen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
const words = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !node.parentElement.closest("script, style, .visually-hidden, svg")) found.push(node);
  }
  return found;
};
window.markWords = () => { marked.length = 0; marked.push(...words().filter(node => isSeen(node.parentElement) && !node.parentElement.closest(pressed))); };
window.paperFaults = () => {
  const faults = [], edge = document.documentElement.clientWidth + 1;
  for (const node of marked) if (!isSeen(node.parentElement)) faults.push("lost: " + node.data.trim().slice(0, 60));
  for (const node of words().filter(node => node.parentElement.closest("main details:not(.no-print)") && !node.parentElement.closest(pressed)))
    if (!isSeen(node.parentElement)) faults.push("folded away: " + node.data.trim().slice(0, 60));
  for (const node of words().filter(node => isSeen(node.parentElement))) {
    const range = document.createRange(), element = node.parentElement;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), colour = getComputedStyle(element).color;
    if (box.right > edge || box.left < -1) faults.push("cut off: " + node.data.trim().slice(0, 60));
    if (colour !== "rgb(0, 0, 0)") faults.push(colour + ": " + node.data.trim().slice(0, 60));
  }
  for (const element of document.querySelectorAll("main *")) {
    const style = getComputedStyle(element);
    if (style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1 && !element.closest(".visually-hidden") && isSeen(element) && element.clientWidth > 1)
      faults.push("clipped: " + element.outerHTML.slice(0, 80));
  }
  for (const element of document.querySelectorAll(".btn, .stepnav, .bottombar, .savebar, .util")) if (isSeen(element)) faults.push("can only be pressed: " + element.textContent.trim().slice(0, 40));
  for (const head of document.querySelectorAll("main .tbl > thead")) if (getComputedStyle(head).display !== "table-header-group") faults.push("a head that does not repeat");
  return faults;
};
