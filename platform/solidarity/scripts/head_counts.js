// Sums of a head count during input. The server computes them again, and its result counts.

const ARABIC = /[٠-٩۰-۹]/g;
const INVISIBLE = /\p{Cf}/gu;
const NO_DECIMALS = /[.,٫]0{1,2}$/;
const PLAIN = /^(\d+|\d{1,3}([.,'’٬\s]\d{3})+|\d{1,2}([.,]\d{2})+[.,]\d{3})$/;

/** Return the number in a field: 0 for an empty one, NaN for an invalid number of people. */
function numberIn(field) {
  const text = field.value.replace(INVISIBLE, "").trim().replace(NO_DECIMALS, "").replace(ARABIC, digit => String(digit.charCodeAt(0) % 16));
  if (text === "") return 0;
  return PLAIN.test(text) ? Number(text.replace(/\D/g, "")) : NaN;
}

/** Format a number as the server does: with digits 0 to 9 for Arabic. */
function formatNumber(number) {
  const lang = document.documentElement.lang;
  return Number.isNaN(number) ? "–" : new Intl.NumberFormat(lang === "ar" ? "ar-u-nu-latn" : lang).format(number);
}

const sum = numbers => numbers.reduce((total, number) => total + number, 0);

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  const grid = form?.querySelector("table.cells[data-together]");
  if (!grid) return;
  const boxes = [...grid.querySelectorAll("tbody input")];
  const isCounted = boxes.some(box => box.value.trim() !== "");
  showTotals(grid, isCounted);
  const total = form.elements.total;
  const people = isCounted ? sum(boxes.map(numberIn)) : total?.value.trim() ? numberIn(total) : NaN;
  const shares = form.querySelector("[data-shares]");
  if (shares) checkShares(shares, people);
});

function showTotals(grid, isCounted) {
  if (!isCounted) return grid.tFoot?.remove();
  const columns = [...grid.tBodies[0].rows[0].cells].slice(1).map((_, column) =>
    sum([...grid.tBodies[0].rows].map(row => row.cells[column + 1]?.querySelector("input")).filter(Boolean).map(numberIn)),
  );
  const row = grid.tFoot?.rows[0] ?? grid.createTFoot().insertRow();
  while (row.cells.length <= columns.length) row.append(document.createElement(row.cells.length ? "td" : "th"));
  row.cells[0].scope = "row";
  row.cells[0].textContent = grid.dataset.together.replace("{people}", formatNumber(sum(columns)));
  columns.forEach((total, column) => (row.cells[column + 1].textContent = formatNumber(total)));
}

/** Show whether first time, came before and not sure add up to the people counted. */
function checkShares(shares, people) {
  const fields = [...shares.querySelectorAll("input")];
  const numbers = fields.map(numberIn);
  const together = sum(numbers);
  const canCompare = fields.some(field => field.value.trim() !== "") && !Number.isNaN(people) && !Number.isNaN(together);
  const [adds, differs] = [shares.querySelector("[data-adds]"), shares.querySelector("[data-differs]")];
  adds.hidden = !canCompare || together !== people;
  differs.hidden = !canCompare || together === people;
  const words = [...numbers, together, people].map(formatNumber);
  adds.lastElementChild.textContent = `${words.slice(0, 3).join(" + ")} = ${words[4]}`;
  const sentence = differs.dataset.differs.replace(/\{(\d)\}/g, (_, place) => words[place]);
  if (differs.lastElementChild.textContent !== sentence) differs.lastElementChild.textContent = sentence;
}
