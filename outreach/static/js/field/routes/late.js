/** The screens of the second part, and what sync brings. Importing this registers the addresses. */
import "./village.js";
import "./worker.js";
import "./discard.js";
import "./edit.js";
import "./later.js";
import "./ledger.js";
import "./book.js";
import "./receipt.js";
import "./device.js";
import "./lock.js";
import "./trouble.js";
import "./phone.js";
import "./sending.js";
import "./carry.js";
import "./settings.js";
import "./leave.js";
import "../../sync/second.js";
