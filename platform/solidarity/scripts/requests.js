// Requests to the server, and the addresses of their responses.

import { showNoConnection } from "./messages.js";

/** Fetch, and follow X-Continue: fetch drops the fragment of a redirect, so the server sends that address in a header. */
async function follow(address, options) {
  const response = await fetch(address, options);
  const next = response.headers.get("X-Continue");
  if (!next) return { response, url: new URL(response.url || address, location.href) };
  const url = new URL(next, location.href);
  return { response: await fetch(url, { headers: options.headers, signal: options.signal }), url };
}

/** Return the response and its address, or null without a response. Shows an error unless a later request replaced it. */
export async function request(address, options) {
  try {
    return await follow(address, options);
  } catch (error) {
    const isReplaced = error?.name === "AbortError" && options.signal.reason !== "timeout";
    if (!isReplaced) showNoConnection();
    return null;
  }
}

export const isHtml = response => (response.headers.get("Content-Type") ?? "").startsWith("text/html");

export const htmlResponse = (html, status = 200) => new Response(html, { status, headers: { "Content-Type": "text/html" } });

/** A response that htmx does not show. */
export const noContent = () => new Response(null, { status: 204 });
