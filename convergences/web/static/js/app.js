/* Progressive enhancement: without this file every task can still be done. */
(() => {
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  document.documentElement.classList.add("js");

  // Show or hide a password
  $$("[data-reveal]").forEach((button) => {
    const input = document.getElementById(button.dataset.reveal);
    if (!input) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.querySelector("span").textContent = show ? "Masquer" : "Afficher";
      button.setAttribute("aria-pressed", show);
      const use = button.querySelector("use");
      use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, show ? "#eye-off" : "#eye"));
    });
  });

  // A link to a confirmation page opens a native dialog where there is one
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog?.showModal && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        opener.closest("details")?.removeAttribute("open");
        dialog.showModal();
      }
      return;
    }
    // A click elsewhere closes the menus
    $$("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    $$("details.menu[open]").forEach((menu) => {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  });

  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // Password criteria while typing. The length is counted here; the rest is the server's own judgment, asked for again
  const judged = async (input) => {
    const form = new URLSearchParams({ password: input.value, task: input.dataset.task ?? "" });
    form.set("csrfmiddlewaretoken", input.form.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(input.dataset.estimate, { method: "POST", body: form });
    return answer.ok ? (await answer.json()).missing : null;
  };
  $$("[data-criteria]").forEach((input) => {
    const list = document.getElementById(input.dataset.criteria);
    if (!list) return;
    const lines = $$("[data-rule]", list);
    const bar = list.parentElement.querySelector("progress");
    const told = list.parentElement.querySelector("[aria-live]");
    let asked = 0;
    let timer;
    bar.hidden = told.hidden = false;
    const show = (missing) => {
      const fails = { length: missing.includes("length"), personal: missing.includes("personal"), guess: missing.includes("guess") || missing.includes("known") };
      let met = 0;
      for (const line of lines) {
        const ok = !fails[line.dataset.rule];
        line.classList.toggle("met", ok);
        met += ok;
        line.querySelector(".sr").textContent = ok ? "respecté" : "à respecter";
      }
      bar.value = met;
      told.textContent = met > 1 ? `${met} critères sur ${lines.length} respectés` : `${met} critère sur ${lines.length} respecté`;
    };
    const update = () => {
      clearTimeout(timer);
      const turn = ++asked;
      if ([...input.value].length < 12) return show(["length", "personal", "guess"]);
      timer = setTimeout(async () => {
        const missing = await judged(input).catch(() => null);
        if (turn === asked) show(missing ?? ["personal", "guess"]);
      }, 300);
    };
    input.addEventListener("input", update);
    update();
  });

  // Selected rows: how many, and all at once. Delegated, since htmx replaces the table.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    if (!form || !event.target.matches(".row-check, [data-check-all]")) return;
    const boxes = $$(".row-check", form);
    if (event.target.matches("[data-check-all]")) boxes.forEach((box) => (box.checked = event.target.checked));
    const count = boxes.filter((box) => box.checked).length;
    const told = form.querySelector("[data-count]");
    if (told) told.textContent = count + (count > 1 ? " comptes sélectionnés" : " compte sélectionné");
  });

  // Tiles narrowed while typing: without accents, every word, in any order
  $$("[data-filter]").forEach((input) => {
    const items = $$(`#${input.dataset.filter} [data-words]`);
    const told = document.getElementById(input.getAttribute("data-filter-told"));
    const narrow = () => {
      const words = bare(input.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const kept = words.every((word) => bare(item.dataset.words).includes(word));
        item.hidden = !kept;
        shown += kept;
      }
      $$(`#${input.dataset.filter} [data-group]`).forEach((group) => {
        group.hidden = !group.querySelector("[data-words]:not([hidden])");
      });
      const none = document.getElementById(`${input.dataset.filter}-none`);
      if (none) none.hidden = shown > 0;
      if (told) told.textContent = words.length ? (shown > 1 ? `${shown} applications trouvées` : `${shown} application trouvée`) : "";
    };
    input.addEventListener("input", narrow);
  });

  $$("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  $$("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
      button.querySelector("span").textContent = "Copié";
    });
  });

  // A form whose answer changes the session is sent once: the second of a double click would bring a code already used
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("single" in form.dataset) || event.defaultPrevented) return;
    if (form.dataset.single === "sent") return event.preventDefault();
    form.dataset.single = "sent";
  });
  addEventListener("pageshow", () => $$("[data-single]").forEach((form) => (form.dataset.single = "")));

  // What is shown once is gone when one leaves: a browser keeps whole pages to show them again by « Back »
  addEventListener("pagehide", () => $$("[data-once]").forEach((shown) => shown.replaceChildren()));

  // The summary of errors takes the focus on arrival
  document.querySelector(".notice-bad[tabindex]")?.focus();
})();
