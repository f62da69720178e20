// The one script of the site. Listeners are called in the order of these imports.

import htmx from "htmx.org";

import "./unsaved.js";
import "./submitting.js";
import "./head_counts.js";
import "./menus.js";
import "./printing.js";
import { showNoConnection } from "./messages.js";

// Back to a page that was changed in place: htmx fetches it anew. Whatever goes wrong in htmx itself goes wrong there.
htmx.config.defaultSettleDelay = 0;

document.addEventListener("htmx:error", () => showNoConnection());
