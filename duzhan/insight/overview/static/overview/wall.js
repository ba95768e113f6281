// The wall: when a minute's question finds no answer, it says so and keeps asking; the next answer replaces it all.

function cut() {
  document.querySelector(".ov-cut")?.removeAttribute("hidden");
  document.querySelector(".ov-fresh")?.setAttribute("hidden", "");
}

document.addEventListener("htmx:sendError", cut);
document.addEventListener("htmx:responseError", cut);
document.addEventListener("htmx:timeout", cut);
