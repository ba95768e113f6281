// Puts the third-party front-end files into duzhan/base/ui/static/vendor (git ignores it).
//
// Two things are changed on the way, because the product's pages allow neither:
// pictures inside the style sheets (data: addresses) become files, and the
// pointers to source maps, which are not shipped, are taken out.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = join(ROOT, "node_modules");
const VENDOR = join(ROOT, "duzhan/base/ui/static/vendor");
const NEXT = `${VENDOR}.next`;

const TEXTS = [
  ["@tabler/core/dist/css/tabler.min.css", "tabler/tabler.min.css"],
  ["htmx.org/dist/htmx.min.js", "htmx/htmx.min.js"],
];
const PACKAGE_NAMES = ["@tabler/core", "htmx.org"];

const SOURCE_MAP = /\n?(\/\/[#@] ?sourceMappingURL=\S+|\/\*[#@] ?sourceMappingURL=.*?\*\/)\s*$/;
const INLINE_SVG = /url\((["'])data:image\/svg\+xml[^,]*,(.*?)\1\)/gs;

function withPicturesAsFiles(css, folder) {
  return css.replace(INLINE_SVG, (_, quote, encoded) => {
    const svg = encoded.includes("%3") ? decodeURIComponent(encoded) : encoded;
    const name = `${createHash("sha256").update(svg).digest("hex").slice(0, 12)}.svg`;
    mkdirSync(join(folder, "images"), { recursive: true });
    writeFileSync(join(folder, "images", name), svg);
    return `url("images/${name}")`;
  });
}

function version(name) {
  const about = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8"));
  return `${about.name} ${about.version} (${about.license})`;
}

rmSync(NEXT, { recursive: true, force: true });
for (const [from, to] of TEXTS) {
  const target = join(NEXT, to);
  mkdirSync(dirname(target), { recursive: true });
  let text = readFileSync(join(PACKAGES, from), "utf8").replace(SOURCE_MAP, "\n");
  if (to.endsWith(".css")) text = withPicturesAsFiles(text, dirname(target));
  if (to.endsWith(".css") && text.includes("data:")) throw new Error(`${to} still holds a data: address`);
  writeFileSync(target, text);
}
writeFileSync(join(NEXT, "VERSIONS.txt"), PACKAGE_NAMES.map((name) => `${version(name)}\n`).join(""));

rmSync(VENDOR, { recursive: true, force: true });
renameSync(NEXT, VENDOR);
console.log(`${TEXTS.length} files and their pictures are in duzhan/base/ui/static/vendor`);
