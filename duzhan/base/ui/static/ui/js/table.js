// Tables: a row opens where its title points, choosing rows counts and shows the bulk bar. Without script: links and boxes.

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select, summary") || window.getSelection().toString()) return;
  window.location.assign(row.dataset.href);
});

class BulkBar {
  constructor(bar) {
    this.bar = bar;
    this.table = document.getElementById(bar.dataset.for);
    if (!this.table) return;
    this.count = bar.querySelector("[data-count]");
    this.all = this.table.querySelector("[data-all]");
    this.table.addEventListener("change", (event) => this.changed(event.target));
    bar.querySelector("[data-none]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.choose(false);
    });
    if (this.all) this.all.closest("[hidden]")?.removeAttribute("hidden");
    this.tell();
  }

  get boxes() {
    return [...this.table.querySelectorAll('tbody input[type="checkbox"]')];
  }

  choose(all) {
    for (const box of this.boxes) box.checked = all;
    this.tell();
  }

  changed(box) {
    if (box === this.all) this.choose(box.checked);
    else this.tell();
  }

  tell() {
    const boxes = this.boxes;
    const chosen = boxes.filter((box) => box.checked);
    this.bar.hidden = chosen.length === 0;
    if (this.count) this.count.textContent = String(chosen.length);
    for (const box of boxes) box.closest("tr").classList.toggle("is-on", box.checked);
    if (!this.all) return;
    this.all.checked = boxes.length > 0 && chosen.length === boxes.length;
    this.all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
}

function start(within) {
  for (const bar of within.querySelectorAll(".dz-bulk[data-for]")) new BulkBar(bar);
}

start(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) start(event.target.parentElement ?? document);
});
