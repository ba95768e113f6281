// Selecting words in the text fills the form for a figure that was not read.
const text = document.getElementById("text");
const add = document.getElementById("add");
if (text && add) {
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const words = String(chosen).trim();
    if (!words || words.length > 200 || words.includes("\n") || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return;
    const range = chosen.getRangeAt(0);
    add.querySelector("[name=piece]").value = words;
    add.querySelector("[name=before]").value = range.startContainer.textContent.slice(0, range.startOffset).slice(-20);
    const number = words.normalize("NFKC").match(/\d+(?:\.\d+)?/);
    if (number) add.querySelector("[name=value]").value = number[0];
    add.open = true;
  });
}
