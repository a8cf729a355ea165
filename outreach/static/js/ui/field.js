/**
 * Entry of the phone's pages: one behaviour per file, each waking on its data-…. htmx is a file of
 * its own in the second set: until it is there, links and forms are plain ones to the worker.
 */

import "./update.js";
import "./frame.js";
import "./drafts.js";
import "./keypad.js";
import "./camera.js";
import "./pen.js";
import "./gps.js";
import "./sync.js";
import "./device.js";
