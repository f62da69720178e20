// What the markup of a form says.

export const hasPassword = form => form.querySelector("input[type=password]") !== null;

export const addressOf = (form, submitter) =>
  new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);

export const isPost = (form, submitter) =>
  (submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get").toLowerCase() === "post";

/** Whether a form or link is left to the browser. */
export const isPlain = element => element.target || element.closest("[data-plain]") || !element.closest("main");
