/** Entry of the office pages: htmx, then one behaviour per file, each waking on its data-… */

import "htmx.org";
import "./copy.js";
import { receiveFiles } from "./receive_files.js";
import { wakeKeys } from "./office_keys.js";
import { wakePanel } from "./office_panel.js";
import { wakePaper } from "./office_paper.js";
import { wakePrint } from "./office_print.js";
import { wakeRooms } from "./office_rooms.js";
import { wakeSendOn } from "./office_send_on.js";
import { wakeSmallPictures } from "./office_small_picture.js";
import { wakeScan } from "./scan.js";

receiveFiles(document);
wakeKeys(document);
wakePanel(document);
wakePaper(document);
wakePrint(document);
wakeRooms(document);
wakeScan(document);
wakeSendOn(document);
wakeSmallPictures(document);
