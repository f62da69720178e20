// Properties of forms, read from their markup.

export const hasPassword = form => form.querySelector("input[type=password]") !== null;

export const addressOf = (form, submitter) =>
  new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);

export const isPost = (form, submitter) =>
  (submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get").toLowerCase() === "post";

/** Whether the browser handles a form or link, without the script. */
export const isPlain = element => element.target || element.closest("[data-plain]") || !element.closest("main");
