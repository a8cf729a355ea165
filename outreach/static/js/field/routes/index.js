/** All screens of the phone, and what their handlers get. Importing this registers the addresses. */
import { provide } from "../router.js";
import { context } from "./base.js";
import "./home.js";
import "./village.js";
import "./form.js";
import "./worker.js";
import "./ledger.js";
import "./book.js";
import "./receipt.js";
import "./device.js";
import "./trouble.js";
import "./phone.js";
import "./sending.js";
import "./carry.js";
import "./settings.js";
import "./sync.js";

provide(context);
