/** Entry of a link's pages: the way in by a code, or the list itself. */
import { wakeEntry } from "./link_entry.js";
import { wakeList } from "./link_list.js";

wakeEntry(document, location);
wakeList(document);
