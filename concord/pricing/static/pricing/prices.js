/* A product that was looked up joins the list, with its smallest order; without script its link asks for it alone.
   An open receipt closes by the link that opened it. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-add-line]");
    const list = document.querySelector("textarea[name=list]");
    if (!chosen || !list || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const before = list.value.replace(/\s+$/, "");
    list.value = `${before ? `${before}\n` : ""}${chosen.dataset.addLine}\n`;
    list.dispatchEvent(new Event("input", { bubbles: true }));
    const suggestions = chosen.closest(".co-suggestions");
    if (suggestions) suggestions.replaceChildren();
    list.focus();
    list.setSelectionRange(list.value.length, list.value.length);
  });
  document.addEventListener("click", (event) => {
    const why = event.target.closest(".pc-why[hx-target]");
    const place = why && document.querySelector(why.getAttribute("hx-target"));
    if (!place || !place.firstChild) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    place.replaceChildren();
  }, true);
})();
