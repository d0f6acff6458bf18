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
const { loginUrl, user } = document.body.dataset;
const STALE_AFTER = 5 * 60 * 1000;
let lastSeen = Date.now();
let waiting = null;

const say = (level, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { level, text } }));

function adopt(answer) {
  // Somebody else's page must not stay on the screen.
  if (answer.headers.get("X-User") !== user) return location.reload();
  const token = answer.headers.get("X-CSRFToken");
  document.querySelector("meta[name=csrf-token]").content = token;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  lastSeen = Date.now();
}

async function ask(options) {
  const answer = await fetch(options?.action ?? `${loginUrl}?dialog=1`, options);
  if (answer.status === 204) {
    adopt(answer);
    dialog.close();
    return true;
  }
  const place = dialog.querySelector("[data-login-form]");
  place.innerHTML = await answer.text();
  if (!dialog.open) dialog.showModal();
  place.querySelector("[autofocus], input:not([type=hidden])")?.focus();
  return false;
}

// Resolves once somebody is logged in; never when the dialog is left.
function loggedIn() {
  waiting ??= new Promise((resolve) => {
    dialog.addEventListener("renewed", () => resolve((waiting = null)), { once: true });
    const failed = () => say("error", document.body.dataset.phraseOffline);
    ask().then((alive) => alive && dialog.dispatchEvent(new Event("renewed")), failed);
  });
  return waiting;
}

dialog?.addEventListener("close", () => (waiting = null));
dialog?.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  const data = new FormData(form, event.submitter);
  if (await ask({ method: "POST", action: form.action, body: data })) dialog.dispatchEvent(new Event("renewed"));
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) lastSeen = Date.now();
});

document.addEventListener("session-expired", async (event) => {
  const from = event.target;
  await loggedIn();
  if (from.matches("form")) from.requestSubmit();
  else say("info", document.body.dataset.phraseRenewed);
});

// An ordinary form would lose its text to the login page, so an old page asks before it sends.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.matches("form[data-guard]") || Date.now() - lastSeen < STALE_AFTER) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await loggedIn();
    form.requestSubmit(event.submitter);
  },
  true,
);
