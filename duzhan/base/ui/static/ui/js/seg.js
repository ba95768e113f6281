// <dz-seg>: around a checklist. Says how many questions are answered and keeps closed fields out of what is sent.
// Without script the fields open by CSS alone and everything is sent; the server reads only what belongs.

class Segments extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.tell());
    this.tell();
  }

  tell() {
    const names = new Set([...this.querySelectorAll(".dz-seg input")].map((input) => input.name));
    const answered = [...names].filter((name) => this.querySelector(`.dz-seg input[name="${CSS.escape(name)}"]:checked`));
    const count = document.getElementById(this.dataset.count ?? "");
    if (count) count.textContent = `${answered.length} / ${names.size}`;
    for (const found of this.querySelectorAll("fieldset.dz-found")) {
      const question = found.previousElementSibling;
      found.disabled = !question?.querySelector("input.bad:checked");
    }
  }
}

customElements.define("dz-seg", Segments);
