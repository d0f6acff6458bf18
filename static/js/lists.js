// Lists: j and k walk through the rows of [data-list], Enter opens as always, a heading selects all.
//
// <tbody data-list> or <ol data-list>: each row's first link gets the focus.
// <input type="checkbox" data-selects="customer"> in the heading ticks every box of that name;
// a bar [data-selection="customer"] shows itself with the number of ticks in its <output>.

const isComposing = (event) => event.isComposing || event.keyCode === 229;

document.addEventListener("keydown", (event) => {
  if ((event.key !== "j" && event.key !== "k") || isComposing(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const links = [...document.querySelectorAll("[data-list] > *")].map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return;
  event.preventDefault();
  const here = links.findIndex((link) => link.closest("[data-list] > *").contains(document.activeElement));
  const step = event.key === "j" ? 1 : -1;
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest("[data-list] > *").scrollIntoView({ block: "nearest" });
});

const boxesNamed = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)];

function showSelection(name) {
  const boxes = boxesNamed(name);
  const ticked = boxes.filter((box) => box.checked).length;
  for (const all of document.querySelectorAll(`[data-selects="${CSS.escape(name)}"]`)) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  for (const bar of document.querySelectorAll(`[data-selection="${CSS.escape(name)}"]`)) {
    bar.hidden = ticked === 0;
    bar.querySelector("output").textContent = ticked;
  }
}

document.addEventListener("change", (event) => {
  const { selects } = event.target.dataset;
  if (selects) for (const box of boxesNamed(selects)) box.checked = event.target.checked;
  const name = selects ?? event.target.name;
  if (name && document.querySelector(`[data-selects="${CSS.escape(name)}"]`)) showSelection(name);
});

for (const all of document.querySelectorAll("[data-selects]")) showSelection(all.dataset.selects);
