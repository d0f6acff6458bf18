// The queue and the call desk by keyboard: keys of outcomes, strips of scores, what was typed.
//
// [data-key="n"]           is clicked by that key, unless somebody types or an input method composes
// a[data-claims]           takes the customer before it leads to his desk
// .score-strip             takes digits while it has the focus: 1 to 9, 0 for ten, - for zero, Y and N
// [data-keys="yun"]        or takes one key for each of its answers, in their order
// [data-of="17"]           asks about a follow-up, as long as that is to be settled
// [data-wants-note]        leads to the note when the answer is no
// label[data-needs=note]   an outcome that wants a note
// #draft                   keeps what was typed in #call; then leaving the page loses nothing

const call = document.getElementById("call");

// An input method uses Enter, Escape and letters itself while a word is being composed.
const isComposing = (event) => event.isComposing || event.keyCode === 229;
const isText = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
const isOnAgenda = ({ dataset }) => !dataset.of || Boolean(call.querySelector(`[name=agenda][value="${dataset.of}"]:checked`));
const strips = () => [...document.querySelectorAll(".score-strip")].filter((strip) => strip.checkVisibility() && isOnAgenda(strip));
const isAnswered = (strip) => Boolean(strip.querySelector(":checked")?.value);
const outcome = () => document.querySelector(".outcome:has(:checked)");
const missing = () => strips().filter((strip) => "required" in strip.dataset && !isAnswered(strip));

// --- Taking a customer is a change, so the link posts.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-claims]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const form = document.createElement("form");
  form.method = "post";
  form.action = link.dataset.claims;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = document.querySelector("meta[name=csrf-token]").content;
  form.append(token);
  document.body.append(form);
  form.requestSubmit();
});

// --- Strips of scores.

function enter(strip) {
  strip.querySelector(":checked, input")?.focus();
  strip.scrollIntoView({ block: "nearest" });
}

function goOn(strip) {
  const why = strip.querySelector(".score-why input");
  if (why?.checkVisibility() && why !== document.activeElement) return why.focus();
  const note = document.getElementById("id_note");
  if ("wantsNote" in strip.dataset && strip.querySelector("[value='0']:checked") && !note.value.trim()) return note.focus();
  // Before the outcome every question is asked in turn; after it only what is still needed.
  const open = outcome() ? missing() : strips().filter((each) => !isAnswered(each));
  const isLater = (each) => strip.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
  const next = open.find(isLater) ?? (outcome() && open[0]);
  if (next) enter(next);
  else if (outcome()) document.querySelector(".call-actions .primary").focus();
}

const MEANT = { 0: "10", "-": "0" };
const YES_NO = { y: "1", n: "0", 1: "1", 0: "0" };

function meant(strip, key) {
  const { keys, yesNo } = strip.dataset;
  if (keys) return strip.querySelectorAll("input[type=radio]")[keys.indexOf(key)]?.value;
  return yesNo === undefined ? (MEANT[key] ?? key) : YES_NO[key];
}

function answer(strip, key) {
  const value = meant(strip, key.toLowerCase());
  const radio = value && strip.querySelector(`input[type=radio][value="${CSS.escape(value)}"]`);
  if (!radio) return false;
  radio.click();
  goOn(strip);
  return true;
}

// --- An outcome leads to what it still needs.

function whatIsMissing(label) {
  const value = label.querySelector("input").value;
  if (value === "callback") return document.getElementById("id_callback_at");
  const note = document.getElementById("id_note");
  if (label.dataset.needs === "note" && !note.value.trim()) return note;
  const [question] = value === "reached" ? missing() : [];
  return question ? question.querySelector("input") : document.querySelector(".call-actions .primary");
}

function choose(label) {
  label.querySelector("input").click();
  const first = whatIsMissing(label);
  first.focus();
  first.scrollIntoView({ block: "nearest" });
}

function save() {
  if (!outcome()) return document.querySelector(".outcome input").focus();
  call.requestSubmit(document.querySelector(".call-actions .primary"));
}

// --- Keys.

function press(key) {
  if (key === "q" && strips().length) return enter(strips().find((each) => !isAnswered(each)) ?? strips()[0]);
  if (key === "t" && call) return document.getElementById("id_note").focus();
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches(".outcome")) return choose(target);
  if (target.matches("[href^='#']")) return document.querySelector(target.hash).focus();
  if (target.form === call && call && !outcome()) return save();
  target.click();
  if (target.matches("summary")) target.parentElement.querySelector("input:not([type=hidden])").focus();
}

document.addEventListener("keydown", (event) => {
  if (isComposing(event) || document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (key === "Enter" && call) {
    const isElsewhere = target.closest("a, button, summary, .skip-form, .search") && !event.ctrlKey;
    if (isElsewhere || (target.matches("textarea") && !event.ctrlKey)) return;
    event.preventDefault();
    const strip = target.closest(".score-strip");
    strip && (!outcome() || missing().length) ? goOn(strip) : save();
    return;
  }
  if (key === "Escape" && isText(target)) return target.blur();
  if (isText(target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const strip = target.closest(".score-strip");
  if (strip && answer(strip, key)) return event.preventDefault();
  if (key === "Escape") return target.blur();
  if (press(key.toLowerCase()) !== false) event.preventDefault();
});

// A click into a field is answered by what a key would have done.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key][href^='#']");
  if (!link) return;
  event.preventDefault();
  document.querySelector(link.hash).focus();
});

// --- What was typed is kept, so the page may be left.

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id === "draft" && event.detail.successful) delete call.dataset.dirty;
});

const wrong = document.querySelector(".desk .error-summary");
if (wrong) wrong.focus();
