// Small means to write pages: text is only ever text.

/** Make an element: attributes by name, `text`, and children. */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** Words for those who listen to the page, where the place says the rest to the eye. */
export const unseen = (text) => make("span", { class: "unseen", text });

/** Show one of the pages that `index.html` holds as templates; its first heading takes the focus. */
export function show(name, { focus = true } = {}) {
  const page = document.getElementById(`page-${name}`).content.cloneNode(true);
  const main = document.getElementById("contenu");
  main.replaceChildren(page);
  const heading = main.querySelector("h1");
  document.title = `${heading.dataset.title ?? heading.textContent} – RDV emploi public`;
  if (focus) heading.focus();
  return main;
}
