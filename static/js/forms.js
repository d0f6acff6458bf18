// Forms: nothing typed is lost, nothing is sent twice, files can be dropped.
//
// data-guard      asks before the page is left with something unsaved
// data-download   the answer is a file, so the page stays and the button wakes up again
// .file-drop      a file input that takes dropped files; its <output> names the file

// --- Once is enough.

const isPost = (form) => form.method === "post" && !form.hasAttribute("data-theme-switch");

function setBusy(form, submitter, busy) {
  form.toggleAttribute("data-busy", busy);
  const buttons = submitter ? [submitter] : form.querySelectorAll("[aria-busy]");
  for (const button of buttons) busy ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isPost(form) || event.defaultPrevented) return;
  if (form.hasAttribute("data-busy")) return event.preventDefault();
  setBusy(form, event.submitter, true);
  if (form.hasAttribute("data-download")) setTimeout(() => setBusy(form, null, false), 3000);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("form") || !isPost(form)) return;
  if (form.hasAttribute("data-busy")) return event.preventDefault();
  setBusy(form, event.detail.requestConfig.triggeringEvent?.submitter, true);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("form")) return;
  setBusy(form, null, false);
  if (event.detail.successful) delete form.dataset.dirty;
});

// The back button shows the page as it was left, busy button included.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) setBusy(form, null, false);
});

// --- Unsaved text. A form that came back with errors is unsaved as well.

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) form.dataset.dirty = "";
});
document.addEventListener("reset", (event) => delete event.target.dataset.dirty);

addEventListener("beforeunload", (event) => {
  const guarded = [...document.querySelectorAll("form[data-guard]:not([data-busy])")];
  if (guarded.some((form) => "dirty" in form.dataset || form.querySelector(".error-summary"))) event.preventDefault();
});

document.querySelector("form[method=post] .error-summary")?.focus();

// --- Files.

function nameFile(drop) {
  const [file] = drop.querySelector("input[type=file]").files;
  const size = file && new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(file.size / 1e6);
  drop.querySelector("output").textContent = file ? `${file.name} · ${size} MB` : "";
}

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.(".file-drop");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("is-over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    drop.querySelector("input[type=file]").files = event.dataTransfer.files;
    nameFile(drop);
  });
}
document.addEventListener("change", (event) => {
  const drop = event.target.closest(".file-drop");
  if (drop && event.target.type === "file") nameFile(drop);
});
