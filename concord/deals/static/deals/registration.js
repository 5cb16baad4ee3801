// Choosing a suggested product adds it to the list as one more line, and lets the preview follow.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const chosen = event.target instanceof Element ? event.target.closest("[data-add-line]") : null;
    const lines = document.getElementById("id_lines");
    if (!chosen || !lines) return;
    const before = lines.value.replace(/\s+$/, "");
    lines.value = `${before}${before ? "\n" : ""}${chosen.dataset.addLine}\t1`;
    lines.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.dispatchEvent(new CustomEvent("lines:changed"));
    const lookup = document.getElementById("product-lookup");
    document.getElementById("product-suggestions").replaceChildren();
    lookup.value = "";
    lookup.focus();
  });
})();
