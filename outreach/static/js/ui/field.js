/** Entry of the phone's pages: htmx, then one behaviour per file, each waking on its data-…. */

import "htmx.org";
import "./update.js";
import "./frame.js";
import "./drafts.js";
import "./keypad.js";
import "./camera.js";
import "./pen.js";
import "./gps.js";
import "./sync.js";
import "./device.js";
