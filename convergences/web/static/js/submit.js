// A form that the page posts, or a link that it follows, by itself; a click does the same without this file.
// "seen": only once the page is there to be read, for what it leads to may never answer.
const away = document.querySelector("[data-submit]");
const leave = () => (away.matches("form") ? away.submit() : away.click());
if (away) {
  if (away.dataset.submit === "seen") {
    const soon = setTimeout(leave, 300);
    // Who chooses another way first is not called back to this one.
    document.addEventListener("click", () => clearTimeout(soon), { once: true });
  } else leave();
}
