/**
 * The screens of the first part: everything until the first save works offline, and nothing else,
 * for it is paid before anybody can work. All other screens belong into second_part.js. Importing
 * this registers the addresses.
 */
import { provide } from "../router.js";
import { context, token } from "../context.js";
import "./home/routes.js";
import "./form/routes.js";
import "./saved/routes.js";
import "./sending/routes.js";

provide(context, token);
