// The floor plan of the phone's JavaScript: every import goes down, nothing goes in a circle.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const JS = fileURLToPath(new URL("../../outreach/static/js/", import.meta.url));

/**
 * From the ground up. A module belongs to the longest of these names that its path begins with; it
 * imports from its own and from lower floors. Neighbours on one floor do not know each other.
 */
const FLOORS = [
  ["domain"],
  ["store/engine"],
  ["vault"],
  ["store/records"],
  ["store/replica"],
  ["store/journal"],
  ["store/books"],
  ["store/access"],
  ["store"],
  ["sync"],
  ["field", "ui"],
  ["field/parts_of_screens"],
  [
    "field/screens/carry",
    "field/screens/form",
    "field/screens/home",
    "field/screens/leave",
    "field/screens/lock",
    "field/screens/receipt",
    "field/screens/revisit",
    "field/screens/saved",
    "field/screens/settings",
    "field/screens/whats_new",
  ],
  // The slip says what was said after saving, and a person's page leads to it.
  ["field/screens/slip"],
  [
    "field/screens/desk",
    "field/screens/device",
    "field/screens/list_check",
    "field/screens/sending",
    "field/screens/trouble",
    "field/screens/village",
    "field/screens/worker",
  ],
  [
    "field/screens/check_mode",
    "field/screens/list_share",
    "field/screens/list_proof",
    "field/screens/list_sheets",
    "field/screens/list_sign",
    "field/screens/list_tasks",
    "field/screens/saves",
  ],
  // Visits show the tasks that list checks left at the same doors.
  ["field/screens/visits"],
  // A house is visited door by door, all on one screen.
  ["field/screens/house"],
  // The list of the first screens, then what the build makes the worker's two scripts of.
  ["field/first_part"],
  ["field/worker", "field/second_part"],
];
/** What knows nothing of each other on any floor. */
const APART = [["field", "ui"]];
/** Made by the build, which keeps its own order. */
const GENERATED = "gen";

/** Imports of code, and those that only name a type. */
const IMPORT = /^(?:import|export|\})[^;"]*"(\.[^"]+\.js)"|import\("(\.[^"]+\.js)"\)/gm;

const modules = readdirSync(JS, { recursive: true })
  .filter((path) => path.endsWith(".js") && !path.startsWith(`${GENERATED}/`))
  .map((path) => path.slice(0, -3));

/** What each module imports, from the root of the code. @type {Map<string, string[]>} */
const graph = new Map(
  modules.map((module) => {
    const found = [...readFileSync(`${JS}${module}.js`, "utf8").matchAll(IMPORT)];
    const paths = found.map(([, code, type]) => join(dirname(module), code ?? type).slice(0, -3));
    return [module, paths.filter((path) => !path.startsWith(`${GENERATED}/`))];
  }),
);

const within = (module, name) => module === name || module.startsWith(`${name}/`);

/** The floor of a module and its name there. */
function placeOf(module) {
  const names = FLOORS.flatMap((row, floor) => row.map((name) => ({ name, floor })));
  const fitting = names.filter(({ name }) => within(module, name));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0];
}

/** Why an import is none of ours; "" for one that goes down. */
function faultOf(from, to) {
  const [here, there] = [placeOf(from), placeOf(to)];
  if (APART.some((names) => apart(names, from, to))) return `${from} and ${to} stand apart`;
  if (there.floor < here.floor || there.name === here.name) return "";
  return `${from} (${here.name}) imports ${to} (${there.name})`;
}

const apart = ([one, other], from, to) =>
  (within(from, one) && within(to, other)) || (within(from, other) && within(to, one));

test("every module stands on a floor, and every floor has modules", () => {
  assert.deepEqual(
    modules.filter((module) => !placeOf(module)),
    [],
  );
  const used = new Set(modules.map((module) => placeOf(module).name));
  assert.deepEqual(
    FLOORS.flat().filter((name) => !used.has(name)),
    [],
  );
});

test("every import goes down, those of types too", () => {
  const faults = [...graph].flatMap(([from, paths]) => paths.map((to) => faultOf(from, to)));
  assert.deepEqual([...new Set(faults)].filter(Boolean), []);
});

test("no module comes back to itself, types neither", () => {
  const [done, circles] = [new Set(), []];
  const walk = (module, way) => {
    if (way.includes(module)) {
      circles.push([...way.slice(way.indexOf(module)), module].join(" → "));
    } else if (!done.has(module)) {
      for (const next of graph.get(module)) walk(next, [...way, module]);
      done.add(module);
    }
  };
  for (const module of modules) walk(module, []);
  assert.deepEqual(circles, []);
});

test("an import that goes up, or aside, is found", () => {
  assert.match(faultOf("store/engine/idb", "vault/keys"), /imports vault\/keys/);
  assert.match(faultOf("domain/rules", "store/store"), /imports store\/store/);
  assert.match(faultOf("ui/sync", "field/router"), /stand apart/);
  assert.equal(faultOf("sync/push", "domain/age"), "");
});
