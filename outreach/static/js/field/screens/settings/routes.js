/** Settings, installing, and the explainer. */
import { version } from "../../../gen/build.js";
import { pinState } from "../../../store/access/pin.js";
import { featureLinks } from "../../parts_of_screens/feature_links.js";
import { language } from "../../language.js";
import { route } from "../../router.js";
import { explainView, settingsView } from "./view.js";
import { letter, person, references, spoken, today } from "../../context.js";

route("GET", "/field/settings", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const [ledger, users, { has }] = await Promise.all([
    q.store.counts(),
    q.meta.knownUsers(),
    pinState(q.store.state),
  ]);
  const others = users.filter((u) => u.id !== q.store.userId);
  const no_lang = q.query.get("e") === "lang";
  const ctx = { ledger, others, has, person: person(q), letter: letter(q), version, no_lang };
  const links = await featureLinks(q);
  return {
    view: "settings",
    title: q.t("field.settings"),
    ctx: { ...settingsView(ctx, q.w), links },
  };
});

route("POST", "/field/settings/lang", async (q) => {
  const wish = q.form.get("lang");
  if (wish !== "id" && wish !== "en") return { redirect: "/field/settings" };
  const { lang } = await language(wish);
  if (lang === wish) await q.meta.setLanguage(lang);
  return { redirect: lang === wish ? "/field/settings" : "/field/settings?e=lang" };
});

route("GET", "/field/install", (q) => ({ view: "install", title: q.t("field.install"), ctx: {} }));

route("GET", "/field/explain", async (q) => {
  const refs = await references(q);
  const ctx = {
    today: today(q),
    bands: refs.bands,
    benefits: refs.benefits,
    texts: spoken(q, refs, ""),
  };
  return { view: "explain", title: q.t("field.explain"), ctx: explainView(ctx, q.w) };
});
