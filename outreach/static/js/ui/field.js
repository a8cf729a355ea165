/** Entry of the phone's pages: htmx, then one behaviour per file, each waking on its data-…. */

import "htmx.org";
import "./update.js";
