// The workbench by keyboard: a letter opens its decision and puts the cursor into it; Escape closes it.
(() => {
  "use strict";
  const decisions = document.querySelectorAll("details[data-key]");
  if (!decisions.length) return;

  const isTyping = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const open = document.activeElement?.closest("details[data-key][open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    if (isTyping(event.target)) return;
    if (event.key.toLowerCase() === "n") {
      document.querySelector("a[data-key=n]")?.click();
      return;
    }
    for (const one of decisions) {
      if (one.dataset.key === event.key.toLowerCase()) {
        event.preventDefault();
        one.open = true;
        one.scrollIntoView({ block: "nearest" });
        one.querySelector("select, textarea, input:not([type=hidden])")?.focus();
        return;
      }
    }
  });

  document.querySelectorAll("form[data-once]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
})();
