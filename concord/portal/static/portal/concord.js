/* What every page does: menus, theme, copying, dialogs, guards. No inline code: elements say what they are by data-*. */
(() => {
  "use strict";

  const root = document.documentElement;
  const on = (type, selector, handler) =>
    document.addEventListener(type, (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    });
  const announce = (text) => {
    const place = document.getElementById("announcements");
    if (place) place.textContent = text;
  };

  /* ---- Theme: the server draws the choice of the cookie, so nothing flashes; here it only changes. ---- */
  on("click", "[data-theme-set]", (_event, button) => {
    const choice = button.dataset.themeSet;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `concord_theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    root.dataset.themeChoice = choice;
    if (choice === "auto") root.removeAttribute("data-bs-theme");
    else root.setAttribute("data-bs-theme", choice);
    document.querySelectorAll("[data-theme-set]").forEach((one) => {
      one.setAttribute("aria-pressed", String(one.dataset.themeSet === choice));
    });
    document.dispatchEvent(new CustomEvent("concord:theme"));
  });

  /* ---- Menus made of <details>: one open at a time, closed by Escape and by a click elsewhere. ---- */
  const closeMenus = (except) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target instanceof Element ? event.target.closest("details[data-menu]") : null);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  on("click", "[data-toggle]", (_event, button) => {
    const part = document.getElementById(button.dataset.toggle);
    if (!part) return;
    button.setAttribute("aria-expanded", String(part.classList.toggle("is-open")));
  });

  /* ---- Keys: data-focus-key="/" names the key that puts the cursor there. ---- */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || document.querySelector("dialog[open]")) return;
    const field = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
    if (!field) return;
    event.preventDefault();
    field.focus();
    if (field.select) field.select();
  });

  /* ---- Copy. ---- */
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copying is not allowed here");
    return undefined;
  };
  on("click", "[data-copy]", async (_event, button) => {
    const focused = document.activeElement;
    try {
      await copy(button.dataset.copy);
    } catch {
      window.prompt("", button.dataset.copy);
      return;
    }
    if (focused instanceof HTMLElement) focused.focus();
    announce(button.dataset.copied);
    button.classList.add("is-copied");
    const word = button.querySelector("[data-copy-word]");
    const before = word ? word.textContent : button.title;
    if (word) word.textContent = button.dataset.copied;
    else button.title = button.dataset.copied;
    setTimeout(() => {
      button.classList.remove("is-copied");
      if (word) word.textContent = before;
      else button.title = before;
    }, 1600);
  });

  /* ---- Dialogs. ---- */
  on("click", "[data-dialog-open]", (event, button) => {
    const dialog = document.getElementById(button.dataset.dialogOpen);
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  });
  on("click", "[data-dialog-close]", (_event, button) => button.closest("dialog")?.close());
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.querySelectorAll("dialog[data-open-now]").forEach((dialog) => dialog.showModal());

  /* ---- Filters submit themselves: choices at once, words after a pause. Empty values stay out of the address. ---- */
  const timers = new WeakMap();
  const PLACE = "concord:typing-in";
  const submitFilters = (form) => {
    const typing = form.contains(document.activeElement) ? document.activeElement : null;
    if (typing && typing.name) {
      const place = { path: location.pathname, name: typing.name, at: typing.selectionStart ?? null };
      sessionStorage.setItem(PLACE, JSON.stringify(place));
    }
    form.querySelectorAll("input, select").forEach((field) => {
      field.disabled = field.disabled || (field.value === "" && !field.hasAttribute("data-keep"));
    });
    form.requestSubmit();
  };
  /* The page that answers puts the cursor back where the reader was typing. */
  const returnToTyping = () => {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    sessionStorage.removeItem(PLACE);
    if (!kept || kept.path !== location.pathname) return;
    const field = document.querySelector(`form[data-autosubmit] [name="${CSS.escape(kept.name)}"]`);
    if (!field) return;
    field.focus({ preventScroll: true });
    if (kept.at !== null && field.setSelectionRange) field.setSelectionRange(kept.at, kept.at);
  };
  returnToTyping();
  on("change", "form[data-autosubmit]", (event, form) => {
    if (!event.target.matches("input[type=search], input[type=text]")) submitFilters(form);
  });
  on("input", "form[data-autosubmit]", (event, form) => {
    if (event.isComposing || !event.target.matches("input[type=search], input[type=text]")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => submitFilters(form), 500));
  });

  /* ---- A form is sent once. The hidden idempotency key is the real guard; this spares the second request. ---- */
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[data-held]").forEach((button) => {
      button.disabled = false;
      button.classList.remove("is-busy");
      delete button.dataset.held;
    });
  };
  on("submit", "form[data-guard]", (event, form) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    delete form.dataset.changed;
    setTimeout(() => {
      form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => {
        if (button.disabled) return;
        button.dataset.held = "1";
        button.disabled = true;
        button.classList.add("is-busy");
      });
    });
    setTimeout(() => release(form), 15000);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-guard]") : null;
    if (form) release(form);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-guard]").forEach(release);
    document.querySelectorAll("form[data-autosubmit] [disabled]").forEach((field) => { field.disabled = false; });
  });

  /* ---- Nothing typed is lost by leaving: the browser asks. ---- */
  on("input", "form[data-unsaved]", (_event, form) => { form.dataset.changed = "1"; });
  on("change", "form[data-unsaved]", (_event, form) => { form.dataset.changed = "1"; });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-unsaved][data-changed]")) event.preventDefault();
  });

  /* ---- A field that is being corrected is not called wrong any more; the server judges it anew. ---- */
  on("input", ".is-invalid", (_event, field) => {
    const error = document.getElementById(`${field.id}_error`);
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id !== `${field.id}_error`);
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", described.join(" "));
    if (error) error.remove();
  });

  /* ---- A pasted list counts its lines while one types. ---- */
  const countLines = (area) => {
    const place = document.getElementById(area.dataset.countIn || "");
    if (!place) return;
    const lines = area.value.split(/\r?\n/).filter((line) => line.trim() !== "").length;
    place.textContent = lines.toLocaleString(root.lang);
  };
  on("input", "textarea[data-count-in]", (_event, area) => countLines(area));
  document.querySelectorAll("textarea[data-count-in]").forEach(countLines);

  /* ---- The first error is where the cursor goes. ---- */
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong instanceof HTMLElement) wrong.focus({ preventScroll: false });

  /* ---- htmx: a refused form comes back as 4xx with its errors and is shown; a broken request says so. ---- */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if ([400, 403, 404, 409, 422, 429].includes(status) && event.detail.serverResponse) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
