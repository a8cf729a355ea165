/** How consent is proven: the ways to give it, the answer that holds its proof, who brings a witness. */

/** @type {Record<string, string>} */
const HELD = {
  tanda_tangan_layar: "signature",
  cap_jempol_foto: "evidence_photo",
  lisan_terekam: "voice",
  formulir_kertas_foto: "evidence_photo",
};

export const METHODS = Object.keys(HELD);
export const WITNESSED = ["cap_jempol_foto", "lisan_terekam"];

/** The form's answer that holds the proof; a signature when nobody chose. @param {string} [method] */
export const proofOf = (method) => HELD[method ?? ""] ?? "signature";
