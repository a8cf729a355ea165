/** Has addresses outside /field/ answer without signal too (field/away.js). */

navigator.serviceWorker?.register("/away.js", { scope: "/" }).catch(() => {});
