// The entry point of the site's script. Listeners are called in the order of these imports.

import htmx from "htmx.org";

import "./unsaved.js";
import "./submitting.js";
import "./head_counts.js";
import "./menus.js";
import "./printing.js";
import { showNoConnection } from "./messages.js";

// On Back to a page that was changed in place, htmx fetches it again. Errors of that request arrive as htmx:error.
htmx.config.defaultSettleDelay = 0;

document.addEventListener("htmx:error", () => showNoConnection());
