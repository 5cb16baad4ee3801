/* A running import is looked at again every second until it is over. */
(() => {
  "use strict";
  const again = async () => {
    const shown = document.querySelector("#import-run[data-look-again]");
    if (!shown) return;
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("import-run");
        if (fresh) shown.replaceWith(fresh);
      }
    } catch {
      /* The connection is gone for a moment; the next look may succeed. */
    }
    window.setTimeout(again, 1000);
  };
  window.setTimeout(again, 1000);
})();
