/**
 * The screens of the first part: everything until the first save works offline, and nothing else,
 * for it is paid before anybody can work. All other screens belong into late.js. Importing this
 * registers the addresses.
 */
import { provide } from "../router.js";
import { context, token } from "./base.js";
import "./home.js";
import "./form.js";
import "./saved.js";
import "./sync.js";

provide(context, token);
