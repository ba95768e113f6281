// <dz-trend>: two or more numbers a day as bars, drawn from the table inside (or from a JSON block); the table stays.
// JSON: {"labels": ["19日"], "series": [{"name": "当日交办", "values": [18]}]}

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function readTable(table) {
  const heads = [...table.querySelectorAll("thead th")].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.cells]);
  return {
    labels: rows.map((cells) => cells[0].textContent.trim()),
    series: heads.map((name, column) => ({ name, values: rows.map((cells) => numberIn(cells[column + 1])) })),
  };
}

function numberIn(cell) {
  const text = (cell?.dataset.value ?? cell?.textContent ?? "").replace(/[\s ,]/g, "").replace("−", "-");
  return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
}

class Trend extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    const block = this.querySelector('script[type="application/json"]');
    this.told = block ? JSON.parse(block.textContent) : this.table && readTable(this.table);
    if (!this.told?.labels?.length) return;
    this.drawing = document.createElementNS(SVG, "svg");
    this.drawing.setAttribute("class", "dz-chart");
    this.drawing.setAttribute("aria-hidden", "true");
    this.prepend(this.drawing);
    this.addFlip();
    new ResizeObserver(() => this.draw()).observe(this);
    this.draw();
  }

  addFlip() {
    if (!this.table) return;
    const truth = document.createElement("div"); // a table alone keeps its width when it is hidden from the eye
    truth.className = "visually-hidden";
    this.table.replaceWith(truth);
    truth.append(this.table);
    const flip = document.createElement("button");
    flip.type = "button";
    flip.className = "dz-flip dz-noprint";
    flip.textContent = this.dataset.asTable;
    flip.addEventListener("click", () => {
      const asTable = truth.classList.toggle("visually-hidden");
      this.drawing.toggleAttribute("hidden", !asTable);
      flip.textContent = asTable ? this.dataset.asTable : this.dataset.asChart;
    });
    if (this.dataset.asTable) this.append(flip);
  }

  draw() {
    const width = Math.max(this.clientWidth, 240);
    const height = Number(this.dataset.height ?? 176);
    if (width === this.width) return;
    this.width = width;
    const { labels, series } = this.told;
    const foot = 28;
    const head = 22;
    const top = Math.max(1, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
    const slot = width / labels.length;
    const bar = Math.max(2, Math.min(34, (slot * 0.72) / series.length));
    const every = Math.ceil(labels.length / Math.floor(width / 52));
    const written = bar >= 22;
    const marks = [shape("line", { class: "ax", x1: 0, x2: width, y1: height - foot + 0.5, y2: height - foot + 0.5 })];
    labels.forEach((label, at) => {
      const middle = slot * (at + 0.5);
      series.forEach((one, which) => {
        const value = one.values[at];
        if (value === null || value === undefined) return;
        const tall = ((height - foot - head) * Math.max(0, value)) / top; // a day can take more back than it adds
        const x = middle - (bar * series.length) / 2 + bar * which;
        const last = which === series.length - 1;
        const drawn = shape("rect", { class: last ? "b" : "a", x: x + 1, y: height - foot - tall, width: bar - 2, height: tall });
        drawn.append(shape("title", {}, `${label} ${one.name} ${value}`));
        marks.push(drawn);
        if (written) marks.push(shape("text", { class: last ? "n" : "", x: x + bar / 2, y: height - foot - tall - 6, "text-anchor": "middle" }, value));
      });
      if (at % every === 0) marks.push(shape("text", { x: middle, y: height - 8, "text-anchor": "middle" }, label));
    });
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.replaceChildren(...marks);
  }
}

customElements.define("dz-trend", Trend);
