// The frame of every page: htmx, messages, menus, dialogs, theme, the keys / ? and Escape.

const body = document.body;
const csrfToken = () => document.querySelector("meta[name=csrf-token]").content;

// An input method uses Enter, Escape and letters itself while a word is being composed.
const isComposing = (event) => event.isComposing || event.keyCode === 229;
const isTyping = (event) => event.target.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

// --- Messages. Anyone may say {level, text} through the event "toast", the server too (HX-Trigger).

const READING_TIME = 6000;

function letGo(toast) {
  if (toast.matches(".error, .warning")) return;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, READING_TIME) : toast.remove());
  setTimeout(leave, READING_TIME);
}

function say(level, text) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.classList.add(level);
  toast.querySelector("p").textContent = text;
  document.getElementById("messages").append(toast);
  letGo(toast);
}

document.querySelectorAll(".toast").forEach(letGo);
document.addEventListener("toast", (event) => say(event.detail.level ?? "info", event.detail.text));
document.addEventListener("htmx:oobAfterSwap", (event) => event.detail.target.querySelectorAll(".toast").forEach(letGo));
document.addEventListener("htmx:sendError", () => say("error", body.dataset.phraseOffline));
document.addEventListener("htmx:timeout", () => say("error", body.dataset.phraseOffline));
document.addEventListener("htmx:responseError", (event) => {
  const phrases = { 401: null, 403: body.dataset.phraseForbidden, 404: body.dataset.phraseGone };
  const { status } = event.detail.xhr;
  const phrase = status in phrases ? phrases[status] : body.dataset.phraseFailed;
  if (phrase) say("error", phrase);
});

// --- Menus and dialogs: data-opens="id" opens a dialog, data-closes closes the one around it,
// --- data-prints prints the page.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  event.target.closest(".toast-close")?.closest(".toast").remove();
  event.target.closest("[data-closes]")?.closest("dialog").close();
  if (event.target.closest("[data-prints]")) print();
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens).showModal();
  }
});

// A fragment may bring its own dialog: <dialog data-open>. It goes when it is closed.
document.addEventListener("htmx:load", (event) => {
  const dialog = event.detail.elt.matches("dialog[data-open]") ? event.detail.elt : event.detail.elt.querySelector("dialog[data-open]");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
});

// --- Theme: seen at once, kept by the server.

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const chosen = event.submitter;
  document.documentElement.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("[name=theme]")) button.setAttribute("aria-pressed", button === chosen);
  const answer = fetch(form.action, {
    method: "POST",
    body: new FormData(form, chosen),
    headers: { "X-CSRFToken": csrfToken() },
  });
  answer.catch(() => say("error", body.dataset.phraseOffline));
});

// --- Keys.

document.addEventListener("keydown", (event) => {
  if (isComposing(event)) return;
  if (event.key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search-input")?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("shortcuts")?.showModal();
  }
});
