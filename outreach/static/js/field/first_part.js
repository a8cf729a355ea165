/**
 * The screens of the first part: everything until the first save works offline, and nothing else,
 * for it is paid before anybody can work. Every other screen belongs to the second part, whose list
 * the build makes (gen/second_screens.js). Importing this registers the addresses.
 */
import { provide } from "./router.js";
import { context, token } from "./context.js";
import "./screens/home/routes.js";
import "./screens/form/routes.js";
import "./screens/saved/routes.js";
import "./screens/sending/routes.js";

provide(context, token);
