// The search box: asks as one types, arrows choose, Enter opens.
//
// The server answers POST {q} with a fragment: <div class="search-results" role="listbox" aria-label=…>
// of <a role="option" id=… href=…>, and notes <p class="search-note"> after it. Nothing typed goes into an address.

const PAUSE = 120;
const input = document.getElementById("search-input");
const panel = document.getElementById("search-panel");

if (input) {
  let timer;
  let answered = "";
  let opensFirst = false;

  const options = () => [...panel.querySelectorAll("[role=option]")];
  const chosen = () => panel.querySelector("[aria-selected=true]");
  const isComposing = (event) => event.isComposing || event.keyCode === 229;

  function show(open) {
    panel.hidden = !open;
    input.setAttribute("aria-expanded", String(open && options().length > 0));
    if (!open) input.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function ask() {
    clearTimeout(timer);
    opensFirst = false;
    if (input.value.trim()) {
      timer = setTimeout(() => htmx.trigger(input, "search-now"), PAUSE);
    } else {
      panel.replaceChildren();
      answered = "";
      show(false);
    }
  }

  input.addEventListener("input", (event) => {
    if (!event.isComposing) ask();
  });
  input.addEventListener("compositionend", ask);

  panel.addEventListener("htmx:afterSwap", () => {
    answered = input.value;
    show(true);
    choose(options()[0]);
    if (opensFirst) chosen()?.click();
  });

  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const all = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Enter before the answer has come opens the best hit as soon as it is there.
      if (input.value === answered) chosen()?.click();
      else opensFirst = input.value.trim() !== "";
    } else if (event.key === "Escape") {
      event.preventDefault();
      panel.hidden ? input.blur() : show(false);
    } else if (event.key === "/" && !input.value) {
      // The key that leads here, pressed by somebody who is here already.
      event.preventDefault();
    }
  });

  input.addEventListener("focus", () => panel.childElementCount && show(true));
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".search")) show(false);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) show(false);
  });
}
