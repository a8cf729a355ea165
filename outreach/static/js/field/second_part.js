// The second part of the worker: the entry of more-worker.js. The screens that the first save does
// not need, with their templates, addresses, sentences and reference data.

import addresses from "../gen/addresses.later.js";
import sentences from "../gen/catalogue.later.js";
import reference from "../gen/reference.later.js";
import "../gen/templates.later.js";
import { addAddresses } from "./addresses.js";
import { addReference, addSentences } from "./language.js";
import { parts } from "./loaded_parts.js";
import "../gen/second_screens.js";
import "../sync/second_part.js";

addAddresses(addresses);
addSentences(sentences);
addReference(/** @type {Partial<import("./language.js").MoreReference>} */ (reference));
parts.all = true;
