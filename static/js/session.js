// A session that ran out asks for the login in a dialog; the page below keeps everything typed.
//
// What the server does for it:
// - An htmx request without a session is answered 401 with `HX-Trigger: session-expired`.
// - GET <login>?dialog=1 without a session: 200 and a fragment with the login form, whose action carries
//   ?dialog=1 too. With a session: 204.
// - POST <login>?dialog=1: 204 when the person is logged in, else the fragment again (200 or 422: wrong
//   password, second factor; 429: too many tries).
// - Each 204 carries X-CSRFToken (the token that forms must send from now on) and X-User (the user's id).

const dialog = document.getElementById("session-dialog");
const { loginUrl, user, phraseOffline, phraseRenewed } = document.body.dataset;
const STALE_AFTER = 5 * 60 * 1000;
let lastSeen = Date.now();
let goOn = [];

const say = (level, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { level, text } }));

function adopt(answer) {
  // Somebody else's page must not stay on the screen.
  if (answer.headers.get("X-User") !== user) return location.reload();
  const token = answer.headers.get("X-CSRFToken");
  document.querySelector("meta[name=csrf-token]").content = token;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  lastSeen = Date.now();
  const steps = goOn;
  goOn = [];
  dialog.close();
  for (const step of steps) step();
}

async function ask(address, options) {
  try {
    const answer = await fetch(address, options);
    if (answer.status === 204) return adopt(answer);
    const place = dialog.querySelector("[data-login-form]");
    place.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    place.querySelector("[autofocus], input:not([type=hidden])")?.focus();
  } catch {
    if (!dialog.open) goOn = [];
    say("error", phraseOffline);
  }
}

// Runs `step` as soon as somebody is logged in; forgets it when the dialog is left.
function whenLoggedIn(step) {
  goOn.push(step);
  if (goOn.length === 1) ask(`${loginUrl}?dialog=1`);
}

dialog.addEventListener("cancel", () => (goOn = []));
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
  ask(event.target.action, { method: "POST", body: new FormData(event.target, event.submitter) });
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) lastSeen = Date.now();
});

document.addEventListener("session-expired", (event) => {
  const from = event.target;
  whenLoggedIn(() => (from.matches("form") ? from.requestSubmit() : say("info", phraseRenewed)));
});

// An ordinary form would lose its text to the login page, so an old page asks before it sends.
document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("form[data-guard]") || Date.now() - lastSeen < STALE_AFTER) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    whenLoggedIn(() => form.requestSubmit(submitter));
  },
  true,
);
