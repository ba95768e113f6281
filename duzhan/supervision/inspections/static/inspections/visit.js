// The paper of a visit: counts on the button, keeps a draft on this device, shows photos as tiles, asks where one stands.
// Nothing here is needed: the paper is a form, and the server reads and checks all of it.

const DRAFT = "dz-visit:";
const KEPT_FOR = 48 * 3600 * 1000; // milliseconds; a draft older than that is of no use to anybody
const UNKEPT = new Set(["csrfmiddlewaretoken"]);

// --- drafts: what was typed, under the person, the operation and the point; never photos -------------------------

function stored(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(name));
    if (draft && Date.now() - draft.at < KEPT_FOR) return draft;
    localStorage.removeItem(name);
  } catch {
    // no room, no leave, or not ours: then there is no draft
  }
  return null;
}

function store(name, draft) {
  try {
    localStorage.setItem(name, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function drafts() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(DRAFT)).map((name) => [name, stored(name)]).filter(([, draft]) => draft);
  } catch {
    return [];
  }
}

function typed(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !UNKEPT.has(name)) (fields[name] ??= []).push(value);
  }
  return fields;
}

function fill(form, fields) {
  for (const input of form.elements) {
    if (!input.name || UNKEPT.has(input.name) || input.type === "file") continue;
    const values = fields[input.name];
    if (input.type === "radio" || input.type === "checkbox") input.checked = Boolean(values?.includes(input.value));
    else if (values) input.value = values[0];
  }
  for (const sheet of form.querySelectorAll("details[data-further]")) {
    sheet.open = [...sheet.querySelectorAll("input:not([type=file]), textarea")].some((input) => input.type !== "checkbox" && input.value.trim());
  }
}

const clock = (at) => new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

class Draft {
  constructor(form) {
    this.form = form;
    this.name = `${DRAFT}${form.dataset.owner}:${form.dataset.operation}:${form.dataset.point}`;
    this.state = document.getElementById("kept");
    const draft = "fresh" in form.dataset ? stored(this.name) : null;
    if (draft) this.resume(draft);
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    document.addEventListener("visibilitychange", () => document.hidden && this.timer && this.keep());
  }

  resume(draft) {
    const line = document.getElementById("draft");
    const says = line.querySelector("[data-says]");
    fill(this.form, draft.fields);
    says.textContent = says.dataset.says.replace("{at}", clock(draft.at));
    line.hidden = false;
    line.querySelector("button").addEventListener("click", () => {
      this.forget();
      window.location.replace(window.location.href);
    });
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 400);
  }

  keep() {
    clearTimeout(this.timer);
    this.timer = null;
    const fields = typed(this.form);
    const kept = store(this.name, { at: Date.now(), id: fields.id?.[0], point: this.form.dataset.name, fields });
    if (this.state) this.state.textContent = kept ? this.form.dataset.kept : "";
    return kept;
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = null;
    localStorage.removeItem(this.name);
  }
}

// --- the button says what it will do ------------------------------------------------------------------------------

function belongs(sheet) {
  if (sheet.matches("fieldset")) return Boolean(sheet.previousElementSibling?.querySelector("input.bad:checked"));
  const written = [...sheet.querySelectorAll("[name$=-title], [name$=-detail], [name$=-fixed_note]")].some((input) => input.value.trim());
  return written || [...sheet.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);
}

function outcomeOf(sheet) {
  if (sheet.querySelector("[name$=-fixed]").checked) return "fixed";
  return sheet.querySelector("[name$=-unit]").value ? "handed" : "found";
}

function tellOutcome(form, button) {
  const counts = { handed: 0, fixed: 0, found: 0 };
  for (const sheet of form.querySelectorAll("[data-sheet]")) {
    if (belongs(sheet)) counts[outcomeOf(sheet)] += 1;
  }
  const parts = Object.entries(counts).filter(([, count]) => count).map(([name, count]) => button.dataset[name].replace("{n}", count));
  button.textContent = [button.dataset.plain, ...parts].join(button.dataset.joint);
}

// --- photos -------------------------------------------------------------------------------------------------------

class Photos extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ul");
    this.input = this.querySelector("input[type=file]");
    if (!this.input || typeof DataTransfer === "undefined") return;
    this.files = [];
    this.input.hidden = true;
    this.adders = [this.adder(this.dataset.take, true), this.adder(this.dataset.choose, false)];
    this.list.append(...this.adders);
  }

  adder(words, camera) {
    const item = document.createElement("li");
    const label = document.createElement("label");
    const input = document.createElement("input");
    label.className = "add";
    label.textContent = words;
    input.type = "file";
    input.accept = "image/*";
    input.multiple = !camera;
    if (camera) input.setAttribute("capture", "environment");
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
    label.append(input);
    item.append(label);
    return item;
  }

  add(files) {
    const room = Number(this.dataset.most) - this.files.length - this.list.querySelectorAll("[data-kept]").length;
    for (const file of files.slice(0, Math.max(0, room))) {
      const tile = this.tile(file);
      this.files.push({ file, tile });
      this.adders[0].before(tile);
    }
    this.put();
  }

  tile(file) {
    const item = document.createElement("li");
    const figure = document.createElement("figure");
    const picture = document.createElement("img");
    const caption = document.createElement("figcaption");
    const drop = document.createElement("button");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    drop.type = "button";
    drop.textContent = this.dataset.drop;
    drop.addEventListener("click", () => {
      this.files = this.files.filter((one) => one.tile !== item);
      item.remove();
      this.put();
    });
    caption.append(drop);
    figure.append(picture, caption);
    item.append(figure);
    return item;
  }

  put() {
    const transfer = new DataTransfer();
    for (const { file } of this.files) transfer.items.add(file);
    this.input.files = transfer.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// --- where one stands ---------------------------------------------------------------------------------------------

function askWhere(form) {
  if (!navigator.geolocation) return;
  const says = form.querySelector("[data-says]");
  const button = form.querySelector("button");
  const reasons = { 1: "denied", 2: "unavailable", 3: "timeout" };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.lat.value) return;
    event.preventDefault();
    says.textContent = form.dataset.waiting;
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude;
        form.elements.lon.value = coords.longitude;
        form.elements.accuracy.value = Math.round(coords.accuracy);
        form.submit();
      },
      (error) => {
        button.removeAttribute("aria-busy");
        says.textContent = form.dataset[reasons[error.code] ?? "unavailable"];
      },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  });
}

function offerDrafts(section) {
  const mine = `${DRAFT}${section.dataset.owner}:${section.dataset.operation}:`;
  for (const [name, draft] of drafts().sort(([, one], [, other]) => other.at - one.at)) {
    if (!name.startsWith(mine)) continue;
    const link = document.createElement("a");
    const point = document.createElement("span");
    const at = document.createElement("span");
    link.className = "dz-stop two";
    link.href = section.dataset.at.replace("/0/", `/${name.slice(mine.length)}/`);
    point.textContent = draft.point;
    at.textContent = clock(draft.at);
    at.className = "dz-second";
    link.append(point, at);
    section.append(link);
    section.hidden = false;
  }
}

// --- the page -----------------------------------------------------------------------------------------------------

const paper = document.getElementById("visit");
if (paper) {
  const button = document.getElementById("submit");
  const save = document.getElementById("save");
  const draft = new Draft(paper);
  const tell = () => tellOutcome(paper, button);
  save.textContent = save.dataset.save;
  save.addEventListener("click", () => draft.keep());
  paper.addEventListener("change", tell);
  paper.addEventListener("input", tell);
  paper.addEventListener("submit", () => draft.keep());
  tell();
  customElements.whenDefined("dz-seg").then(() => paper.querySelector("dz-seg")?.tell());
}

customElements.define("dz-photos", Photos);

const near = document.getElementById("near");
if (near) askWhere(near);

const offered = document.getElementById("drafts");
if (offered) offerDrafts(offered);

const recorded = document.querySelector("[data-recorded]");
if (recorded) {
  for (const [name, draft] of drafts()) {
    if (draft.id === recorded.dataset.recorded) localStorage.removeItem(name);
  }
}
