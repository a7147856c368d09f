// Slots of the advisers, and what was booked: invented, and kept in this browser alone.

const HOURS = ["9 h 30", "11 h", "14 h", "15 h 30"];
const ADVISERS = ["Odile Marchal", "Yacine Rahmouni", "Hélène Costa"];
const DAYS = 5;

export const SUBJECTS = [
  "Préparer un concours",
  "Changer de métier ou de filière",
  "Recruter un agent",
  "Accompagner un reclassement",
];

/** Return the next working days, each with its slots. */
export function days(from = new Date()) {
  const found = [];
  for (let ahead = 1; found.length < DAYS; ahead += 1) {
    const day = new Date(from.getFullYear(), from.getMonth(), from.getDate() + ahead);
    if (day.getDay() % 6 !== 0) found.push({ day, slots: slotsOf(day) });
  }
  return found;
}

function slotsOf(day) {
  const date = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return HOURS.map((hour, rank) => ({ id: `${date} ${hour}`, day, hour, adviser: ADVISERS[(day.getDate() + rank) % ADVISERS.length] }));
}

export const written = (day) => day.toLocaleDateString("fr-FR", { weekday: "long", day: "numeric", month: "long" });

/** What one person booked for one employer, by identifiers that say nothing of them. */
export class Book {
  #name; #closedName;

  constructor(subject, employer) {
    this.#name = `rendez-vous ${subject} ${employer}`;
    this.#closedName = `fermés ${employer}`;
  }

  get booked() {
    return read(this.#name);
  }

  take(slot, subject) {
    write(this.#name, [...this.booked, { id: slot.id, subject }]);
  }

  cancel(id) {
    write(this.#name, this.booked.filter((one) => one.id !== id));
  }

  get closed() {
    return read(this.#closedName);
  }

  toggle(id) {
    const closed = this.closed;
    write(this.#closedName, closed.includes(id) ? closed.filter((one) => one !== id) : [...closed, id]);
  }
}

function read(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function write(name, content) {
  localStorage.setItem(name, JSON.stringify(content));
}
