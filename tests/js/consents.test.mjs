import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "../../outreach/static/js/field/screens/form/edit_routes.js";
import { check } from "../../outreach/static/js/field/screens/form/check.js";
import { readForm } from "../../outreach/static/js/field/screens/form/form_read.js";
import { writeForm } from "../../outreach/static/js/field/screens/form/form_write.js";
import { lowered, needsProof, raised, settle } from "../../outreach/static/js/domain/consents.js";

const rows = JSON.parse(readFileSync(new URL("../shared/consents.json", import.meta.url), "utf8"));
const [A, B] = ["a".repeat(64), "b".repeat(64)];
const [THEN, NOW] = ["2026-11-22T06:05:00Z", "2026-11-24T01:00:00Z"];
const given = (evidence, at, purposes) => ({ consent: { evidence, at, purposes } });

test("a yes needs its own proof and a no is a withdrawal, as on the server", () => {
  for (const row of rows) {
    assert.deepEqual(raised(row.before, row.after), row.raised);
    assert.deepEqual(lowered(row.before, row.after), row.lowered);
    assert.equal(needsProof(row.before, row.after), row.needs_proof);
  }
});

test("a no leaves the consent as it was given, and withdraws", () => {
  const before = given(A, THEN, { pendaftaran: true, pasfoto: true });
  const after = given(A, THEN, { pendaftaran: true, pasfoto: false });
  assert.deepEqual(settle(before, after, NOW), {
    consent: before.consent,
    consent_withdrawn: { pasfoto: NOW },
  });
});

test("a new yes with a new proof is a new consent and ends the withdrawal", () => {
  const before = {
    ...given(A, THEN, { pendaftaran: true }),
    consent_withdrawn: { pendaftaran: THEN },
  };
  const after = given(B, NOW, { pendaftaran: true, hubungi_wa: false });
  assert.deepEqual(settle(before, after, NOW), {
    consent: after.consent,
    consent_withdrawn: undefined,
  });
});

test("a withdrawn purpose that is left alone stays withdrawn and given as before", () => {
  const before = {
    ...given(A, THEN, { pendaftaran: true, pasfoto: true }),
    consent_withdrawn: { pasfoto: THEN },
  };
  const after = given(A, THEN, { pendaftaran: true, pasfoto: false });
  assert.deepEqual(settle(before, after, NOW), {
    consent: before.consent,
    consent_withdrawn: { pasfoto: THEN },
  });
});

test("the form asks for a new proof when a no becomes a yes, and takes it", () => {
  const base = {
    ...given(A, THEN, { pendaftaran: true, hubungi_wa: false, pasfoto: false, bagi_ke_opd: false }),
    facts_from: "sendiri",
  };
  base.consent.method = "tanda_tangan_layar";
  const form = { ...writeForm(base), p_wa: "ya" };
  const draft = { step: "setuju", mode: "section", base, form, consentAt: THEN };
  const ctx = { today: "2026-11-24", village: null };
  const faults = (answers) => {
    const now = { ...draft, form: { ...form, ...answers } };
    return check(now, readForm(now, ctx), "officer", ctx.today).signature?.[0].code;
  };
  assert.equal(faults({}), "field.error.proof_again");
  assert.equal(faults({ signature: B }), undefined);
  assert.equal(faults({ p_wa: "tidak" }), undefined);
});

test("the wall may be left open: yes with a new proof, no without", () => {
  const purposes = { pendaftaran: true, hubungi_wa: true, pasfoto: false, bagi_ke_opd: false };
  const base = { ...given(A, THEN, purposes), facts_from: "sendiri" };
  base.consent.method = "tanda_tangan_layar";
  const form = writeForm(base);
  assert.ok(!form.p_pajang);
  const ctx = { today: "2026-11-24", village: null };
  const faults = (answers) => {
    const now = { step: "setuju", mode: "section", base, form: { ...form, ...answers } };
    const found = check(now, readForm({ ...now, consentAt: THEN }, ctx), "officer", ctx.today);
    return Object.fromEntries(Object.entries(found).map(([name, [one]]) => [name, one.code]));
  };
  assert.deepEqual(faults({}), {});
  assert.deepEqual(faults({ p_pajang: "tidak" }), {});
  assert.deepEqual(faults({ p_pajang: "ya" }), { signature: "field.error.proof_again" });
  assert.deepEqual(faults({ p_pajang: "ya", signature: B }), {});
});

test("what was withdrawn reads as no in the form", () => {
  const data = {
    ...given(A, THEN, { pendaftaran: true, pasfoto: true }),
    consent_withdrawn: { pasfoto: THEN },
  };
  assert.deepEqual([writeForm(data).agree, writeForm(data).p_foto], ["ya", "tidak"]);
});

test("an edit of the heirs gets the check of the door", () => {
  const base = { heirs: [{ name: "SARI", relation: "pasangan" }] };
  const form = { heir0_name: "ADI", heir0_relation: "anak", heir0_minor: "ya" };
  const draft = { step: "waris", mode: "section", base, form };
  const ctx = { today: "2026-11-24", village: null };
  const faults = check(draft, readForm(draft, ctx), "officer", ctx.today);
  assert.ok(faults.heir0_guardian);
});
