// The pages: who is here, what they may do, and what to say when they may not.

import { make, show, unseen } from "./dom.js";
import { Over, Portal, Refused, Unreachable } from "./portal.js";
import { Book, SUBJECTS, days, written } from "./schedule.js";

const ROLES = { user: "Prendre rendez-vous", manager: "Gérer les créneaux" };
const TABS = { "#rendez-vous": appointments, "#creneaux": slots, "#mon-acces": access };
// The portal has something to ask: let it ask.
const TO_BE_ASKED = new Set(["account_selection_required", "consent_required", "interaction_required"]);
const others = new BroadcastChannel("rdv");

let portal, person, book;
let settings = { issuer: "" };

async function start() {
  settings = await fetch("/configuration.json", { cache: "no-store" }).then((answer) => answer.json()).catch(() => { throw new Unreachable(); });
  for (const link of document.querySelectorAll("[data-portal]")) link.href = settings.issuer + link.dataset.portal;
  portal = new Portal(settings);
  if (location.pathname === "/au-revoir") return stranger("goodbye");
  const answer = location.pathname === "/retour" ? new URLSearchParams(location.search) : null;
  const here = answer ? "" : location.hash;
  // A code is used once, and is not left in the address or the history.
  if (answer) history.replaceState(null, "", "/");
  await portal.discover();
  if (!answer) return portal.signIn({ prompt: "none", here });
  await arrive(await portal.receive(answer));
}

async function arrive(here) {
  person = await portal.who();
  book = new Book(person.sub, person.organization?.siret ?? "");
  history.replaceState(null, "", `/${here in TABS ? here : ""}`);
  header();
  await tab({ fresh: true });
}

function header() {
  document.getElementById("qui").hidden = document.getElementById("rubriques").hidden = false;
  document.getElementById("nom").textContent = person.name ?? "Agent";
  document.getElementById("employeur").textContent = [person.organization?.name, ...roles()].filter(Boolean).join(" · ");
  document.getElementById("onglet-creneaux").hidden = !manages();
}

const roles = () => (person.roles ?? []).map((role) => ROLES[role] ?? role);
const manages = () => (person.roles ?? []).includes("manager");

/** Show the tab that the address names. Each time, the portal is asked anew who is here. */
async function tab({ fresh = false } = {}) {
  if (!fresh) person = await portal.who();
  header();
  const name = location.hash in TABS && (location.hash !== "#creneaux" || manages()) ? location.hash : "#rendez-vous";
  for (const link of document.querySelectorAll("#rubriques a[href^='#']")) {
    if (link.hash === name) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  TABS[name]({ focus: !fresh });
}

/** Do something for who is here, once the portal has said that they still are. */
function act(doing) {
  return guarded(async () => {
    person = await portal.who();
    doing();
  });
}

function appointments({ focus = true, told = "" } = {}) {
  const main = show("appointments", { focus });
  main.querySelector("[data-name]").textContent = person.given_name ?? person.name ?? "";
  main.querySelector("[data-told]").textContent = told;
  const every = days().flatMap((each) => each.slots);
  const booked = book.booked.flatMap(({ id, subject }) => every.filter((slot) => slot.id === id).map((slot) => ({ ...slot, subject })));
  const list = main.querySelector("[data-booked]");
  list.replaceChildren(...booked.map(bookedItem));
  main.querySelector("[data-none]").hidden = booked.length > 0;
  const subject = main.querySelector("select");
  subject.replaceChildren(...SUBJECTS.map((text) => make("option", { text })));
  const taken = new Set([...booked.map((slot) => slot.id), ...book.closed]);
  main.querySelector("[data-days]").replaceChildren(...days().map((each) => dayItem(each, taken, subject)));
}

function bookedItem(slot) {
  const cancel = () => act(() => { book.cancel(slot.id); appointments({ told: "Votre rendez-vous est annulé." }); });
  const when = `${written(slot.day)}, ${slot.hour}`;
  return make("li", {},
    make("div", {}, make("strong", { text: when }), make("span", { text: `${slot.subject} · avec ${slot.adviser}` })),
    make("button", { type: "button", class: "quiet", onclick: cancel }, "Annuler", unseen(` le rendez-vous du ${when}`)));
}

function dayItem({ day, slots: all }, taken, subject) {
  const free = all.filter((slot) => !taken.has(slot.id));
  const take = (slot) => act(() => {
    book.take(slot, subject.value);
    appointments({ told: `Rendez-vous pris : ${written(slot.day)}, ${slot.hour}, avec ${slot.adviser}.` });
  });
  const buttons = free.map((slot) => make("button", { type: "button", class: "slot", onclick: () => take(slot) },
    unseen(`Réserver ${written(day)}, `), make("strong", { text: slot.hour }), unseen(", avec "), make("span", { text: slot.adviser })));
  const content = buttons.length ? buttons : [make("p", { text: "Complet" })];
  return make("li", {}, make("h3", { text: written(day) }), make("div", { class: "slots" }, ...content));
}

function slots({ focus = true } = {}) {
  const main = show("slots", { focus });
  main.querySelector("[data-employer]").textContent = person.organization?.name ?? "";
  main.querySelector("[data-days]").replaceChildren(...days().map(({ day, slots: all }) =>
    make("li", {}, make("h2", { text: written(day) }), make("div", { class: "slots" }, ...all.map(slotSwitch)))));
}

function slotSwitch(slot) {
  const open = !book.closed.includes(slot.id);
  // Told already by the switch itself.
  const state = make("span", { text: open ? "Ouvert" : "Fermé", "aria-hidden": "true" });
  const toggle = () => act(() => {
    book.toggle(slot.id);
    slots({ focus: false });
    document.querySelector(`[data-slot="${slot.id}"]`).focus();
  });
  return make("button", {
    type: "button", class: "slot", role: "switch", "aria-checked": String(open), "data-slot": slot.id, onclick: toggle,
  }, unseen(`${written(slot.day)}, `), make("strong", { text: slot.hour }), state);
}

function access({ focus = true } = {}) {
  const main = show("access", { focus });
  const { organization = {} } = person;
  const signedInAt = new Date(portal.signedIn.auth_time * 1000).toLocaleString("fr-FR", { dateStyle: "long", timeStyle: "short" });
  const rows = {
    Nom: person.name, "Adresse e-mail": person.email, Collectivité: organization.name, SIRET: organization.siret,
    Droits: roles().join(", "), "Connexion au portail": signedInAt, "Force de la connexion": portal.signedIn.acr, "Identifiant opaque": person.sub,
  };
  main.querySelector("dl").replaceChildren(...Object.entries(rows).flatMap(([name, value]) =>
    [make("dt", { text: name }), make("dd", { text: value || "non transmis" })]));
}

/** Show a page to somebody of whom nothing is known, or no longer. */
function stranger(name, word = "") {
  document.getElementById("qui").hidden = document.getElementById("rubriques").hidden = true;
  const main = show(name, { focus: name !== "welcome" });
  for (const link of main.querySelectorAll("[data-portal]")) link.href = settings.issuer + link.dataset.portal;
  for (const button of main.querySelectorAll("[data-sign-in]")) {
    button.addEventListener("click", () => guarded(async () => { await portal.discover(); await portal.signIn({ here: location.hash }); }));
  }
  const said = main.querySelector("[data-word]");
  if (said) said.textContent = word;
}

async function guarded(doing) {
  try {
    await doing();
  } catch (error) {
    await said(error);
  }
}

/** Say in words what happened. When what was open is over, the portal says without a page whether the right is gone. */
async function said(error) {
  if (error instanceof Over) return person ? portal.signIn({ prompt: "none", here: location.hash }) : stranger("failed", "invalid_token");
  if (error instanceof Unreachable) return stranger("unreachable");
  if (!(error instanceof Refused)) {
    console.error(error);
    return stranger("failed", "unexpected");
  }
  if (error.word === "login_required") return stranger("welcome");
  if (error.word === "access_denied") return stranger("removed");
  if (error.prompt === "none" && TO_BE_ASKED.has(error.word)) return portal.signIn();
  return stranger("failed", error.word);
}

document.getElementById("deconnexion").addEventListener("click", () => guarded(async () => {
  others.postMessage("signed-out");
  await portal.signOut();
}));
others.addEventListener("message", () => { if (person) location.replace("/au-revoir"); });
addEventListener("hashchange", () => { if (person) guarded(tab); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && person) act(header); });

guarded(start);
