/**
 * Entry of the phone's pages: one behaviour per file, each waking on its data-…. What no offline
 * save needs, htmx above all, is in second_part.js: until that is there, links and forms are plain
 * ones to the worker.
 */

import "./update.js";
import "./open_key.js";
import "./drafts.js";
import "./keypad.js";
import "./camera.js";
import "./pen.js";
import "./voice.js";
import "./load_second_part.js";
