// Frame: drops close, preferences take effect at once, refusals of partial requests are said. Nothing here is needed.

const root = document.documentElement;

function closeDrops(except) {
  for (const drop of document.querySelectorAll("details.dz-drop[open]")) {
    if (drop !== except) drop.open = false;
  }
}

document.addEventListener("click", (event) => closeDrops(event.target.closest("details.dz-drop")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const drop = document.querySelector("details.dz-drop[open]");
  closeDrops(null);
  drop?.querySelector("summary").focus();
});

function show(name, value) {
  if (name === "theme") {
    root.dataset.theme = value;
    root.dataset.bsTheme = value === "dark" ? "dark" : "light";
  } else {
    root.dataset.type = value;
  }
  for (const button of document.querySelectorAll(`form[data-prefs] button[name="${name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (!form.matches("form[data-prefs]") || !["theme", "type"].includes(pressed?.name)) return;
  event.preventDefault();
  const asked = new FormData(form, pressed);
  show(pressed.name, pressed.value);
  const answer = await fetch(form.action, { method: "POST", body: asked, headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) say(form.dataset.failed);
});

function say(sentence) {
  const place = document.getElementById("dz-says");
  if (!place || !sentence) return;
  const line = document.createElement("p");
  line.className = "is-wrong";
  line.textContent = sentence;
  place.replaceChildren(line);
  place.scrollIntoView({ block: "nearest" });
}

function sentenceIn(request) {
  const type = request.getResponseHeader("Content-Type") || "";
  if (type.includes("json")) {
    try {
      return JSON.parse(request.responseText).message;
    } catch {
      return "";
    }
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  return page.querySelector("[data-refusal]")?.textContent.trim();
}

// A refused form is put back where it stood (the answer says where); who has been signed out signs in anew.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (new URL(xhr.responseURL || window.location.href).pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    window.location.reload();
  } else if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    document.getElementById("dz-says")?.replaceChildren(); // what was done before is not said above a refusal
  }
});
document.addEventListener("htmx:responseError", (event) => {
  const words = document.getElementById("dz-says")?.dataset ?? {};
  say(sentenceIn(event.detail.xhr) || words.failed);
});
document.addEventListener("htmx:sendError", () => say(document.getElementById("dz-says")?.dataset.offline));

for (const wait of document.querySelectorAll("[data-print]")) {
  wait.hidden = false;
  wait.addEventListener("click", () => window.print());
}
