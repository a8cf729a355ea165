// Every page of the phone app, by address.

import { u } from "../addresses.js";
import { route } from "../router.js";

route("GET", u("explain"), ({ t }) => ({ view: "explain", ctx: {}, title: t("field.explain") }));
