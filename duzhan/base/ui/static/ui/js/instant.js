// <dz-instant>: what was typed is written out as 2022-11-25 18:00 on leaving the field. The server reads the same forms.

const HALF = { "：": ":", "－": "-", "．": ".", "／": "/", "　": " " };
const plain = (text) =>
  text
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[：－．／　]/g, (mark) => HALF[mark])
    .trim();
const two = (number) => String(number).padStart(2, "0");
const FORM = /^(?:(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?[ T]*)?(\d{1,2})(?:[:时点](\d{1,2})?分?)?$/;

// Parts that were left out are those of `base` ("2022-11-25 18:00", the operation's own clock). Null: not an instant.
export function writtenOut(text, base) {
  const found = FORM.exec(plain(text));
  if (!found) return null;
  const [year, month, day] = base.slice(0, 10).split("-");
  const parts = [found[1] ?? year, found[2] ?? month, found[3] ?? day, found[4], found[5] ?? "0"].map(Number);
  const [y, mo, d, h, mi] = parts;
  const calendar = new Date(Date.UTC(y, mo - 1, d));
  if (calendar.getUTCMonth() !== mo - 1 || calendar.getUTCDate() !== d || h > 23 || mi > 59) return null;
  return `${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}`;
}

class Instant extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input) return;
    this.input.addEventListener("change", () => this.settle());
    this.input.addEventListener("input", () => this.input.setCustomValidity(""));
    const now = this.querySelector("[data-now]");
    if (!now) return;
    now.hidden = false;
    now.addEventListener("click", () => this.put(this.clock()));
  }

  // The server's wall clock in the operation's zone, moved on by the time that this page has been open.
  clock() {
    const then = new Date(`${this.dataset.base.replace(" ", "T")}Z`);
    const moved = new Date(then.getTime() + performance.now());
    return moved.toISOString().slice(0, 16).replace("T", " ");
  }

  put(text) {
    this.input.value = text;
    this.input.setCustomValidity("");
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  settle() {
    const text = this.input.value.trim();
    const written = text === "" || /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : writtenOut(text, this.clock());
    if (written === null) this.input.setCustomValidity(this.dataset.wrong);
    else this.put(written);
  }
}

customElements.define("dz-instant", Instant);
