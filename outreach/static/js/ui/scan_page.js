/** The camera on screens of the phone that ask for a code; those have their own frame, so at each swap. */
import { onPage } from "./behaviours.js";
import { wakeScan } from "./scan.js";

onPage((body) => void wakeScan(body));
