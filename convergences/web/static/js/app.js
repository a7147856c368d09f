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

  // Password criteria, as a help while typing: the server alone decides
  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const runs = "abcdefghijklmnopqrstuvwxyz 01234567890 azertyuiop qsdfghjklm wxcvbn qwertyuiop";
  const bits = (value) => {
    let text = value.replace(/(.{1,4}?)\1+/gsu, "$1");
    text = text.replace(/[a-z0-9]{3,}/giu, (part) => (runs.includes(bare(part)) ? part[0] : part));
    let total = 0;
    for (const word of text.match(/\p{L}{3,}/gu) ?? []) total += Math.min(word.length * 2.7, 15);
    const rest = text.replace(/\p{L}{3,}/gu, "");
    for (const sign of rest) total += /\s/u.test(sign) ? 1 : /\p{L}/u.test(sign) ? 5 : /\d/u.test(sign) ? 3.3 : 4;
    return total;
  };
  const holds = (value, words) => {
    const text = bare(value);
    return bare(words).split(/[^a-z]+/).some((word) => word.length > 3 && text.includes(word));
  };
  const rules = {
    length: (value) => [...value].length >= 12,
    personal: (value, words) => value !== "" && !holds(value, words),
    guess: (value) => bits(value) >= 50,
  };
  $$("[data-criteria]").forEach((input) => {
    const list = document.getElementById(input.dataset.criteria);
    if (!list) return;
    const lines = $$("[data-rule]", list);
    const bar = list.parentElement.querySelector("progress");
    const told = list.parentElement.querySelector("[aria-live]");
    const owner = input.form?.querySelector("[autocomplete=username]")?.value.split("@")[0] ?? "";
    bar.hidden = told.hidden = false;
    const update = () => {
      let met = 0;
      for (const line of lines) {
        const ok = rules[line.dataset.rule](input.value, `${owner} ${input.dataset.avoid ?? ""}`);
        line.classList.toggle("met", ok);
        met += ok;
        line.querySelector(".sr").textContent = ok ? "respecté" : "à respecter";
      }
      bar.value = met;
      told.textContent = met > 1 ? `${met} critères sur ${lines.length} respectés` : `${met} critère sur ${lines.length} respecté`;
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

  // The summary of errors takes the focus on arrival
  document.querySelector(".notice-bad[tabindex]")?.focus();
})();
