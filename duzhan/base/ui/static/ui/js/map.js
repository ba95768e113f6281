// <dz-map>: areas as tiles in their rough places, or points by latitude and longitude. A sketch: no tiles, no other host.
// Drawn from the table inside: <tr data-name data-lat data-lon data-href data-late data-value data-total>, first cell the name;
// or from a JSON block: {"areas": [{name, lat, lon, value, total, late, href}]} or {"points": [{name, lat, lon, late, still, href}]}.

const SVG = "http://www.w3.org/2000/svg";
const GAP = 0;

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function linked(href, ...inside) {
  const holder = shape(href ? "a" : "g", href ? { href } : {});
  holder.append(...inside);
  return holder;
}

function readTable(table, kind) {
  const things = [...table.querySelectorAll("tbody tr")].map((row) => ({
    name: row.dataset.name ?? row.cells[0].textContent.trim(),
    lat: Number(row.dataset.lat),
    lon: Number(row.dataset.lon),
    value: Number(row.dataset.value ?? 0),
    total: row.dataset.total,
    late: "late" in row.dataset,
    still: "still" in row.dataset,
    href: row.dataset.href ?? row.querySelector("a")?.getAttribute("href"),
  }));
  return { [kind]: things };
}

const placed = (thing) => Number.isFinite(thing.lat) && Number.isFinite(thing.lon) && (thing.lat !== 0 || thing.lon !== 0);

// Rows from north to south, each from west to east, as even as they come; without places, in the order told.
function rowsOf(areas, across) {
  const count = Math.max(1, Math.ceil(areas.length / across));
  const known = areas.every(placed);
  const sorted = known ? [...areas].sort((one, other) => other.lat - one.lat) : areas;
  const rows = [];
  let taken = 0;
  for (let row = 0; row < count; row += 1) {
    const upTo = Math.round(((row + 1) * sorted.length) / count);
    const these = sorted.slice(taken, upTo);
    rows.push(known ? these.sort((one, other) => one.lon - other.lon) : these);
    taken = upTo;
  }
  return rows;
}

class Sketch extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    const block = this.querySelector('script[type="application/json"]');
    this.told = block ? JSON.parse(block.textContent) : this.table && readTable(this.table, this.dataset.kind ?? "areas");
    if (!this.told?.areas?.length && !this.told?.points?.some(placed)) return;
    this.drawing = document.createElementNS(SVG, "svg");
    this.drawing.setAttribute("class", "dz-map");
    this.drawing.setAttribute("role", "group");
    if (this.getAttribute("aria-label")) this.drawing.setAttribute("aria-label", this.getAttribute("aria-label"));
    this.prepend(this.drawing);
    this.addFlip();
    new ResizeObserver(() => this.draw()).observe(this);
    this.draw();
  }

  addFlip() {
    if (!this.table) return;
    this.table.hidden = true;
    if (!this.dataset.asTable) return;
    const flip = document.createElement("button");
    flip.type = "button";
    flip.className = "dz-flip dz-noprint";
    flip.textContent = this.dataset.asTable;
    flip.addEventListener("click", () => {
      this.table.hidden = !this.table.hidden;
      this.drawing.toggleAttribute("hidden", !this.table.hidden);
      flip.textContent = this.table.hidden ? this.dataset.asTable : this.dataset.asMap;
    });
    this.append(flip);
  }

  draw() {
    const width = Math.max(this.clientWidth, 240);
    if (width === this.width) return;
    this.width = width;
    const [height, marks] = this.told.areas ? this.tiles(width) : this.scatter(width);
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.replaceChildren(...marks);
  }

  tiles(width) {
    const { areas } = this.told;
    const em = this.letter() / 14;
    const least = 92 * em;
    const across = Math.min(Math.max(1, Math.floor(width / least)), Math.max(3, Math.ceil(Math.sqrt(areas.length * 1.2))));
    const rows = rowsOf(areas, across);
    const tall = Math.max(56 * em, (Number(this.dataset.height ?? 0) * em) / rows.length);
    const marks = rows.flatMap((row, down) => row.map((area, along) => this.tile(area, {
      x: (width / row.length) * along,
      y: tall * down,
      width: width / row.length,
      height: tall,
    }, em)));
    return [tall * rows.length - GAP, marks];
  }

  // How large the letters come out here: the wall and large type make them grow.
  letter() {
    const probe = shape("text", { class: "z" }, "0");
    this.drawing.append(probe);
    return parseFloat(getComputedStyle(probe).fontSize) || 14; // nothing is said of what is not on the page yet
  }

  tile(area, box, em) {
    const shade = area.value >= 2 ? "m2" : area.value === 1 ? "m1" : "m0";
    const middle = box.x + (box.width - GAP) / 2;
    const centre = box.y + (box.height - GAP) / 2;
    const number = area.total === undefined || area.total === null ? String(area.value) : `${area.value} / ${area.total}`;
    const inside = [
      shape("rect", { class: shade, x: box.x, y: box.y, width: box.width - GAP, height: box.height - GAP }),
      shape("text", { class: "z", x: middle, y: centre - 4 * em }, area.name),
      shape("text", { class: "n", x: middle, y: centre + 16 * em }, number),
    ];
    if (area.late) {
      const pin = shape("circle", { class: "pin", cx: box.x + box.width - GAP - 14 * em, cy: box.y + 14 * em, r: 5 * em });
      pin.append(shape("title", {}, this.dataset.late ?? ""));
      inside.push(pin);
    }
    return linked(area.href, ...inside);
  }

  scatter(width) {
    const points = this.told.points.filter(placed);
    const edge = 28;
    const flat = Math.cos(((points.reduce((sum, point) => sum + point.lat, 0) / points.length) * Math.PI) / 180);
    const xs = points.map((point) => point.lon * flat);
    const ys = points.map((point) => -point.lat);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const height = Number(this.dataset.height ?? Math.round(width * 0.5));
    const scale = Math.min((width - 2 * edge) / (right - left || 1e-6), (height - 2 * edge) / (bottom - top || 1e-6));
    const place = (at) => [
      width / 2 + (xs[at] - (left + right) / 2) * (right === left ? 0 : scale),
      height / 2 + (ys[at] - (top + bottom) / 2) * (bottom === top ? 0 : scale),
    ];
    const few = points.length <= 12;
    const order = points.map((point, at) => [point, at]).sort((one, other) => Number(one[0].late ?? 0) - Number(other[0].late ?? 0));
    const marks = [shape("rect", { class: "frame", x: 0.5, y: 0.5, width: width - 1, height: height - 1 })];
    for (const [point, at] of order) {
      const [x, y] = place(at);
      const dot = shape("circle", { class: `dot${point.late ? " late" : ""}${point.still ? " still" : ""}`, cx: x, cy: y, r: point.late ? 6 : 5 });
      dot.append(shape("title", {}, point.name));
      const inside = [dot];
      if (few || point.late) inside.push(shape("text", { class: `lead${x > width * 0.7 ? " end" : ""}`, x: x + (x > width * 0.7 ? -10 : 10), y: y + 5 }, point.name));
      marks.push(linked(point.href, ...inside));
    }
    return [height, marks];
  }
}

customElements.define("dz-map", Sketch);
