/**
 * Behaviours of the phone's pages once the second set is there: moving between screens with htmx,
 * sending, installing. The build puts htmx in front of this.
 */

import "./frame.js";
import "./answered.js";
import "./away.js";
import "./gps.js";
import "./sync.js";
import "./device.js";
import "./copy.js";
import "./carry.js";
import "./room.js";
import "./same_draft_elsewhere.js";
import "./desk.js";
import "./list_answers.js";
import "./list_file.js";
import "./list_keys.js";
import "./scan_page.js";
import "./page_style.js";
